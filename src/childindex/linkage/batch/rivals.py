"""The rival classes, from the pairs within files that hold hardly anybody twice: there nobody's pair is "same".

Kin are told from bystanders, and from the few records of one entity that a file holds twice all the same: these agree
as "same" does, and rivals would learn them.

Two things are not learned here. What tells rivals from each other: twins are born on one day and siblings are not, or
the rarer of the two would come to mean anything; comparisons `shared_by_twins` stay as the model has them. And where
kin live: within a file hardly anything but a shared place proposes siblings, so all would seem to share it; they live
together as far as two records of one child agree in its place.
"""

from collections.abc import Sequence

import numpy as np

from childindex.linkage.batch import bystanders
from childindex.linkage.batch.expectation import Convergence, Plan, settle
from childindex.linkage.batch.mixture import Levelled, Mixture
from childindex.linkage.batch.patterns import Patterns
from childindex.linkage.model import Model


def learned(
    model: Model, mixture: Mixture, seen: Patterns, files: Sequence[int], *, doubles: bool
) -> tuple[Mixture, list[float], Convergence]:
    """The mixture with the rivals that the pairs within the files teach, how many of each a child has, and how EM went.

    `mixture` holds "same", then the rivals; `seen` are the pairs that blocking proposes within files of so many
    records. Without `doubles` nobody is held twice: labels have seen to it.
    """
    same = mixture.classes[0]
    everybody, records = sum(size * (size - 1) // 2 for size in files), sum(files)
    kin = tuple(_at_home(model, same, each) for each in mixture.classes[1:])
    each_has = [shape.per_child for shape in model.shape.kin]
    classes, place = kin, -1
    if doubles and model.shape.same_system.m < 1.0:
        classes, place = (*kin, same), len(kin)
        each_has.append(model.shape.same_system.m)
    shares = np.minimum(np.array(each_has) * records / 2 / max(everybody, 1), 0.2)
    start = Mixture(mixture.u, classes, shares, place)
    given = [at for at, part in enumerate(model.comparisons) if part.shape.shared_by_twins]
    held = dict.fromkeys(range(len(kin)), frozenset({*given, *bystanders.places(model)}))
    unseen = max(everybody - len(seen.of), 0)
    plan = Plan(tuple(range(len(kin))), start.classes, mixture.u, None, unseen, held=held)
    start, plan = bystanders.beside(model, start, plan, (same, len(seen.of)))
    after, convergence = settle("kin within the files", start, seen, plan)
    found = after.shares[: len(kin)]
    classes, shares = (same, *after.classes[: len(kin)]), np.append(mixture.shares[:1], found)
    per_child: list[float] = (found * everybody * 2 / max(records, 1)).tolist()
    return Mixture(mixture.u, classes, shares), per_child, convergence


def _at_home(model: Model, same: Levelled, kin: Levelled) -> Levelled:
    """Kin who agree in their place as two records of one child do."""
    places = bystanders.places(model)
    return tuple(same[at] if at in places else each for at, each in enumerate(kin))
