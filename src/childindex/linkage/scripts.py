"""Names in scripts that write few vowels or none, against the skeletons of their Latin spellings.

A transliteration letter by letter keeps the consonants of an Arabic or Hebrew name and no vowels, and has one Latin
letter where a family writes another: of "qasim" and "ghasem" the script has only the one. So such a name is given every
skeleton (`names.skeleton`) that a Latin spelling of it may have, the likeliest first. Arabic script as Arabic, Persian,
Dari, Sorani and Urdu write it, Hebrew, and the Indic scripts of the north (Devanagari, Bengali, Gurmukhi, Gujarati),
whose consonants lie in the same order.

Sources of the letters' sounds: the romanisation tables of the Library of Congress and of the United Nations' group of
experts on geographical names, and how families write in Britain.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice, product

from childindex.linkage.names import NAMES

MOST = 8  # skeletons of one word
_VOWEL = ""
Sounds = tuple[str, ...]  # what a letter may sound like, the likeliest first; `_VOWEL` for a vowel, h, w or y


def _table(*rows: str) -> Mapping[str, Sounds]:
    """Letters and their sounds, from rows of "letters: sounds"; "-" is a vowel."""
    parted = (row.split(": ") for row in rows)
    return {
        letter: tuple(_VOWEL if sound == "-" else sound for sound in sounds.split())
        for letters, sounds in parted
        for letter in letters.split()
    }


_ARABIC = _table(
    "ا أ إ آ ٱ ى ئ ء ع ه ح ھ ہ ۂ ە ۀ ۃ ے ۓ ې ێ ۆ ۇ ۈ ی ي ۍ ؤ: -",
    "ة: - t", "و: - f", "ڤ ۋ: f", "ب: b", "پ: p", "ت ط ٹ ټ: t", "ث: t s", "ج: j g", "چ څ: c", "خ: k", "د ڈ ډ: d",
    "ذ ض: d z", "ظ: z d", "ر ڑ ڕ ړ: r", "ز ځ ږ: z", "ژ: z j", "س ص ش ښ: s", "غ گ ګ: g", "ف: f", "ق: k g", "ك ک: k",
    "ل ڵ: l", "م: m", "ن ں ڼ: n",
)  # fmt: skip
_HEBREW = _table(
    "א ה ע י: -", "ו: - f", "ב: b f", "ג: g", "ד: d", "ז: z", "ס ש: s", "ח: - c k", "ט ת: t", "כ ך: k c", "ל: l",
    "מ ם: m", "נ ן: n", "פ: p f", "ף: f", "צ ץ: ts s", "ק: k", "ר: r",
)  # fmt: skip
_WITH_GERESH = _table("ג ז: j", "צ ץ: c", "ח: k", "ת: t")
_BET = "ב"
_GERESH = frozenset("'׳’")
_ARTICLE = "ال"
_SERVANT = "عبد"

# Of an Indic block: sounds by the place of the letter.
_INDIC_BLOCKS = {0x0900, 0x0980, 0x0A00, 0x0A80}
_BENGALI = 0x0980
_INDIC: Mapping[int, Sounds] = {
    **dict.fromkeys((0x15, 0x16, 0x58, 0x59), ("k",)),
    **dict.fromkeys((0x17, 0x18, 0x5A), ("g",)),
    0x19: ("ng", "n"),
    **dict.fromkeys((0x1E, 0x23, 0x28, 0x29, 0x70), ("n",)),
    **dict.fromkeys((0x1A, 0x1B), ("c",)),
    0x1C: ("j", "z"), 0x1D: ("j",),
    **dict.fromkeys((0x1F, 0x20, 0x24, 0x25, 0x4E), ("t",)),
    **dict.fromkeys((0x21, 0x22, 0x26, 0x27), ("d",)),
    0x2A: ("p",), 0x2B: ("f",), 0x2C: ("b",), 0x2D: ("b",), 0x2E: ("m",), 0x2F: (_VOWEL,),
    **dict.fromkeys((0x30, 0x31, 0x0B, 0x43), ("r",)),
    **dict.fromkeys((0x32, 0x33, 0x34), ("l",)),
    0x35: ("f", _VOWEL, "b"), 0x36: ("s",), 0x37: ("s",), 0x38: ("s",), 0x39: (_VOWEL,),
    0x5B: ("z",), 0x5C: ("r", "d"), 0x5D: ("r", "d"), 0x5E: ("f",),
    0x01: ("n", _VOWEL), 0x02: ("n", "m", "ng"),
}  # fmt: skip
_OF_BENGALI: Mapping[int, Sounds] = {0x2F: ("j", _VOWEL), 0x2C: ("b", "f"), 0x2D: ("b", "f"), 0x5F: (_VOWEL,)}
_NUKTA, _VIRAMA, _INDEPENDENT = 0x3C, 0x4D, range(0x04, 0x15)
_WITH_NUKTA: Mapping[int, Sounds] = {0x1C: ("z",), 0x21: ("r", "d"), 0x22: ("r", "d"), 0x2B: ("f",)}
_SIGNS = (*range(0x3A, 0x4D), 0x55, 0x56, 0x57, 0x62, 0x63)

_KA, _SSA = 0x15, 0x37  # joined: "ksh" in Lakshmi, "chh" in Chhetri
_RZ = re.compile("rz|z")  # "z" is "s" in a skeleton, but "rz" without a vowel between is one sound

_SCRIPT = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0900-\u09ff\u0a00-\u0aff]")
_DIVIDED = re.compile(r"[\s\-\u2010-\u2015\u05be,.]+")
_UNSEEN = re.compile("[\u0640\u200c\u200d\u064b-\u065f\u0670]|[\u0591-\u05bd\u05bf-\u05c7]")  # strokes, points


def script_words(text: str) -> tuple[str, ...]:
    """The words of a name that are written in one of these scripts, without points and strokes."""
    if text.isascii() or not _SCRIPT.search(text):
        return ()
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return tuple(word for word in _DIVIDED.split(plain) if _SCRIPT.search(word))


@lru_cache(maxsize=NAMES)
def skeletons(word: str) -> tuple[str, ...]:
    """The skeletons that Latin spellings of a word may have, the likeliest first, at most `MOST`.

    The word is written in one of these scripts, as `script_words` tells it, or several of them joined.
    """
    spelled = [list(_letters(word))]
    if word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 2:
        spelled.append(list(_letters(word[len(_ARTICLE) :])))
    found = dict.fromkeys(form for letters in spelled for form in _forms(letters))
    return tuple(islice(found, MOST))


def _forms(letters: list[Sounds]) -> Iterator[str]:
    """Every skeleton of these sounds, those of the likeliest sounds first."""
    if not letters:
        return
    ranked = sorted(
        islice(product(*(tuple(enumerate(sounds)) for sounds in letters)), 1 << 10),
        key=lambda chosen: sum(rank for rank, _ in chosen),
    )
    for chosen in ranked:
        sounds = [sound for _, sound in chosen]
        whole = (sounds[0] or "a") + "".join(sounds[1:])
        for kept in (whole.replace("z", "s"), _RZ.sub(_one_sound, whole)):
            yield f"{kept[:-1]}t" if len(kept) > 1 and kept.endswith("d") else kept


def _one_sound(found: re.Match[str]) -> str:
    return "z" if found[0] == "rz" else "s"


def _letters(word: str) -> Iterator[Sounds]:
    """The sounds of each letter in turn; a doubled letter may be one sound or two."""
    indic = any(ord(letter) >= 0x0900 for letter in word)
    yield from _indic(word) if indic else _abjad(word)


def _abjad(word: str) -> Iterator[Sounds]:
    place, previous = 0, ""
    while place < len(word):
        letter = word[place]
        marked = word[place + 1 : place + 2] in _GERESH and letter in _WITH_GERESH
        sounds = _WITH_GERESH[letter] if marked else _ARABIC.get(letter) or _HEBREW.get(letter)
        if sounds:
            silent = word.startswith(_SERVANT + _ARTICLE) and place == len(_SERVANT) + 1  # Abdul Rahman, Abdur Rahman
            if letter == _BET and place:
                sounds = sounds[::-1]  # as v, but at the beginning
            doubled = letter == previous and sounds != (_VOWEL,)
            yield (*sounds, _VOWEL) if silent else (_VOWEL, *sounds) if doubled else sounds
            previous = letter
        place += 1 + marked


def _indic(word: str) -> Iterator[Sounds]:
    """Vowels are written: a consonant is doubled where the same follows without one."""
    places = [(ord(letter) & 0x7F, ord(letter) & ~0x7F) for letter in word]
    previous: Sounds = ()
    for at, (place, block) in enumerate(places):
        following, third = (places[at + ahead][0] if at + ahead < len(places) else -1 for ahead in (1, 2))
        if block not in _INDIC_BLOCKS or place in (_NUKTA, _VIRAMA) or (place in _SIGNS and place != 0x43):
            previous = previous if place in (_NUKTA, _VIRAMA) else ()
            continue
        sounds = _INDIC.get(place, (_VOWEL,) if place in _INDEPENDENT else ())
        if block == _BENGALI:
            sounds = _OF_BENGALI.get(place, sounds)
        if following == _NUKTA:
            sounds = _WITH_NUKTA.get(place, sounds)
        if (place, following, third) == (_KA, _VIRAMA, _SSA):
            sounds = ("ks", "c")
        elif at > 1 and (places[at - 2][0], places[at - 1][0], place) == (_KA, _VIRAMA, _SSA):
            continue
        if sounds and sounds != previous:
            yield sounds
        previous = sounds if _VIRAMA in (following, third if following == _NUKTA else -1) else ()
