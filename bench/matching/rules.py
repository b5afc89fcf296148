"""What each blocking rule adds and costs, among these children and in an index as dense as a nation's.

Every record is looked up among the records before it, whose children are known: nothing is decided, each rule is only
asked whom it proposes. Behind these children stand others, whose keys are counted and not held: a key that n of them
share is shared by n times population / behind in the nation, and is capped where that is more than the model's cap.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.matching.crowd import Crowd
from bench.matching.memory import ROW, Memory, Query
from bench.population import Population, Settings, generate
from childindex import linkage
from childindex.linkage import Model

_BATCH = 50_000  # children behind, made at once
_DAYS = 30.4  # of a month: one day of it holds as many children as another, but for the first of January
_WRITES = "mill-lane-surgery"  # the custodian that knows nearly every child

Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A record made ready, its child, and whether it is one of the crowd (see `crowd`)."""

    query: Query
    child: int
    crowded: bool


@dataclass(frozen=True, slots=True)
class Looked:
    """A record of a known child looked up: the rules that propose the child, and how many others each proposes."""

    finds: frozenset[str]
    others: dict[str, float]
    capped: tuple[str, ...]
    crowded: bool


@dataclass(slots=True)
class Index:
    """The records of known children by key and birth date; `behind` and `crowd` count for `factor` children each."""

    model: Model
    factor: float = 0.0
    keys: dict[Key, list[int]] = field(default_factory=lambda: defaultdict(list))
    births: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    known: set[int] = field(default_factory=set)
    behind: Counter[Key] = field(default_factory=Counter)
    crowd: dict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))

    def write(self, asked: Asked) -> None:
        """The record becomes known."""
        self.known.add(asked.child)
        for key in asked.query.blocking.keys:
            self.keys[key].append(asked.child)
        for birth in asked.query.blocking.births:
            self.births[birth] += ROW.pack(asked.child, 0, *asked.query.narrow)

    def look(self, asked: Asked) -> Looked:
        """Who is proposed for a record, and by which rules."""
        finds: set[str] = set()
        others: dict[str, float] = {}
        scanned = [self._scan(asked, day, finds, others) for day in asked.query.blocking.births]
        dense = [self.model.shape.scan] if any(scanned) else []
        keys = asked.query.blocking.keys
        found = [self.keys.get(key, []) for key in keys]
        sizes = [
            sum(child != asked.child for child in each) + self.behind[key] * self.factor
            for key, each in zip(keys, found, strict=True)
        ]
        followed = self.model.follow([(key[0], round(size)) for key, size in zip(keys, sizes, strict=True)])
        for (rule, _), wanted, each, size in zip(keys, followed.keys, found, sizes, strict=True):
            if wanted:
                others[rule] = others.get(rule, 0.0) + size
                finds.update([rule] if asked.child in each else [])
        return Looked(frozenset(finds), others, (*dense, *followed.caps), asked.crowded)

    def _scan(self, asked: Asked, day: str, finds: set[str], others: dict[str, float]) -> bool:
        """Scan a birth date; whether so many share one likeness that two are asked for."""
        scan, narrow, cap = self.model.shape.scan, asked.query.narrow, self.model.cap
        here, behind = bytes(self.births.get(day, b"")), bytes(self.crowd.get(_month(day), b""))
        single = linkage.narrow_filter(narrow, here, cap=len(here)).rows
        share = self.factor if day.endswith("-01-01") else self.factor / _DAYS
        alike = len(linkage.narrow_filter(narrow, behind, cap=len(behind)).rows) * share
        dense = len(single) + alike > cap
        if dense:
            single = linkage.narrow_filter(narrow, here, cap=-1).rows
            alike = len(linkage.narrow_filter(narrow, behind, cap=-1).rows) * share
        children = {ROW.unpack_from(here, place * ROW.size)[0] for place in single}
        finds.update([scan] if asked.child in children else [])
        others[scan] = others.get(scan, 0.0) + len(children - {asked.child}) + alike
        return dense


