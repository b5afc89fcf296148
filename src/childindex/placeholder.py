"""Placeholder names: what is written where a name is not known yet, or is withheld ("Baby", "Not known", "Twin one").

Used when details are parsed (somebody must be named) and when they are compared (a placeholder is no evidence).
Some words here are real names too ("Baby" in Kerala, "Child" in England): a placeholder beside one real name is
accepted, and only weighs nothing. Short words that are common names elsewhere (Na, No, Nil, An) stay out of the list.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

_WORDS = frozenset(
    """
    baby babe newborn neonate infant foetus fetus unborn bump boy girl male female child twin twins triplet triplets
    quad quadruplet quintuplet stillborn
    unknown unk unkown unknow notknown notgiven unnamed nameless noname anonymous withheld undisclosed redacted
    unavailable unspecified refused declined missing empty null none tba tbc tbd nk
    test testing tester dummy example placeholder temp temporary deleted duplicate default asdf qwerty abc
    x xx z zz ditto nfn nln fnu lnu
    """.split()
)
_BESIDE = frozenset(  # mean nothing alone, nor make a placeholder a name
    """
    one two three four five first second third fourth i ii iii iv a b c d e the of
    not yet known given stated named no name names forename surname firstname lastname family last new born
    mr master miss mother mothers mum father person patient pupil student record entry
    """.split()
)
_PHRASES = re.compile(
    r"(not (yet )?(known|given|stated|named|recorded|provided|disclosed|available|applicable|registered|specified)"
    r"|no (name|names|forename|surname|first name|last name|family name|data|value)( given| known| yet)*"
    r"|to be (advised|confirmed|named|determined|decided)|awaiting (name|names|naming|registration)"
    r"|name (not|to be) .*|new born|do ?n[o ]t know|n a|n k|t b [acd])"
)
_OF = re.compile(
    r"((new ?born|infant|unborn|male|female) )?(baby|babe|boy|girl|child|infant|son|daughter|twin|triplet)"
    r"( (boy|girl|one|two|three|[0-9]|[abi]|ii))* of\b"
)
_SLASH_OF = re.compile(r"[bsd]\s*/\s*o\b")  # b/o, s/o, d/o: baby, son, daughter of; within a name they are patronymics
_TWINS = frozenset("twin twins triplet triplets quad quadruplet quintuplet".split())
_ORDERS = {  # of birth, among those born together
    **dict.fromkeys("one 1 first 1st a i".split(), 1),
    **dict.fromkeys("two 2 second 2nd b ii".split(), 2),
    **dict.fromkeys("three 3 third 3rd c iii".split(), 3),
    **dict.fromkeys("four 4 fourth 4th d iv".split(), 4),
}
_GIRLS, _BOYS = frozenset("girl female daughter".split()), frozenset("boy male son".split())
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
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    slash = _SLASH_OF.match(folded)
    head, _, of = (slash[0][0], "", folded[slash.end() :]) if slash else folded.partition(" of ")
    words = re.findall(r"[a-z]+|[0-9]+(?:st|nd|rd|th)?", head)
    twin = not _TWINS.isdisjoint(words)
    order = next((_ORDERS[word] for word in words if word in _ORDERS), 0) if twin else 0
    girl = not _GIRLS.isdisjoint(words) or (slash is not None and words == ["d"])
    boy = not _BOYS.isdisjoint(words) or (slash is not None and words == ["s"])
    return Told(twin, order, "female" if girl and not boy else "male" if boy and not girl else "", of.strip())


def is_placeholder(name: str) -> bool:
    """Whether this is no name at all: "baby boy", "boy of Sarah", "not known", "Twin 1", "xxx", "test2", "???".

    Case, accents' encoding, width and punctuation do not matter. The empty text is not a placeholder: it is not given.
    """
    if name.isascii() and name.isalpha():  # one plain word, as most names are: phrases have several
        word = name.lower()
        return word in _WORDS or bool(_REPEATED.fullmatch(word))
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    if not folded:
        return False
    if not any(character.isalpha() for character in folded) or _SLASH_OF.match(folded):
        return True
    words = "".join(character if character.isalnum() else " " for character in folded).split()
    phrase = " ".join(words)
    return bool(_PHRASES.fullmatch(phrase) or _OF.match(phrase)) or _only_placeholders(words)


def _only_placeholders(words: list[str]) -> bool:
    """Whether at least one word stands for a name and none could be one; numbers do not count ("test2", "twin 1")."""
    bare = [word.strip("0123456789") for word in words]
    standing = [word in _WORDS or bool(_REPEATED.fullmatch(word)) for word in bare]
    return any(standing) and all(
        stands or not word or word in _BESIDE for stands, word in zip(standing, bare, strict=True)
    )
