"""Whether P of the live core is the share that is true: every candidate of every decision, in bands of P.

A candidate is true where its entry holds an earlier record of the child. Told apart by what was decided: linked without
a person, given to one, or a new entry.
"""

from collections.abc import Sequence

import numpy as np

from bench.matching.measure import Verdict
from childindex.linkage import Decision
from childindex.linkage.batch import calibration
from childindex.linkage.batch.bands import Band

LIKELY = 0.01  # below, nearly all candidates are, and none is looked at by anybody


def bands(verdicts: Sequence[Verdict], decision: Decision | None = None) -> tuple[Band, ...]:
    """What was said and what is true of the candidates with P of at least `LIKELY`; of one decision, or of all."""
    told = [
        (scored.probability, scored.entry in verdict.known)
        for verdict in verdicts
        if decision in (None, verdict.match.decision)
        for scored in verdict.match.scored
        if scored.probability >= LIKELY
    ]
    chances, true = (np.array([each[at] for each in told]) for at in (0, 1))
    return calibration(chances, true.astype(np.bool_))


def figures(verdicts: Sequence[Verdict]) -> dict[str, list[dict[str, float]]]:
    """The same as JSON, by decision."""
    return {decision.name.lower(): [_line(band) for band in bands(verdicts, decision)] for decision in Decision}


def _line(band: Band) -> dict[str, float]:
    return {
        "from": band.low, "to": band.high, "candidates": band.count, "predicted": band.predicted, "true": band.true,
        "least": band.least, "most": band.most,
    }  # fmt: skip
