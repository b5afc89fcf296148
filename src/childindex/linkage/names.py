"""Names of everybody, folded to one alphabet: what two spellings of one name have in common.

`fold_name` decides what counts as the same spelling; `bag` says what a name keeps in whatever order it is written;
`skeleton` proposes candidates and is never evidence.
"""

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from childindex.linkage.damage import SUBSTITUTE, UNKNOWN, mended
from childindex.text import clean

_APOSTROPHES = re.compile("['`\u2018\u2019\u02bc\u02bb\u02b9\u00b4]")
_NOT_A_LETTER = re.compile("[^a-z?]+")
_LATIN = str.maketrans(
    {"\u0131": "i", "\u00f0": "d", "\u00fe": "th", "\u0259": "a", "\u018f": "A", "\u0219": "s", "\u021b": "t"}
)  # where anyascii keeps too little or writes what nobody does
_TITLES = frozenset({"master", "miss", "mr", "mrs", "ms", "mstr"})
_PARTICLES = frozenset(
    "a abu al ap ben bin bint d da das de del della den der des di do dos du el fitz ibn la le lo mac mc o os san "
    "st ter ul ur van vander vd von y zu".split()
)
_ARTICLE = re.compile(  # joined to a name of which so many letters are left; "das", "dos" before a consonant only
    "abdul(?=.{3})|(?:al|el|d[ao]s(?=[^aeiou]))(?=.{4})"
    "|(?:della|vander|dela|abu|ben|bin|dal|del|van|von|mac|da|de|di|do|du|la|le|mc|ul|ap|o)(?=.{5})"
)
_DROPPED = {"saint": "st"}

# Spelling to sound, longest first; applied to a whole folded name, left to right.
_SOUNDS: tuple[tuple[str, str], ...] = (
    ("sch", "s"), ("tch", "c"), ("cz", "c"), ("sz", "s"), ("rz", "z"), ("kh", "k"), ("gh", "g"), ("ph", "f"),
    ("th", "t"), ("dh", "d"), ("bh", "b"), ("sh", "s"), ("zh", "s"), ("ch", "c"), ("ck", "k"), ("qu", "k"),
    ("dg", "j"), ("wr", "r"), ("kn", "n"), ("x", "ks"), ("q", "k"), ("z", "s"), ("v", "f"), ("w", "u"), ("y", "i"),
    ("ce", "s"), ("ci", "s"), ("c", "k"),
)  # fmt: skip
_SOUND = re.compile("|".join(spelling for spelling, _ in _SOUNDS))
_SOUND_OF = dict(_SOUNDS)
_VOWELS = frozenset("aeiouh")

NAMES = 1 << 14  # names whose form is remembered: names follow Zipf's law


def fold_name(text: str) -> str:
    """Lower-case letters a-z in tokens divided by one blank; empty when nothing is left. A letter that is not known is
    a question mark (`damage`).

    Other scripts are transliterated, apostrophes and titles dropped, hyphens divide, and particles are joined to the
    token that follows: "O'Brien", "O Brien" and "obrien" are one, "Al-Hassan" is "alhassan".
    """
    if text.isascii() and text.isalpha():  # one plain word, as most names are
        return text.lower()
    tokens = _tokens(text)
    if len(tokens) > 1:
        tokens = [token for token in tokens if token not in _TITLES] or tokens
    joined = _joined(tokens)
    while len(joined) < len(tokens):  # what was joined may be a particle itself: "a l"
        tokens, joined = joined, _joined(joined)
    return " ".join(joined)


def _tokens(text: str) -> list[str]:
    """Words of letters a-z, none joined nor dropped; none of unknown letters alone."""
    text = mended(clean(text))
    plain = text if text.isascii() else anyascii(unicodedata.normalize("NFC", text).translate(_LATIN))
    plain = _APOSTROPHES.sub("", plain.replace(UNKNOWN, " ").replace(SUBSTITUTE, UNKNOWN))
    return [word for word in _NOT_A_LETTER.sub(" ", plain.lower()).split() if word.strip(UNKNOWN)]


def _joined(tokens: list[str]) -> list[str]:
    """Particles joined to what follows, also those that joining makes; a particle at the end stands alone."""
    joined = _joined_once(tokens)
    return joined if joined == tokens else _joined(joined)


def _joined_once(tokens: list[str]) -> list[str]:
    result: list[str] = []
    prefix = ""
    for place, token in enumerate(tokens, 1):
        word = _DROPPED.get(token, token)
        if word in _PARTICLES and place < len(tokens):
            prefix += word
        else:
            result.append(prefix + word)
            prefix = ""
    return [*result, prefix] if prefix else result


def bare(token: str) -> str:
    """The token without a leading article: "alhassan" and "elhassan" give "hassan"; unchanged where little is left."""
    found = _ARTICLE.match(token)
    return token[found.end() :] if found else token


def bag(text: str) -> str:
    """The words of a whole name in the order of the alphabet, each once, without particles; empty for a single word,
    and where one is an initial or has an unknown letter.

    Equal for the same words in any order and any division into fields: "Yusuf Omar Al-Amin", "amin, omar yusuf".
    """
    found = {bare(token) for token in _tokens(text) if token not in _PARTICLES}
    whole = len(found) > 1 and all(len(word) > 1 and UNKNOWN not in word for word in found)
    return " ".join(sorted(found)) if whole else ""


@lru_cache(maxsize=NAMES)
def skeleton(name: str) -> str:
    """The consonants of a folded name by sound, its first letter kept: "mohammed" and "muhamad" give "mmt".

    Doubled sounds count once, voiced stops fall together at the end. Never empty for a name.
    """
    word = name.replace(" ", "").replace(UNKNOWN, "")
    if not word:
        return ""
    sounds = _SOUND.sub(lambda match: _SOUND_OF[match.group()], word)
    first = "a" if sounds[0] in _VOWELS else sounds[0]
    kept = [first]
    previous = sounds[0]
    for sound in sounds[1:]:
        if sound != previous and sound not in _VOWELS:
            kept.append(sound)
        previous = sound
    if len(kept) > 1 and kept[-1] == "d":
        kept[-1] = "t"
    return "".join(kept)
