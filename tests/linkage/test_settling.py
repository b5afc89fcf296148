"""Settling: the same records, the same children, whatever the order; never two children in one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from childindex import linkage
from childindex.demographics import Demographics, Identifier, IdentifierType, Sex
from childindex.errors import InvalidFields
from childindex.linkage import Cluster, Features, Hearing, LiveRecord, Ruling, Settler, hearing, with_replaced
from tests.linkage.people import child, features

MODEL = linkage.shipped(5_000)
ENGLAND = linkage.shipped()
NHS = ["9990000018", "9990000026"]


def record(name: str, *versions: Demographics, source: int = 0, active: bool = True) -> LiveRecord:
    """A live record; its versions the present first. Each has a source of its own unless one is told."""
    present, *former = [features(MODEL, version) for version in versions]
    own = source or int.from_bytes(name.encode(), "big")
    return LiveRecord(name.encode(), own, active, present, tuple(former))


def settled(*records: LiveRecord, rulings: Sequence[Ruling] = (), model: linkage.Model = MODEL) -> set[str]:
    """The clusters as words: "ab c" for a and b together."""
    return words(Settler(model, records, rulings).clusters())


def words(clusters: Sequence[Cluster]) -> set[str]:
    return {"".join(handle.decode() for handle in cluster.records) for cluster in clusters}


OLIVER = child(middle_names="Jasper", carer_family_name="Braithwaite")
MOVED = replace(OLIVER, postcode="ZE7 9QQ")
RENAMED = replace(MOVED, family_name="Ostrander", former_family_names=())
TWIN = replace(OLIVER, given_name="Barnaby", middle_names="Hugo")
SISTER = child("Philippa", born="2016-09-02", sex=Sex.FEMALE, carer_family_name="Braithwaite")
STRANGER = child("Wilhelmina", "Featherstone", "2013-01-30", postcode="ZE5 5ZZ", sex=Sex.FEMALE)


def identified(details: Demographics, number: str) -> Demographics:
    return replace(details, identifiers=(Identifier(IdentifierType.NHS_NUMBER, number),))


def test_equal_records_are_one_child_and_kin_are_others() -> None:
    found = settled(record("a", OLIVER), record("b", OLIVER), record("c", TWIN), record("d", TWIN), record("e", SISTER))
    assert found == {"ab", "cd", "e"}


def test_nothing_settles_to_nothing_and_one_record_to_itself() -> None:
    assert settled() == set()
    assert Settler(MODEL, [record("a", OLIVER)]).clusters() == (Cluster((b"a",), 1.0, ruled=False),)


def test_former_values_join_what_the_present_ones_do_not() -> None:
    old, new = child(), child("Oliver", "Ostrander", postcode="ZE7 9QQ")
    assert settled(record("a", old), record("b", new), model=ENGLAND) == {"a", "b"}
    through = record("c", new, replace(new, family_name="Braithwaite"), old)
    assert settled(record("a", old), record("b", new), through, model=ENGLAND) == {"abc"}


def test_the_former_version_of_a_reused_local_id_is_not_asserted() -> None:
    """A record that was another child's before draws nobody of that child to itself."""
    assert settled(record("a", STRANGER), record("b", OLIVER, STRANGER), record("c", OLIVER)) == {"a", "bc"}


def test_three_records_of_one_child_do_not_stand_in_each_others_way() -> None:
    three = [
        record(name, replace(OLIVER, given_name=given))
        for name, given in zip("abc", ("Oliver", "Olivr", "Oliver"), strict=True)
    ]
    assert settled(*three) == {"abc"}


def test_what_fits_two_children_joins_neither() -> None:
    """A record with no forename to tell twins by stays by itself."""
    either = replace(OLIVER, given_name="", middle_names="")
    assert settled(record("a", OLIVER), record("b", TWIN), record("c", either)) == {"a", "b", "c"}


