"""Two records of a child of some origin: are they linked, in an index full of its kin and of names like its own?"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from bench.matching.feeds import indexed
from bench.matching.measure import hash_of
from bench.matching.memory import Memory
from bench.population import Population, Row, Settings, generate
from bench.population.draws import Draws
from bench.population.profiles import profiles
from childindex.linkage import Decision, Model

CHILDREN = 1.35  # a pair: some children are on one record only


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records of one child by two custodians, and what befell their names."""

    first: tuple[str, Row]
    second: tuple[str, Row]
    errors: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """The pairs of one origin, decided: linked to the child's own entry, to another's, or for a person to look at."""

    origin: str
    children: int
    pairs: int = 0
    right: int = 0
    wrong: int = 0
    review: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    seen: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        """The share of pairs that is linked automatically, and rightly."""
        return self.right / self.pairs if self.pairs else 0.0


def group(model: Model, origin: str, pairs: int, seed: int) -> Group:
    """So many pairs of children of an origin, their index holding the first record of every such child."""
    settings = Settings(
        seed=seed, children=round(pairs * CHILDREN), custodians=tuple(profiles()), origins={origin: 1.0}, customs=True
    )
    population = generate(settings)
    memory, found = Memory(model), Group(origin, settings.children)
    queries: list[Pair] = []
    for pair in _records(population):
        custodian, row = pair.first
        memory.write(memory.query(row.demographics), row.child, hash_of(custodian))
        if pair.second is not pair.first and len(queries) < pairs:
            queries.append(pair)
    for pair in queries:
        _decide(memory, pair, found, settings.reference_date)
    return found


def _decide(memory: Memory, pair: Pair, found: Group, today: date) -> None:
    custodian, row = pair.second
    prior = indexed([profile for name, profile in profiles().items() if name != custodian], row.demographics, today)
    match = memory.resolve(row.demographics, hash_of(custodian), prior)[1].match
    linked = match.decision is Decision.MATCHED
    right = linked and match.scored[0].entry == row.child
    found.pairs += 1
    found.right += right
    found.wrong += linked and not right
    found.review += match.decision is Decision.POSSIBLE
    found.seen.update(pair.errors)
    if not right:
        found.missed.update(pair.errors or ("none",))


def _records(population: Population) -> Iterator[Pair]:
    """Every child's records in an order of chance, the first two of them; a child with one record is its own second."""
    order = Draws(population.settings.seed, "origins", "order")
    of_child: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for custodian, extract in population.extracts.items():
        for place, child in enumerate(extract.recording.child):
            if all(name != custodian for name, _ in of_child[child]):
                of_child[child].append((custodian, place))
    for child, chance in zip(sorted(of_child), order.uniform(len(of_child)).tolist(), strict=True):
        records = of_child[child]
        turn = int(chance * len(records))
        records = (records[turn:] + records[:turn])[:2]
        rows = [(name, population.extracts[name].rows[place]) for name, place in records]
        errors = [
            f"{kind}: {made[place]}"
            for name, place in records
            for kind, made in population.extracts[name].recording.errors.items()
            if made[place]
        ]
        yield Pair(rows[0], rows[-1], tuple(sorted(set(errors)))) if len(rows) > 1 else _alone(rows[0])


def _alone(row: tuple[str, Row]) -> Pair:
    return Pair(row, row, ())
