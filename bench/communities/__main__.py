"""Write `forename_communities.csv`, `surname_communities.csv` and `community_shares.csv` of the children's model.

Unlabelled counts decide: the shares of forenames and surnames among all children (`forenames.csv`, `surnames.csv`) are
mixtures over communities. Which names a community bears at all is told by lists (see `names`); how large it is, and
what part of the bearers of a name that several communities bear belong to each of them, follows by EM:

- a name that one community alone bears is that community's, but for the few who marry and assimilate (`kept`);
- of a name that several bear each has as many as its size and the rank of the name in its list say;
- of a name that nearly everybody bears each has no more than these say, and the majority has the rest; so too of a name
  that is far more frequent than its rank in the lists says: it is common for another reason;
- a community is as large as the larger of what its forenames and its surnames say, or as first guessed.

A name that the tables do not list is borne by fewer than their least share.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.communities.names import TABLES, Listed, Weights, listed, shares

_ROUNDS = 50
_MOST = 0.95  # of a community's children bear names of its own, at the most
_SHARED = 0.8  # of those who bear a name that nearly everybody bears, all communities together at the most
_FIRST = 0.9  # of a community's children bear surnames of its own: those that no list tells are rare
_FAR = 8.0, 60.0  # times what the lists say of a forename, of a surname: some surnames are nearly all of a community's
_LEAST = 1.0  # times as common in a community as among all: a name that is no commoner there is not worth telling
_SELDOM = 1e-6  # a name that fewer bear is not worth a row

Held = dict[str, dict[int, float]]  # name -> community -> share of all children


@dataclass(frozen=True, slots=True)
class Column:
    """The names of one kind: their shares of all children, which of them nearly everybody bears, the communities'
    lists, how many bearers of their names belong to them (`kept`), the most that a name without a share may have, and
    how many times what the lists say a name may have."""

    shares: Weights
    everybody: frozenset[str]
    lists: Sequence[Weights]
    kept: Sequence[float]
    unlisted: float
    far: float


def divided(column: Column, own: Sequence[float]) -> Held:
    """Of all children those who bear a name and are of a community, by the expected number of bearers of its own names
    in each (`own`, a share of all children)."""
    found: Held = {}
    for name in dict.fromkeys(name for each in column.lists for name in each):
        expected = {at: own[at] * each[name] for at, each in enumerate(column.lists) if name in each}
        whole = sum(expected.values())
        share = column.shares.get(name)
        if share is None:
            scale = min(1.0, column.unlisted / whole)
        elif name in column.everybody:
            scale = min(1.0, _SHARED * share / whole)
        else:
            kept = sum(column.kept[at] * each for at, each in expected.items()) / whole
            scale = min(column.far, kept * share / whole)
        found[name] = {at: each * scale for at, each in expected.items()}
    return found


def sizes(held: Held, count: int) -> list[float]:
    """By community the share of all children who bear one of its names."""
    found = [0.0] * count
    for each in held.values():
        for at, share in each.items():
            found[at] += share
    return found


def learned(communities: Sequence[Listed], forenames: Column, surnames: Column) -> tuple[list[float], Held, Held]:
    """EM: the size of each community, and its bearers of each forename and surname."""
    size = [each.share for each in communities]
    for _ in range(_ROUNDS):
        own = [each.own * whole for each, whole in zip(communities, size, strict=True)]
        given, family = divided(forenames, own), divided(surnames, [_FIRST * each for each in size])
        counted = sizes(given, len(size)), sizes(family, len(size))
        size = [max(each.share, *(by[at] / _MOST for by in counted)) for at, each in enumerate(communities)]
    return size, given, family


def main() -> None:
    """Learn, write, and say how large."""
    communities, everybody, also = listed()
    first, family = shares("forenames.csv"), shares("surnames.csv")
    given_lists, given_kept = [c.forenames for c in communities], [c.forenames_kept for c in communities]
    family_lists, family_kept = [c.surnames for c in communities], [c.surnames_kept for c in communities]
    forenames = Column(first, everybody, given_lists, given_kept, min(first.values()), _FAR[0])
    surnames = Column(family, also, family_lists, family_kept, min(family.values()), _FAR[1])
    size, given, named = learned(communities, forenames, surnames)
    _write("forename_communities.csv", first, given, size)
    _write("surname_communities.csv", family, named, size)
    counted = sizes(given, len(size)), sizes(named, len(size))
    rows = [
        f"{at + 1},{share:.4g},{counted[0][at] / share:.4g},{max(_FIRST, counted[1][at] / share):.4g}\n"
        for at, share in enumerate(size)
    ]
    text = "community,share,own_forenames,own_surnames\n" + "".join(rows)
    (TABLES / "community_shares.csv").write_text(text, encoding="utf-8")
    print(
        f"{len(size)} communities, {sum(size):.3f} of all children; {len(given):,} forenames, {len(named):,} surnames"
    )


def _write(table: str, shares: Weights, held: Mapping[str, Mapping[int, float]], size: Sequence[float]) -> None:
    """A row a name: the share of all children who bear it where the frequency table has none, and of these the part of
    each community."""
    lines = []
    for name, each in sorted(held.items()):
        whole = shares.get(name, sum(each.values()))
        parts = [
            f"{at + 1}:{share / whole:.2g}" for at, share in sorted(each.items()) if share >= _LEAST * whole * size[at]
        ]
        if parts and whole >= _SELDOM:
            lines.append(f"{name},{'' if name in shares else f'{whole:.2g}'},{' '.join(parts)}\n")
    (TABLES / table).write_text("name,share,communities\n" + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