def survey(model: Model, population: Population, *, behind: int = 0, crowded: float = 0.0) -> dict[str, object]:
    """The table of the rules on a population; `behind` children stand behind it, a share of all is `crowded`."""
    memory, crowd = Memory(model), Crowd(population.settings.seed, crowded)
    asked = list(_asked(memory, population, crowd))
    index = Index(model, model.shape.population / behind if behind else 0.0)
    _stand_behind(index, asked, behind, crowd)
    looked = []
    for each in asked:
        if each.child in index.known:
            looked.append(index.look(each))
        index.write(each)
    written = Counter(rule for each in asked for rule, _ in each.query.blocking.keys)
    written[model.shape.scan] = sum(len(each.query.blocking.births) for each in asked)
    table: dict[str, object] = {
        "model": model.label,
        "digest": model.digest,
        "seed": population.settings.seed,
        "children": population.settings.children,
        "behind": behind,
        "crowded": crowded,
        "records": len(asked),
        "keys_per_record": round((written.total() - written[model.shape.scan]) / len(asked), 2),
        "all": _figures(looked),
        "rules": {name: _rule(name, looked, written[name] / len(asked)) for name in _names(model)},
        "needless": _needless(model, looked, written),
    }
    return table | ({"crowd": _figures([each for each in looked if each.crowded])} if crowded else {})


def _month(day: str) -> str:
    """The month of a day; the first of January, which stands for "unknown", is by itself."""
    return day if day.endswith("-01-01") else day[:7]


def _names(model: Model) -> list[str]:
    return [model.shape.scan, *(rule.name for rule in model.shape.blocking)]


def _figures(looked: Sequence[Looked]) -> dict[str, object]:
    others = sorted(sum(each.others.values()) for each in looked)
    return {
        "of_known_children": len(looked),
        "found": sum(bool(each.finds) for each in looked),
        "pair_completeness": round(sum(bool(each.finds) for each in looked) / max(len(looked), 1), 5),
        "others_mean": round(sum(others) / max(len(others), 1), 2),
        "others_p99": round(others[len(others) * 99 // 100], 1) if others else 0.0,
        "capped": round(sum(bool(each.capped) for each in looked) / max(len(looked), 1), 5),
    }


def _rule(name: str, looked: Sequence[Looked], written: float) -> dict[str, object]:
    found = [each.finds for each in looked if name in each.finds]
    return {
        "finds": len(found),
        "alone": sum(len(each) == 1 for each in found),
        "others": round(sum(each.others.get(name, 0.0) for each in looked) / max(len(looked), 1), 3),
        "capped": round(sum(name in each.capped for each in looked) / max(len(looked), 1), 5),
        "keys_per_record": round(written, 3),
    }


def _needless(model: Model, looked: Sequence[Looked], written: Counter[str]) -> list[str]:
    """Rules without which, one after the other (the one of most keys first), every child found is found still."""
    left = [each.finds for each in looked if each.finds]
    gone: list[str] = []
    while True:
        alone = {next(iter(finds)) for finds in left if len(finds) == 1}
        rules = [rule.name for rule in model.shape.blocking if not {rule.name} & {*alone, *gone}]
        if not rules:
            return gone
        gone.append(max(rules, key=lambda name: written[name]))
        left = [finds - {gone[-1]} for finds in left]


def _asked(memory: Memory, population: Population, crowd: Crowd) -> Iterator[Asked]:
    rows = (row for extract in population.extracts.values() for row in extract.rows)
    for record, row in enumerate(rows):
        yield Asked(memory.query(crowd.written(row, record)), row.child, crowd.holds(row.child))


def _stand_behind(index: Index, asked: Sequence[Asked], behind: int, crowd: Crowd) -> None:
    """Count, among other children, the keys that will be looked for, and keep the narrow rows of their dates."""
    wanted = {key for each in asked for key in each.query.blocking.keys}
    memory, seed = Memory(index.model), crowd.seed
    for start in range(0, behind, _BATCH):
        seed += 1
        settings = Settings(seed=seed, children=min(_BATCH, behind - start), custodians=(_WRITES,))
        for each in _asked(memory, generate(settings), Crowd(seed, crowd.share)):
            index.behind.update(key for key in each.query.blocking.keys if key in wanted)
            for birth in each.query.blocking.births:
                index.crowd[_month(birth)] += ROW.pack(0, 0, *each.query.narrow)
