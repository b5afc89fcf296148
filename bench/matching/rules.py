"""What each blocking rule adds and costs, among these children and in an index as dense as a nation's.

Every record is looked up among the records before it, whose children are known: nothing is decided, each rule is only
asked whom it proposes. Behind these children stand others, whose keys are counted and not held: a key that n of them
share is shared by n times population / behind in the nation, and is capped where that is more than the model's cap.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from bench.matching.crowd import crowded
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
    """A record made ready, and its child."""

    query: Query
    child: int


@dataclass(frozen=True, slots=True)
class Looked:
    """A record of a known child looked up: the rules that propose the child, and how many others each proposes."""

    finds: frozenset[str]
    others: dict[str, float]
    capped: tuple[str, ...]


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
        return Looked(frozenset(finds), others, (*dense, *followed.caps))

    def _scan(self, asked: Asked, day: str, finds: set[str], others: dict[str, float]) -> bool:
        """Scan a birth date; whether so many share one likeness that two are asked for."""
        scan, cap = self.model.shape.scan, self.model.cap
        likeness = (*asked.query.narrow, *asked.query.akin)
        here, behind = bytes(self.births.get(day, b"")), bytes(self.crowd.get(_month(day), b""))
        share = self.factor if day.endswith("-01-01") else self.factor / _DAYS
        most = max(int(cap / share), 0) if share else len(behind)  # as many rows behind stand for the cap
        found = linkage.narrow_filter(likeness, behind, cap=most)
        alike, dense = len(found.rows) * share, found.dense
        single = linkage.narrow_filter(likeness, here, cap=-1 if dense else cap).rows
        children = {ROW.unpack_from(here, place * ROW.size)[0] for place in single}
        finds.update([scan] if asked.child in children else [])
        others[scan] = others.get(scan, 0.0) + len(children - {asked.child}) + alike
        return dense


@dataclass(frozen=True, slots=True)
class Nation:
    """What stands behind the children surveyed: `behind` others of their kind stand for `children` in the nation.

    In a `crowded` nation all share addresses and are written as born on the first of January (see `crowd`).
    """

    children: int
    behind: int
    crowded: bool = False


def survey(model: Model, population: Population, nation: Nation) -> dict[str, object]:
    """The table of the rules on a population as part of a nation."""
    memory = Memory(model)
    asked = list(_asked(memory, population, nation))
    index = Index(model, (nation.children - population.settings.children) / nation.behind)
    _stand_behind(index, asked, nation, population.settings)
    looked = []
    for each in asked:
        if each.child in index.known:
            looked.append(index.look(each))
        index.write(each)
    written = Counter(rule for each in asked for rule, _ in each.query.blocking.keys)
    written[model.shape.scan] = sum(len(each.query.blocking.births) for each in asked)
    return {
        "model": model.label,
        "digest": model.digest,
        "blocking": blocking_digest(model),
        "seed": population.settings.seed,
        "children": population.settings.children,
        "nation": nation.children,
        "behind": nation.behind,
        "crowded": nation.crowded,
        "records": len(asked),
        "keys_per_record": round((written.total() - written[model.shape.scan]) / len(asked), 2),
        **_figures(looked),
        "rules": {name: _rule(name, looked, written[name] / len(asked)) for name in _names(model)},
        "needless": _needless(model, looked, written),
    }


def _month(day: str) -> str:
    """The month of a day; the first of January, which stands for "unknown", is by itself."""
    return day if day.endswith("-01-01") else day[:7]


def blocking_digest(model: Model) -> str:
    """What of a model decides who is proposed, and not how they are weighed."""
    said = model.shape.model_dump_json(
        include={"fields", "scan", "narrow", "akin", "cap", "blocking"}, exclude_defaults=True
    )
    return blake2b(said.encode(), digest_size=8).hexdigest()


def told(name: str, table: Mapping[str, Any]) -> str:
    """A table as people read it."""
    lines = [
        f"{name}: {table['found']:,} of {table['looked_up']:,} records of known children proposed "
        f"({table['pair_completeness']:.5f}), {table['proposals_mean']} other proposals a query, "
        f"{table['keys_per_record']} keys a record; seed {table['seed']}, model {table['digest']}",
        f"{'rule':<24}{'finds':>8}{'alone':>7}{'others':>9}{'capped':>9}{'keys':>7}",
    ]
    for rule, found in table["rules"].items():
        counts = f"{found['finds']:>8,}{found['alone']:>7,}{found['proposals']:>9.2f}{found['capped']:>9.4f}"
        lines.append(f"{rule:<24}{counts}{found['keys_per_record']:>7.2f}")
    return "\n".join([*lines, f"found without any of: {', '.join(table['needless'])}", ""])


def _names(model: Model) -> list[str]:
    return [model.shape.scan, *(rule.name for rule in model.shape.blocking)]


def _figures(looked: Sequence[Looked]) -> dict[str, object]:
    others = sorted(sum(each.others.values()) for each in looked)
    return {
        "looked_up": len(looked),
        "found": sum(bool(each.finds) for each in looked),
        "pair_completeness": round(sum(bool(each.finds) for each in looked) / max(len(looked), 1), 5),
        "proposals_mean": round(sum(others) / max(len(others), 1), 2),
        "proposals_p99": round(others[len(others) * 99 // 100], 1) if others else 0.0,
        "capped": round(sum(bool(each.capped) for each in looked) / max(len(looked), 1), 5),
    }


def _rule(name: str, looked: Sequence[Looked], written: float) -> dict[str, object]:
    found = [each.finds for each in looked if name in each.finds]
    return {
        "finds": len(found),
        "alone": sum(len(each) == 1 for each in found),
        "proposals": round(sum(each.others.get(name, 0.0) for each in looked) / max(len(looked), 1), 3),
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


def _asked(memory: Memory, population: Population, nation: Nation) -> Iterator[Asked]:
    rows = (row for extract in population.extracts.values() for row in extract.rows)
    for record, row in enumerate(rows):
        written = crowded(row, record, population.settings.seed) if nation.crowded else row.demographics
        yield Asked(memory.query(written), row.child)


def _stand_behind(index: Index, asked: Sequence[Asked], nation: Nation, like: Settings) -> None:
    """Count, among other children, the keys that will be looked for, and keep the narrow rows of their dates."""
    wanted = {key for each in asked for key in each.query.blocking.keys}
    memory = Memory(index.model)
    for start in range(0, nation.behind, _BATCH):
        count = min(_BATCH, nation.behind - start)
        like = replace(like, seed=like.seed + 1, children=count, custodians=(_WRITES,))
        for each in _asked(memory, generate(like), nation):
            index.behind.update(key for key in each.query.blocking.keys if key in wanted)
            for birth in each.query.blocking.births:
                index.crowd[_month(birth)] += ROW.pack(0, 0, *each.query.narrow)
