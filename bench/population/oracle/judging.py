"""Walk the extracts record by record as an index would meet them, and judge each against the children known so far."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.population.draws import Draws
from bench.population.oracle.households import household_likelihood, related_likelihood
from bench.population.oracle.reading import Reading, read
from bench.population.oracle.weighing import World, likelihood
from bench.population.population import Population
from bench.population.profiles import families, profiles

AUTOMATIC = 0.999
_TELLING = 1e-5  # share of the whole from which an unknown relative is worth a closer look at households
_MOST = 60  # candidates that share only one thing with the record


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the oracle believes of one record.

    `best` is the likeliest child, with its `probability`; `child` is the true one, `indexed` whether a record of it was
    there, `again` whether one of the same custodian was (then no index links automatically).
    """

    custodian: str
    row: int
    child: int
    indexed: bool
    again: bool
    best: int | None
    probability: float
    candidates: int

    @property
    def right(self) -> bool:
        """Whether the likeliest child is the true one."""
        return self.best == self.child


@dataclass(frozen=True, slots=True)
class Summary:
    """What an ideal scorer reaches at a threshold. `linkable` counts records whose child was indexed, but not by the
    same custodian; recall is told of those.
    """

    threshold: float
    linkable: int
    links: int
    right: int
    found: int

    @property
    def precision(self) -> float:
        """The share of links that are right; 1 without links."""
        return self.right / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        """The share of linkable records that are linked, and rightly."""
        return self.found / self.linkable if self.linkable else 1.0


def judge(population: Population, *, sample: float = 1.0, origins: frozenset[str] = frozenset()) -> list[Verdict]:
    """Judge the records of all extracts in their order; of a sample only that share, all are indexed all the same.

    With `origins`, only records of children of those origins are judged.
    """
    index = _Index(population)
    verdicts = []
    for extract in population.extracts.values():
        chosen = Draws(population.settings.seed, "oracle", extract.custodian).uniform(len(extract.rows)) < sample
        for row, reading in enumerate(read(extract)):
            child = extract.recording.child[row]
            origin = population.truth.origins[int(population.truth.origin[child])]
            if chosen[row] and (not origins or origin in origins):
                verdicts.append(index.verdict(reading, row, child))
            index.add(reading, child)
        index.complete(extract.custodian)
    return verdicts


def summary(verdicts: Iterable[Verdict], threshold: float = AUTOMATIC) -> Summary:
    """Precision and recall of linking at P >= threshold, leaving out second records of one custodian."""
    counted = [verdict for verdict in verdicts if not verdict.again]
    links = [verdict for verdict in counted if verdict.best is not None and verdict.probability >= threshold]
    right = sum(verdict.right for verdict in links)
    linkable = sum(verdict.indexed for verdict in counted)
    return Summary(threshold, linkable, len(links), right, right)


