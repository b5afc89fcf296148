"""The matching core, measured on synthetic children in memory: `python -m bench.matching --seed 7`.

Only `childindex.linkage` is used: the records of all extracts are registered one by one, and every decision is held
against the truth.
"""
