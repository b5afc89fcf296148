"""Write `forename_sounds.csv`: pairs of forenames in use that are one name, by rules of spelling.

Two rules join names, and nothing but names that are in the frequency tables:

- **sound**: equal after a fold of what sounds alike in English and in the usual transliterations (`sounded`);
- **root**: both are spellings of one root of `roots.txt`, whose capitals stand for vowels and consonants that
  transliterations write in several ways.

No rule joins names of different consonants; vowels of another quality are joined by roots only. Names of two letters
are left alone.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

_HERE = Path(__file__).parent
_TABLES = _HERE.parents[1] / "src" / "childindex" / "linkage" / "tables"
_RULES: tuple[tuple[str, str], ...] = (
    (r"ph", "f"),
    (r"sch", "sh"),
    (r"ck|qu|q|kh", "k"),
    (r"gh", "g"),
    (r"dh", "d"),
    (r"bh", "b"),
    (r"c(?![heiy])", "k"),
    (r"x", "ks"),
    (r"(?<![ao])(?:ie|ee|ey|y)$", "i"),
    (r"aye|[ae][iy]", "ai"),
    (r"ee", "i"),
    (r"oo|ou", "u"),
    (r"aw", "au"),
    (r"y", "i"),
    (r"(.)\1+(?!i$)", r"\1"),
    (r"(?<=[ae])h$", ""),
)
_ROOT = {
    "a": "a{1,2}", "i": "(?:i|ee)", "u": "(?:u|oo|ou)", "o": "(?:o|oo)", "y": "(?:y|i|iy|yy)", "t": "(?:t{1,2}|th)",
    "e": "(?:e|ee)", "A": "(?:a{1,2}|e)", "I": "(?:i|e|ee)", "U": "(?:u|o|oo|ou)",
    "Y": "(?:ai|ay|ei|ey|ae|aye|ayy|aiy)", "K": "(?:kh?|q)", "Z": "(?:z|dh)",
}  # fmt: skip


def sounded(name: str) -> str:
    """What is left of a name when spellings that sound alike are written one way."""
    for rule, sound in _RULES:
        name = re.sub(rule, sound, name)
    return name


def spelled(root: str) -> re.Pattern[str]:
    """The spellings of a root."""
    body = "".join(_ROOT.get(letter, f"{letter}{{1,2}}") for letter in root)
    return re.compile(body + ("h?" if root.endswith("a") else ""))


def families(names: Iterable[str], roots: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Names that the rules join, each family sorted; a name may be in several."""
    known = sorted({name for name in names if len(name) > 2})
    by_sound = defaultdict(list)
    for name in known:
        by_sound[sounded(name)].append(name)
    yield from (tuple(family) for family in by_sound.values() if len(family) > 1)
    for root in sorted(set(roots)):
        pattern = spelled(root)
        family = tuple(name for name in known if pattern.fullmatch(name))
        if len(family) > 1:
            yield family


def main() -> None:
    """Read the tables, write the pairs."""
    names = [line.partition(",")[0] for line in _lines("forenames.csv")] + _lines("forenames_abroad.csv")
    lines = (_HERE / "roots.txt").read_text(encoding="utf-8").splitlines()
    roots = [root for line in lines if not line.startswith("#") for root in line.split()]
    pairs = {pair for family in families(names, roots) for pair in combinations(family, 2)}
    text = "".join(f"{one},{other}\n" for one, other in sorted(pairs))
    (_TABLES / "forename_sounds.csv").write_text("name,variant\n" + text, encoding="utf-8")
    print(f"{len(pairs):,} pairs of {len({name for pair in pairs for name in pair}):,} forenames")


def _lines(table: str) -> list[str]:
    return (_TABLES / table).read_text(encoding="utf-8").split()[1:]


if __name__ == "__main__":
    main()
