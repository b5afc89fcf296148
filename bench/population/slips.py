"""Slips of writing a name: what one edit makes of it, and how likely each outcome is.

One definition serves both directions: a kind of slip is drawn by its weight, then one of its outcomes, each equally
likely (an outcome that is listed twice counts twice); a kind that cannot happen to the name becomes another letter.
`slip` draws, `one_edit` says how likely an outcome was, `two_edits` the same after two slips in a row.
"""

from bisect import bisect_right
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

from rapidfuzz.distance import OSA

_ONE_SLIP, _FARTHEST = 2, 4  # single letters that one slip may change, and two
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_KEYS = {  # neighbours on a British keyboard
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "awdzx", "d": "sefxc", "f": "drgcv", "g": "fthvb", "h": "gyjbn", "j": "hukmn",
    "k": "jilm", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
_SOUNDS = (  # heard alike
    ("ph", "f"), ("f", "ph"), ("ck", "k"), ("c", "k"), ("k", "c"), ("ie", "y"), ("y", "i"), ("i", "y"), ("ee", "ea"),
    ("ea", "ee"), ("ei", "ie"), ("ou", "u"), ("oo", "u"), ("s", "z"), ("z", "s"), ("gh", "g"), ("th", "t"), ("x", "ks"),
    ("ai", "ay"), ("ay", "ai"), ("e", "a"), ("a", "e"), ("mac", "mc"), ("mc", "mac"), ("sh", "ch"), ("j", "g"),
)  # fmt: skip
_LOOKS = (  # read alike from paper
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("d", "cl"), ("l", "i"), ("i", "l"), ("vv", "w"), ("w", "vv"), ("nn", "m"),
    ("u", "v"), ("v", "u"), ("h", "b"), ("b", "h"), ("e", "c"), ("c", "e"), ("a", "o"), ("o", "a"), ("n", "u"),
)  # fmt: skip


def slip(name: str, kind: float, outcome: float) -> str:
    """What one slip, chosen by two uniform numbers, makes of a plain name; the name itself when it has no letter."""
    made = _outcomes(name, _KIND_NAMES[bisect_right(_REACHED, kind)])
    return made[int(outcome * len(made))] if made else name


@lru_cache(maxsize=500_000)
def one_edit(name: str, written: str) -> float:
    """The probability that one slip in `name` gives `written`: that of `outcomes`, without listing them all."""
    if name == written or OSA.distance(name, written, score_cutoff=_ONE_SLIP) > _ONE_SLIP:
        return 0.0
    likely = 0.0
    for kind, (weight, _) in _KINDS.items():
        if kind == "other letter":
            likely += weight * _replaced(name, written)
        elif kind == "extra":
            likely += weight * _inserted(name, written)
        elif _outcomes(name, kind):
            made = _outcomes(name, kind)
            likely += weight * made.count(written) / len(made)
    return likely


@lru_cache(maxsize=200_000)
def two_edits(name: str, written: str) -> float:
    """The probability that two slips, one after the other, give `written`."""
    if OSA.distance(name, written, score_cutoff=_FARTHEST) > _FARTHEST:
        return 0.0
    last = sources(written)
    between = (
        (middle, share)
        for middle, share in _distribution(name).items()
        if OSA.distance(middle, written, score_cutoff=1) <= 1 or middle in last
    )
    return sum(share * one_edit(middle, written) for middle, share in between)


def outcomes(name: str) -> dict[str, float]:
    """Everything that one slip can make of a name, with its probability."""
    return dict(_distribution(name))


@lru_cache(maxsize=200_000)
def _distribution(name: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for kind, (weight, _) in _KINDS.items():
        made = _outcomes(name, kind)
        for written in made:
            shares[written] = shares.get(written, 0.0) + weight / len(made)
    return shares


@lru_cache(maxsize=65_536)
def _outcomes(name: str, kind: str) -> tuple[str, ...]:
    made = tuple(written for written in _KINDS[kind][1](name) if written and written != name and _whole(written))
    return made or (_outcomes(name, _ALWAYS) if kind != _ALWAYS else ())


def _whole(written: str) -> bool:
    return written[0] != " " and written[-1] != " "


def _replaced(name: str, written: str) -> float:
    """The share of `written` among the outcomes of another letter."""
    wrong = [place for place, (one, other) in enumerate(zip(name, written, strict=False)) if one != other]
    if len(name) != len(written) or len(wrong) != 1 or written[wrong[0]] not in _LETTERS:
        return 0.0
    return 1 / (len(name) * len(_LETTERS) - sum(letter in _LETTERS for letter in name))


def _inserted(name: str, written: str) -> float:
    """The share of `written` among the outcomes of an extra letter: as many as there are places that give it."""
    if len(written) != len(name) + 1:
        return 0.0
    places = sum(
        letter in _LETTERS and written[:place] + written[place + 1 :] == name for place, letter in enumerate(written)
    )
    return places / (len(written) * len(_LETTERS))


def _neighbour_key(name: str) -> list[str]:
    return [
        name[:place] + key + name[place + 1 :] for place, letter in enumerate(name) for key in _KEYS.get(letter, "")
    ]


def _other_letter(name: str) -> list[str]:
    return [name[:place] + letter + name[place + 1 :] for place in range(len(name)) for letter in _LETTERS]


def _omitted(name: str) -> list[str]:
    return [name[:place] + name[place + 1 :] for place in range(len(name))]


def _doubled(name: str) -> list[str]:
    return [name[:place] + letter + name[place:] for place, letter in enumerate(name) if letter.isalpha()]


def _extra(name: str) -> list[str]:
    return [name[:place] + letter + name[place:] for place in range(len(name) + 1) for letter in _LETTERS]


def _turned(name: str) -> list[str]:
    return [name[:place] + name[place + 1] + name[place] + name[place + 2 :] for place in range(len(name) - 1)]


def _rewritten(name: str, rules: tuple[tuple[str, str], ...]) -> list[str]:
    made = []
    for old, new in rules:
        place = name.find(old)
        while place >= 0:
            made.append(name[:place] + new + name[place + len(old) :])
            place = name.find(old, place + 1)
    return made


_KINDS: dict[str, tuple[float, Callable[[str], list[str]]]] = {
    "neighbour key": (0.18, _neighbour_key),
    "other letter": (0.07, _other_letter),
    "omitted": (0.22, _omitted),
    "doubled": (0.08, _doubled),
    "extra": (0.05, _extra),
    "turned": (0.12, _turned),
    "heard": (0.20, lambda name: _rewritten(name, _SOUNDS)),
    "misread": (0.08, lambda name: _rewritten(name, _LOOKS)),
}
_ALWAYS = "other letter"
_KIND_NAMES = tuple(_KINDS)
_REACHED = (*tuple(accumulate(weight for weight, _ in _KINDS.values()))[:-1],)


def sources(written: str) -> set[str]:
    """Strings of which `written` may be a slip by sound, look or two letters turned; other slips are one letter."""
    backwards = tuple((new, old) for old, new in (*_SOUNDS, *_LOOKS))
    return {*_rewritten(written, backwards), *_turned(written)}