@pytest.mark.parametrize("name", ["0", "z"])
def test_a_record_that_fits_two_who_are_not_one_child_joins_neither(name: str) -> None:
    """Whatever its place in the order: the rivals of either side count."""
    apart = [Ruling(b"a", b"b", same=False)]
    assert settled(record("a", OLIVER), record("b", OLIVER), record(name, OLIVER), rulings=apart) == {"a", "b", name}
    held_twice = [record(each, OLIVER, source=7) for each in "ab"]
    assert settled(*held_twice, record(name, OLIVER)) == {"a", "b", name}


def test_who_stands_beside_competes_and_is_not_settled() -> None:
    """Two of one system are two children: whose the third is, nobody knows, whichever of them is settled here."""
    one, other, third = record("a", OLIVER, source=7), record("b", OLIVER, source=7), record("c", OLIVER)
    assert words(Settler(MODEL, [one, third]).clusters()) == {"ac"}
    assert words(Settler(MODEL, [one, third], beside=[other]).clusters()) == {"a", "c"}
    assert words(Settler(MODEL, [third], beside=[one]).clusters()) == {"c"}


def test_several_records_of_one_who_stands_beside_compete_as_one() -> None:
    asked = [record("a", OLIVER), record("b", replace(OLIVER, given_name="Olivr", middle_names=""))]
    namesake = [record(name, replace(OLIVER, birth_date=SISTER.birth_date)) for name in "xyz"]
    (alone,) = Settler(MODEL, asked, beside=namesake[:1]).clusters()
    (among,) = Settler(MODEL, asked, beside=namesake).clusters()
    assert 1 - among.probability == pytest.approx(1 - alone.probability, rel=0.01)
    assert alone.probability < Settler(MODEL, asked).clusters()[0].probability


def test_a_sparse_record_lends_nobody_certainty() -> None:
    """Two children of one name and birth date live far apart; a record without a postcode must not make them one."""
    one, other = child(postcode="ZE1 1AA"), child(postcode="AB12 9XY")
    sparse = [record(f"{n}", child(postcode="")) for n in range(4)]
    alone = Settler(ENGLAND, [record("a", one), record("b", other)]).clusters()
    assert words(alone) == {"a", "b"}
    among = Settler(ENGLAND, [record("a", one), record("b", other), *sparse]).clusters()
    assert not any({b"a", b"b"} <= set(cluster.records) for cluster in among)


def test_two_active_records_of_one_system_are_two_children_and_an_ended_one_is_not() -> None:
    assert settled(record("a", OLIVER, source=5), record("b", OLIVER, source=5)) == {"a", "b"}
    assert settled(record("a", OLIVER, source=5), record("b", OLIVER, source=5, active=False)) == {"ab"}


def test_two_verified_identifiers_are_two_children_unless_one_superseded_the_other() -> None:
    one, other = (identified(OLIVER, number) for number in NHS)
    assert settled(record("a", one), record("b", other)) == {"a", "b"}
    assert settled(record("a", one), record("b", OLIVER), record("c", other)) != {"abc"}
    assert settled(record("a", one), record("b", other, one)) == {"ab"}


def test_rulings_are_honoured_whatever_the_weights_say() -> None:
    a, b, c = record("a", OLIVER), record("b", OLIVER), record("c", STRANGER)
    assert settled(a, b, c, rulings=[Ruling(b"a", b"b", same=False)]) == {"a", "b", "c"}
    assert settled(a, b, c, rulings=[Ruling(b"c", b"a", same=True)]) == {"abc"}
    (ruled,) = Settler(MODEL, [a, c], [Ruling(b"a", b"c", same=True)]).clusters()
    assert ruled.ruled
    assert settled(a, b, rulings=[Ruling(b"a", b"gone", same=True), Ruling(b"gone", b"b", same=False)]) == {"ab"}


def test_a_cannot_link_holds_between_clusters() -> None:
    """Nobody comes round it by way of a third record."""
    records = [record(name, OLIVER) for name in "abcd"]
    found = settled(*records, rulings=[Ruling(b"a", b"d", same=False)])
    assert not any("a" in word and "d" in word for word in found)


