"""What a profile may hold, whatever its records weigh; and how sure many speakers must be."""

from dataclasses import replace

from childindex.linkage import Model, Settler
from childindex.linkage.validity import Validity
from tests.linkage.test_settling import MODEL, MOVED, NHS, OLIVER, identified, record

ONE, OTHER = (identified(OLIVER, number) for number in NHS)


def test_an_identifier_that_a_record_bears_no_more_conflicts_with_none() -> None:
    validity = Validity(MODEL)
    assert not validity.holds([record("a", ONE), record("b", OTHER)])
    assert validity.holds([record("a", OLIVER, ONE), record("b", OTHER)])
    assert validity.holds([record("a", ONE), record("b", OTHER, ONE)])  # the one after the other


def test_the_best_of_two_speakers_must_be_twice_as_sure() -> None:
    """At a threshold whose odds one speaker exceeds by half, the better of two is not believed."""
    alike = [record("a", OLIVER), record("b", MOVED)]
    other = record("c", replace(OLIVER, given_name="Olivr", postcode="YO1 7HH"))
    settler = Settler(MODEL, [*alike, other])
    both, third = settler._grouper.group(alike), settler._grouper.group([other])
    said = settler._towards(both, third).probability, settler._towards(third, both).probability
    odds = min(chance / (1 - chance) for chance in said)
    for fraction, joined in ((1.5, {b"a", b"b"}), (3.0, {b"a", b"b", b"c"})):
        least = odds / fraction / (1 + odds / fraction)
        thresholds = MODEL.thresholds.model_copy(update={"match": least})
        model = Model.build(MODEL.shape.model_copy(update={"thresholds": thresholds}), MODEL.tables)
        (first, *_) = Settler(model, [*alike, other]).clusters()
        assert set(first.records) == joined
