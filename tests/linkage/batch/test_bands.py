"""Calibration by hand."""

import numpy as np
import pytest

from childindex.linkage.batch.bands import calibration, wilson


def test_calibration_tells_every_pair_once() -> None:
    chances = np.array([0.0, 0.005, 0.5, 0.9991, 1.0])
    bands = calibration(chances, np.array([False, False, True, True, True]))
    assert [(band.low, band.high, band.count, band.true) for band in bands] == [
        (0.0, 0.01, 2, 0.0),
        (0.4, 0.6, 1, 1.0),
        (0.999, 1.0, 2, 1.0),
    ]


def test_an_interval_holds_its_share() -> None:
    assert list(wilson(0, 10)) == pytest.approx([0.0, 0.2775], abs=1e-4)
    assert list(wilson(50, 100)) == pytest.approx([0.4038, 0.5962], abs=1e-4)


def test_what_is_always_or_never_true_ends_at_one_or_nothing_exactly() -> None:
    """A P of 1 lies within the interval of what is always true, and is not drawn as wrong."""
    for count in range(1, 200):
        assert (wilson(0, count)[0], wilson(count, count)[1]) == (0.0, 1.0)
