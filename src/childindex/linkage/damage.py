"""Damaged letters in names: what can be restored is, what cannot is a letter that is not known.

Letters written as entities of HTML ("Zo&euml;"), digits typed or scanned for letters ("Th0ma5"), and letters that a
system could not write ("Jos?", "Fran\ufffdois"). Text that was misread as a whole ("JosÃ©") is `childindex.text`'s.
"""

import html
import re

UNKNOWN = "?"  # stands for a letter that is not known in a folded name
SUBSTITUTE = "\x1a"  # the same until a name is folded: the control character of this meaning

_ENTITY = re.compile(r"&(?:#\d{2,6}|#x[0-9a-fA-F]{2,6}|[A-Za-z]{4,8});")
_LETTERS = {"0": "o", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_WORD = re.compile(r"[^\W_]+")
_ORDINAL = re.compile("[0-9]+(?:st|nd|rd|th)?", re.IGNORECASE)
_LEAST = 2  # letters of a word in which a digit may stand for another
_MARKS = re.compile(r"(?<=[^\W\d_])[?\ufffd\u00bf]+|[?\ufffd\u00bf]+(?=[^\W\d_])|\ufffd")


def mended(text: str) -> str:
    """A clean name with its damage restored as far as it is certain; each letter that is not known is `SUBSTITUTE`.

    A mark that stands by no letter, and a number that stands by itself or ends a word, are left as they are.
    """
    if text.isascii() and text.isalpha():
        return text
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    if any(character.isdigit() for character in text):
        text = _WORD.sub(lambda word: _lettered(word[0]), text)
    return _MARKS.sub(lambda marks: SUBSTITUTE * len(marks[0]), text)


def _lettered(word: str) -> str:
    """A word with letters for the digits that stand for them; another digit among letters stands for one not known.

    Digits at the end are a number ("Amy2") unless one alone stands for a letter.
    """
    letters = sum(character.isalpha() for character in word)
    if letters == len(word) or letters < _LEAST or 2 * letters <= len(word) or _ORDINAL.fullmatch(word):
        return word
    stem = word.rstrip("0123456789")
    number = word[len(stem) :]
    if number in _LETTERS:
        stem, number = word, ""
    return "".join(_LETTERS.get(each, SUBSTITUTE) if each in "0123456789" else each for each in stem) + number