def test_rulings_that_contradict_each_other_are_refused() -> None:
    rulings = [Ruling(b"a", b"b", same=True), Ruling(b"b", b"c", same=True), Ruling(b"a", b"c", same=False)]
    with pytest.raises(InvalidFields) as refused:
        settled(*(record(name, OLIVER) for name in "abc"), rulings=rulings)
    assert refused.value.violations[0].field == "rulings"
    assert "Oliver" not in str(refused.value)
    with pytest.raises(InvalidFields):
        settled(record("a", OLIVER), record("a", MOVED))


def stays(one: LiveRecord, other: LiveRecord) -> bool:
    return Settler(ENGLAND, [one, other]).stays([one.handle], [other.handle])


def test_who_is_in_leaves_below_the_lower_threshold_only() -> None:
    one = record("a", child(postcode="ZE1 1AA"))
    assert settled(one, record("b", child(postcode="AB12 9XY")), model=ENGLAND) == {"a", "b"}
    assert stays(one, record("b", child(postcode="AB12 9XY")))
    assert not stays(one, record("b", TWIN))
    assert not stays(one, record("b", STRANGER))
    assert not stays(record("a", OLIVER, source=5), record("b", OLIVER, source=5))


def test_records_that_contradict_each_other_are_told() -> None:
    settler = Settler(MODEL, [record("a", OLIVER), record("b", MOVED), record("c", OLIVER), record("d", TWIN)])
    assert settler.agree([b"a", b"b"], [b"c"])
    assert not settler.agree([b"a", b"d"], [b"c"])


def test_a_number_that_lifts_a_bar_makes_no_two_entries_one_unseen() -> None:
    """Twins with a middle name of the family, and one's number written on the other: a link, but for a person."""
    one, other = (identified(replace(each, middle_names="Quillfeather"), NHS[0]) for each in (OLIVER, TWIN))
    settler = Settler(ENGLAND, [record("a", one), record("b", other), record("c", one)])
    assert not settler.agree([b"a"], [b"b"])
    assert settler.agree([b"a"], [b"c"])


# --- in any order ---

GIVEN = ("Oliver", "Olivr", "Barnaby", "Baby", "")
FAMILY = ("Braithwaite", "Braithwait", "Ostrander")
BORN = ("2014-05-17", "2014-05-18", "2014-07-15")
POSTCODES = ("ZE1 1AA", "ZE1 1AB", "AB12 9XY", "")
people = st.builds(
    child,
    st.sampled_from(GIVEN),
    st.sampled_from(FAMILY),
    st.sampled_from(BORN),
    postcode=st.sampled_from(POSTCODES),
    identifiers=st.sampled_from([(), *((Identifier(IdentifierType.NHS_NUMBER, n),) for n in NHS)]),
)


@st.composite
def populations(draw: st.DrawFn) -> tuple[list[LiveRecord], list[Ruling]]:
    count = draw(st.integers(1, 6))
    names = "abcdef"[:count]
    records = [
        record(
            name,
            *draw(st.lists(people, min_size=1, max_size=3)),
            source=draw(st.integers(1, 3)),
            active=draw(st.booleans()),
        )
        for name in names
    ]
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0] != pair[1])
    rulings = [
        Ruling(one.encode(), other.encode(), same)
        for (one, other), same in draw(st.lists(st.tuples(pairs, st.booleans()), max_size=2))
    ]
    return records, rulings


def outcome(records: Sequence[LiveRecord], rulings: Sequence[Ruling]) -> Any:
    try:
        return Settler(MODEL, records, rulings).clusters()
    except InvalidFields as refused:
        return [(v.field, v.description) for v in refused.violations]