class _Index:
    """The children known so far, each with its records, and where to look for them."""

    def __init__(self, population: Population) -> None:
        settings = population.settings
        shares = settings.origins if settings.origins is not None else families().origins
        self._world = World(
            len(population.truth.family), settings.reference_date, population.truth.places, tuple(shares.items())
        )
        self._profiles: dict[int, list[Reading]] = defaultdict(list)
        self._keys: dict[tuple[str, ...], set[int]] = defaultdict(set)
        self._complete: list[str] = []
        self._likelihoods: dict[int, float] = {}

    def add(self, reading: Reading, child: int) -> None:
        """Index one record."""
        self._profiles[child].append(reading)
        self._likelihoods.pop(child, None)
        for key in _keys(reading):
            self._keys[key].add(child)

    def complete(self, custodian: str) -> None:
        """All records of a custodian are in: from now on a child without one is not on its books."""
        self._complete.append(custodian)

    def verdict(self, reading: Reading, row: int, child: int) -> Verdict:
        """Weigh the record against all that share something with it."""
        found = self._candidates(reading)
        owners = {candidate: self._numbers(candidate) for candidate in found}
        weights = {candidate: self._same(reading, candidate, owners) for candidate in found}
        unknown = self._unknown(self._world.age((reading,)))
        related = self._related(reading, found)
        absent = unknown * (self._world.children * likelihood((reading,), self._world) + sum(related.values()))
        if unknown * sum(related.values()) > _TELLING * (absent + sum(weights.values())):
            weights = {candidate: self._at_home(reading, candidate, weights, related) for candidate in found}
        total = absent + sum(weights.values())
        best = max(weights, key=lambda candidate: (weights[candidate], -candidate), default=None)
        probability = weights[best] / total if best is not None and total else 0.0
        known = self._profiles.get(child, [])
        again = any(other.custodian == reading.custodian for other in known)
        return Verdict(reading.custodian, row, child, bool(known), again, best, probability, len(found))

    def _candidates(self, reading: Reading) -> list[int]:
        found: set[int] = set()
        if reading.unborn:  # no child with a birth date is this one, and two of one mother are told apart by nobody
            return []
        for key in _keys(reading):
            group = self._keys.get(key, set())
            found |= group if len(group) <= _MOST else set()
        return sorted(found)

    def _numbers(self, child: int) -> frozenset[str]:
        return frozenset(number for reading in self._profiles[child] for number in reading.numbers if number)

    def _same(self, new: Reading, child: int, owners: dict[int, frozenset[str]]) -> float:
        known = self._profiles[child]
        again = any(other.custodian == new.custodian for other in known)
        others = frozenset[str]().union(*(numbers for owner, numbers in owners.items() if owner != child))
        alone = self._alone(child)
        together = likelihood((*known, new), self._world, others)
        return together / alone * (new.profile.duplicates if again else 1.0) if alone else 0.0

    def _alone(self, child: int) -> float:
        if child not in self._likelihoods:
            self._likelihoods[child] = likelihood(self._profiles[child], self._world)
        return self._likelihoods[child]

    def _related(self, new: Reading, found: Sequence[int]) -> dict[int, float]:
        """Candidate -> weight of its having a twin, brother or sister whose record this is."""
        return {
            child: related_likelihood((new,), self._profiles[child], self._world)
            for child in found
            if _one_family(new, self._profiles[child])
        }

    def _at_home(self, new: Reading, child: int, weights: dict[int, float], related: dict[int, float]) -> float:
        """The weight of a candidate, seen as the twin, brother or sister that another candidate's household has."""
        others = [other for other in related if other != child and related[other]]
        if not others or not weights[child]:
            return weights[child]
        other = max(others, key=lambda one: (related[one], -one))
        known, relative = self._profiles[child], self._profiles[other]
        odds = related_likelihood(known, relative, self._world) / (self._world.children * self._alone(child))
        kin = odds / (1 + odds)
        again = any(reading.custodian == new.custodian for reading in known)
        together = household_likelihood(new, known, relative, self._world)
        return (1 - kin) * weights[child] + kin * together * (new.profile.duplicates if again else 1.0)

    def _unknown(self, age: float) -> float:
        """The share of children of an age that no complete extract covers."""
        share = 1.0
        for custodian in self._complete:
            share *= 1 - profiles()[custodian].covers(age)
        return share


def _one_family(new: Reading, known: Sequence[Reading]) -> bool:
    return any(
        new.family == other.family or (new.carer and new.carer == other.carer) or new.postcode == other.postcode
        for other in known
    )


def _keys(reading: Reading) -> list[tuple[str, ...]]:
    """Two things a record tells, by which it may be found; an identifier alone will do."""
    birth, given, family = reading.birth, reading.given, reading.family
    month, turned = birth[:7], f"{birth[:4]}-{birth[8:]}-{birth[5:7]}" if len(birth) == 10 else ""
    keys = [
        ("birth, forename", birth, given[:3]),
        ("birth, family name", birth, family[:3]),
        ("birth, family name", birth, family[-3:]),
        ("birth, postcode", birth, reading.postcode),
        ("birth, known as", birth, reading.known_as[:3]),
        ("birth, carer", birth, reading.carer),
        ("names", given, family),
        ("names", family, given),
        ("forename, postcode", given, reading.postcode),
        ("family name, postcode", family, reading.postcode),
        ("month, names", month, given[:2], family[:2]),
        ("birth, end of forename", birth, given[-3:]),
        ("year, names", birth[:4], given, family[:3]),
        ("year, names", birth[:4], given[-3:], family),
        ("day, names", birth[5:], given[:3], family[:3]),
        ("forename, carer", given, reading.carer),
        ("forename, sector", given, reading.postcode[:-2]),
        ("birth, place", birth, reading.postcode[:3], "M" if reading.sex == 2 else "F"),
    ]
    if turned:
        keys += [("birth, forename", turned, given[:3]), ("birth, family name", turned, family[:3])]
    numbers = [("number", number) for number in reading.numbers]
    return [key for key in (*keys, *numbers) if all(key[1:])]
