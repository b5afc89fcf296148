"""Names of everybody, folded to one alphabet: what two spellings of one name have in common.

`fold_name` decides what counts as the same spelling; `skeleton` proposes candidates and is never evidence.
"""

import re
import unicodedata

from anyascii import anyascii

_APOSTROPHES = re.compile("['`\u2018\u2019\u02bc\u02bb\u02b9\u00b4]")
_NOT_A_LETTER = re.compile("[^a-z]+")
_TITLES = frozenset({"master", "miss", "mr", "mrs", "ms", "mstr"})
_PARTICLES = frozenset(
    "a abu al ap ben bin bint d da das de del della den der des di do dos du el fitz ibn la le lo mac mc o os san "
    "st ter ul ur van vander vd von y zu".split()
)
_ARTICLES = ("al", "el", "ul", "mac", "mc", "o")
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


def fold_name(text: str) -> str:
    """Lower-case letters a-z in tokens divided by one blank; empty when nothing is left.

    Other scripts are transliterated, apostrophes and titles dropped, hyphens divide, and particles are joined to the
    token that follows: "O'Brien", "O Brien" and "obrien" are one, "Al-Hassan" is "alhassan".
    """
    plain = _APOSTROPHES.sub("", anyascii(unicodedata.normalize("NFC", text))).lower()
    tokens = [token for token in _NOT_A_LETTER.split(plain) if token]
    if len(tokens) > 1:
        tokens = [token for token in tokens if token not in _TITLES] or tokens
    return " ".join(_joined(tokens))


def _joined(tokens: list[str]) -> list[str]:
    """Particles joined to what follows; a particle at the end stands alone."""
    result: list[str] = []
    prefix = ""
    for token in tokens:
        word = _DROPPED.get(token, token)
        if word in _PARTICLES and token is not tokens[-1]:
            prefix += word
        else:
            result.append(prefix + word)
            prefix = ""
    return [*result, prefix] if prefix else result


def bare(token: str) -> str:
    """The token without a leading article: "alhassan" and "elhassan" give "hassan"; unchanged where little is left."""
    if not token.startswith(_ARTICLES):
        return token
    for article in _ARTICLES:
        if token.startswith(article) and len(token) - len(article) >= 5:
            return token[len(article) :]
    return token


def skeleton(name: str) -> str:
    """The consonants of a folded name by sound, its first letter kept: "mohammed" and "muhamad" give "mmt".

    Doubled sounds count once, voiced stops fall together at the end. Never empty for a name.
    """
    word = name.replace(" ", "")
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