@settings(max_examples=30)
@given(populations(), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_clusters(made: tuple[list[LiveRecord], list[Ruling]], draw: Any) -> None:
    records, rulings = made
    first = outcome(records, rulings)
    for _ in range(3):
        draw.shuffle(records)
        draw.shuffle(rulings)
        turned = [replace(r, former=tuple(draw.sample(r.former, len(r.former)))) for r in records]
        assert outcome(turned, rulings) == first


@settings(max_examples=30)
@given(populations())
def test_clusters_part_the_records_and_are_valid(made: tuple[list[LiveRecord], list[Ruling]]) -> None:
    records, rulings = made
    found = outcome(records, rulings)
    if isinstance(found, list):
        return
    assert sorted(handle for cluster in found for handle in cluster.records) == sorted(r.handle for r in records)
    by_handle = {r.handle: r for r in records}
    for ruling in rulings:
        together = [{ruling.one, ruling.other} <= set(cluster.records) for cluster in found]
        assert any(together) == ruling.same
    for cluster in found:
        active = [by_handle[handle].source for handle in cluster.records if by_handle[handle].active]
        assert cluster.ruled or len(active) == len(set(active))
        assert cluster.ruled or cluster.probability >= MODEL.thresholds.match


@settings(max_examples=15)
@given(populations())
def test_unrelated_records_change_nothing(made: tuple[list[LiveRecord], list[Ruling]]) -> None:
    records, rulings = made
    before = outcome(records, rulings)
    if isinstance(before, list):
        return
    strangers = [record("0", STRANGER), record("z", replace(STRANGER, postcode="ZE5 5ZY"))]
    after = outcome([*strangers, *records], rulings)
    kept = [cluster for cluster in after if not {b"0", b"z"} & set(cluster.records)]
    assert [(c.records, c.ruled) for c in kept] == [(c.records, c.ruled) for c in before]


# --- many components in one run ---


@settings(max_examples=15)
@given(st.lists(populations(), min_size=2, max_size=4), st.sampled_from([20, 10**6]))
def test_what_was_heard_in_other_components_changes_nothing(
    made: list[tuple[list[LiveRecord], list[Ruling]]], kept: int
) -> None:
    """The components share handles, and records of one handle differ; also where what was heard is soon forgotten."""
    run = Hearing()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hearing, "_MOST", kept)
        for records, rulings in [*made, made[0]]:
            alone = outcome(records, rulings)
            if isinstance(alone, tuple):
                assert Settler(MODEL, records, rulings, run).clusters() == alone


def test_what_was_heard_is_not_asked_again() -> None:
    run, records = Hearing(), [record("a", OLIVER), record("b", OLIVER), record("c", TWIN)]
    Settler(MODEL, records, (), run).clusters()
    heard = repr(run)
    assert heard != repr(Hearing())
    Settler(MODEL, [*records], (), run).clusters()
    assert repr(run) == heard
    assert "Oliver" not in heard
    Settler(MODEL, [record("a", MOVED), *records[1:]], (), run).clusters()
    assert repr(run) != heard


def test_every_order_of_a_moved_and_renamed_child() -> None:
    records = [record("a", OLIVER), record("b", MOVED), record("c", RENAMED, MOVED), record("d", TWIN)]
    found = {frozenset(settled(*order)) for order in permutations(records)}
    assert found == {frozenset({"abc", "d"})}


@given(st.lists(st.sets(st.integers(1, 6), min_size=1, max_size=2), min_size=1, max_size=5))
def test_what_some_record_states_to_replace_another_every_record_knows(borne: list[set[int]]) -> None:
    """Against an oracle: the numbers that a chain of statements leads to from a record's own."""
    records = [LiveRecord(bytes([at]), 0, True, Features((tuple(codes),))) for at, codes in enumerate(borne)]
    for record, known in zip(records, with_replaced(records, [0]), strict=True):
        reached = set(record.present.codes[0])
        for _ in borne:
            reached |= {code for codes in borne if codes & reached and len(codes) > 1 for code in codes}
        assert set(known.present.codes[0]) == reached
        assert replace(known, present=record.present) == record
