"""Two records of one entity in one of two linked files share their partner; two entities compete for it."""

import numpy as np
import pytest

from childindex.linkage import Model, batch
from childindex.linkage.batch.doubles import _together
from tests.linkage.batch.invented import People, people, short_model


@pytest.fixture(scope="module")
def made() -> People:
    return people(400, seed=41)


@pytest.fixture(scope="module")
def trained(made: People, tmp_path_factory: pytest.TempPathFactory) -> Model:
    model = short_model(tmp_path_factory.mktemp("model"))
    return batch.train(model, [made.left, made.right], options=batch.Options(sample=50_000)).model


def certain(model: Model, left: dict[str, list[str]], right: dict[str, list[str]]) -> set[tuple[int, int]]:
    linked = batch.link(model, left, right)
    sure = linked.chances >= 0.99
    return set(zip(linked.pairs.left[sure].tolist(), linked.pairs.right[sure].tolist(), strict=True))


def test_a_record_written_twice_is_linked_twice(trained: Model, made: People) -> None:
    before = certain(trained, made.left, made.right)
    left, right = max(before)  # any of them
    doubled = {name: [*cells, cells[right]] for name, cells in made.right.items()}
    after = certain(trained, made.left, doubled)
    assert {(left, right), (left, len(made.who_right))} <= after
    assert len(before ^ after) <= 3
    clusters = batch.link(trained, made.left, doubled).clusters
    assert clusters[left] == clusters[len(made.who_left) + right] == clusters[-1]


def test_a_record_written_twice_on_the_left_is_linked_twice(trained: Model, made: People) -> None:
    left, right = max(certain(trained, made.left, made.right))
    doubled = {name: [*cells, cells[left]] for name, cells in made.left.items()}
    assert {(left, right), (len(made.who_left), right)} <= certain(trained, doubled, made.right)


def test_another_person_who_is_alike_competes(trained: Model, made: People) -> None:
    """Of two people on the right who differ in everything but one field, one at the most is linked to either."""
    left, right = max(certain(trained, made.left, made.right))
    other = {name: cells[right] for name, cells in made.right.items()} | {"born": "1999-12-31", "town": "elsewhere"}
    doubled = {name: [*cells, other[name]] for name, cells in made.right.items()}
    after = certain(trained, made.left, doubled)
    assert (left, right) in after
    assert (left, len(made.who_right)) not in after


def test_people_who_are_alike_and_have_partners_of_their_own_are_two(trained: Model, made: People) -> None:
    """Of one town and birth date, their names a letter apart: each is linked to its own record."""
    left, right = max(certain(trained, made.left, made.right))
    other = {name: f"{made.right[name][right][:-1]}q" for name in ("first", "last")}
    files = []
    for side, at in ((made.left, left), (made.right, right)):
        same = {name: [*cells[:at], made.right[name][right], *cells[at + 1 :]] for name, cells in side.items()}
        files.append({name: [*cells, other.get(name, cells[at])] for name, cells in same.items()})
    after = certain(trained, *files)
    own = len(made.who_left), len(made.who_right)
    assert {(left, right), own} <= after
    assert not {(left, own[1]), (own[0], right)} & after


def test_who_shares_a_partner_is_looked_at_and_crowds_are_not() -> None:
    partners = np.array([5, 5, 5, 7, 9, *[11] * 9])
    records = np.array([3, 1, 2, 1, 4, *range(20, 29)])
    one, other = _together(partners, records)
    assert list(zip(one.tolist(), other.tolist(), strict=True)) == [(1, 2), (1, 3), (2, 3)]
