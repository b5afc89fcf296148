"""The public data sets with known truth, and invented children beside them: what `childindex evaluate` says of each."""

from bench.public.children import write_children
from bench.public.sets import SETS, DataSet, evaluated

__all__ = ["SETS", "DataSet", "evaluated", "write_children"]
