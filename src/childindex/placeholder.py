"""Placeholder names: what is written where a name is not known yet, or is withheld ("Baby", "Not known", "Twin one").

Used when details are parsed (somebody must be named) and when they are compared (a placeholder is no evidence).
Some words here are real names too ("Baby" in Kerala, "Child" in England): a placeholder beside one real name is
accepted, and only weighs nothing. Short words that are common names elsewhere (Na, No, Nil, An) stay out of the list.
Where what is written can be nobody's name, a name beside it is the mother's: "Twin 1 Sarah", "Baby girl Sarah".
What is taken for a name although it is none makes one child of two: twins agree in all the rest.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from childindex.text import clean

_WORDS = frozenset(
    """
    baby babe newborn neonate infant foetus fetus unborn bump boy girl male female child twin twins triplet triplets
    quad quadruplet quintuplet stillborn noworodek noworodka dziecko neonato neonata
    unknown unk unkown unknow notknown notgiven unnamed nameless noname anonymous withheld undisclosed redacted
    unavailable unspecified refused declined missing empty null none tba tbc tbd nk
    test testing dummy example placeholder temp temporary deleted duplicate default asdf qwerty abc
    x xx z zz ditto nfn nln fnu lnu
    """.split()
)
_BESIDE = frozenset(  # mean nothing alone, nor make a placeholder a name
    """
    one two three four five first second third fourth i ii iii iv a b c d e the of
    not yet known given stated named no name names forename surname firstname lastname family last new born
    nb mr master miss mother mothers mum father person patient pupil student record entry
    """.split()
)
_PHRASES = re.compile(
    r"(not (yet )?(known|given|stated|named|recorded|provided|disclosed|available|applicable|registered|specified)"
    r"( yet)?"
    r"|no (name|names|forename|surname|first name|last name|family name|data|value)( given| known| yet)*"
    r"|to be (advised|confirmed|named|determined|decided)|awaiting (name|names|naming|registration)"
    r"|name (not|to be) .*|new born|do ?n[o ]t know|n a|n k|t b [acd]|nouveau n[eé]e?|reci[eé]n nacid[oa])"
)
_SLASH_OF = re.compile(r"[bsd]\s*/\s*o\b")  # b/o, s/o, d/o: baby, son, daughter of; within a name they are patronymics
_RUN_TOGETHER = re.compile("(?:baby|newborn|neonate|infant|boy|girl|female|male|child|twin|triplet)+")  # "babygirl"
_PART = re.compile("baby|newborn|neonate|infant|boy|girl|female|male|child|twin|triplet")
_NUMBERED = re.compile("([0-9]*)(.*?)([0-9]*)")
_ORDINAL = re.compile("([0-9]+)(?:st|nd|rd|th)")
_TWINS = frozenset("twin twins triplet triplets quad quadruplet quintuplet".split())
_LETTERS = {**dict.fromkeys("a i".split(), 1), **dict.fromkeys("b ii".split(), 2), "c": 3, "iii": 3, "d": 4, "iv": 4}
_COUNTED = {
    **dict.fromkeys("one 1 first".split(), 1),
    **dict.fromkeys("two 2 second".split(), 2),
    **dict.fromkeys("three 3 third".split(), 3),
    **dict.fromkeys("four 4 fourth".split(), 4),
}
_ORDERS = _COUNTED | _LETTERS  # of birth, among those born together
_GIRLS, _BOYS = frozenset("girl female daughter".split()), frozenset("boy male son".split())
_SEXES = frozenset("girl female boy male".split())
_YOUNG = _TWINS | frozenset("baby babe newborn neonate infant child".split())
_WHOSE = _YOUNG | frozenset("boy girl son daughter".split())  # before "of"
_REPEATED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Told:
    """What a placeholder tells of the child it stands for: whether it is one of twins (or more), its order of birth
    among them (0 where not told), its sex ("" where not told), and whose child it is ("" likewise)."""

    twin: bool = False
    order: int = 0
    sex: Literal["", "female", "male"] = ""
    of: str = ""

    def __repr__(self) -> str:
        return "Told(...)"


def told(name: str) -> Told:
    """What a placeholder tells: "Twin 2" the second of twins, "Baby girl of Sarah Hill" a daughter of Sarah Hill.

    A name that is no placeholder tells nothing.
    """
    if not is_placeholder(name):
        return Told()
    folded = _folded(name)
    slash = _SLASH_OF.match(folded)
    head, _, of = (slash[0][0], "", folded[slash.end() :]) if slash else folded.partition(" of ")
    words, of = _words(head), of.strip()
    counted = of.isdecimal() and bool(words) and words[-1] in _COUNTED  # "Baby 1 of 2"
    twin = counted or not _TWINS.isdisjoint(words)
    order = _order(words) or next((_ORDERS[word] for word in words if word in _ORDERS), 0) if twin else 0
    girl = not _GIRLS.isdisjoint(words) or (slash is not None and words == ["d"])
    boy = not _BOYS.isdisjoint(words) or (slash is not None and words == ["s"])
    sex: Literal["", "female", "male"] = "female" if girl and not boy else "male" if boy and not girl else ""
    return Told(twin, order, sex, "" if of.isdecimal() else of)


def is_placeholder(name: str) -> bool:
    """Whether this is no name at all: "baby boy", "boy of Sarah", "not known", "Twin 1", "xxx", "test2", "???".

    Case, accents' encoding, width and punctuation do not matter. The empty text is not a placeholder: it is not given.
    """
    if name.isascii() and name.isalpha():  # one plain word, as most names are: phrases have several
        word = name.lower()
        return _stands(word) or bool(_RUN_TOGETHER.fullmatch(word))
    folded = _folded(name)
    if not folded:
        return False
    if not any(character.isalpha() for character in folded) or _SLASH_OF.match(folded):
        return True
    words = _words(folded)
    return (
        bool(_PHRASES.fullmatch(" ".join(_split(folded))))
        or _is_somebodys(words)
        or _only_placeholders(words)
        or _order(words) > 0
        or _young_of_a_sex(words)
    )


def without_family(given: str, families: Sequence[str]) -> str:
    """A given name without the family's, where a placeholder is left then: "Infant Hill" of a Hill is "Infant".

    Where no family name is known, the last word may be it. Any other given name stays as it is.
    """
    written = given.split()
    if len(written) < 2 or is_placeholder(given):  # one word is not two names
        return given
    own = {word for family in families if not is_placeholder(family) for word in _split(_folded(family))}
    own = own or set(_split(_folded(written[-1])))
    left = " ".join(word for word in written if not own.issuperset(_split(_folded(word))))
    return left if left and is_placeholder(left) else given


def _folded(name: str) -> str:
    return clean(name).casefold()


def _split(folded: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in folded).split()


def _words(folded: str) -> list[str]:
    """Words and numbers, each by itself: "Twin2" is two, and so is "babygirl"; "2nd" is the number."""
    found: list[str] = []
    for word in _split(folded):
        ordinal = _ORDINAL.fullmatch(word)
        before, bare, after = (ordinal[1], "", "") if ordinal else _NUMBERED.fullmatch(word).groups()  # type: ignore[union-attr]  # matches always
        parts = _PART.findall(bare) if _RUN_TOGETHER.fullmatch(bare) else [bare]
        found += [part for part in (before, *parts, after) if part]
    return found


def _stands(word: str) -> bool:
    """Whether a word stands for a name."""
    return word in _WORDS or bool(_REPEATED.fullmatch(word))


def _no_name(word: str) -> bool:
    return _stands(word) or word.isdecimal() or word in _BESIDE


def _only_placeholders(words: Sequence[str]) -> bool:
    """Whether at least one word stands for a name and none could be one; numbers do not count ("test2", "twin 1")."""
    return all(map(_no_name, words)) and any(_stands(word) for word in words if not word.isdecimal())


def _is_somebodys(words: Sequence[str]) -> bool:
    """Whether it says whose child it is: "baby girl 2 of ..."."""
    head = list(takewhile(lambda word: word != "of", words))
    return (
        len(head) < len(words)
        and not _WHOSE.isdisjoint(head)
        and all(word in _WHOSE or _no_name(word) for word in head)
    )


def _young_of_a_sex(words: Sequence[str]) -> bool:
    """Whether it begins as nobody's name does, be it followed by the mother's: "baby girl", "male infant"."""
    head = frozenset(takewhile(_no_name, words))
    return not _YOUNG.isdisjoint(head) and not _SEXES.isdisjoint(head)


def _order(words: Sequence[str]) -> int:
    """The order of birth beside the word for twins, whatever else is written: "Twin 1 Sarah", "Sarah, second twin"."""
    words = [word for word in words if word in _TWINS or word not in _SEXES | _YOUNG]
    for place, word in enumerate(words):
        if word in _TWINS:
            before, after = words[place - 1] if place else "", words[place + 1] if place + 1 < len(words) else ""
            if found := _ORDERS.get(after) or _COUNTED.get(before):
                return found
    return 0
