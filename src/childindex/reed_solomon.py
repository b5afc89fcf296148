"""The code whose words child numbers are: Reed-Solomon over GF(32) with two check symbols, shortened at will.

A word is a sequence of symbols 0-31, at most 31 of them, read as a polynomial (first symbol highest) that is zero at
a and a^2, where a is the root of x^5 + x^2 + 1 that generates the field. Two roots in a row keep words three places
apart (Reed and Solomon, "Polynomial codes over certain finite fields", 1960; the bound is BCH's): every error in one
or two symbols is caught, one in a single symbol can be undone.
"""

from collections.abc import Sequence

_FIELD = 0b100101  # x^5 + x^2 + 1
_ORDER = 31  # non-zero elements


def _powers() -> list[int]:
    powers = [1]
    while len(powers) < _ORDER:
        doubled = powers[-1] << 1
        powers.append(doubled ^ _FIELD if doubled & 32 else doubled)
    return powers


_POWER = _powers()
_LOG = {value: exponent for exponent, value in enumerate(_POWER)}


def _product(left: int, right: int) -> int:
    return _POWER[(_LOG[left] + _LOG[right]) % _ORDER] if left and right else 0


_TIMES_A = [_product(value, _POWER[1]) for value in range(32)]
_TIMES_A2 = [_product(value, _POWER[2]) for value in range(32)]
_BY_A_PLUS_A2 = _POWER[-_LOG[_POWER[1] ^ _POWER[2]] % _ORDER]  # 1 / (a + a^2)


def _syndromes(symbols: Sequence[int]) -> tuple[int, int]:
    """The polynomial at a and at a^2, by Horner's rule."""
    at_a = at_a2 = 0
    for symbol in symbols:
        at_a = _TIMES_A[at_a] ^ symbol
        at_a2 = _TIMES_A2[at_a2] ^ symbol
    return at_a, at_a2


def is_word(symbols: Sequence[int]) -> bool:
    """Whether the symbols are a word of the code."""
    return _syndromes(symbols) == (0, 0)


def with_checks(data: Sequence[int]) -> list[int]:
    """The word that starts with `data`: its last two symbols x, y solve x*a + y = data(a), x*a^2 + y = data(a^2)."""
    at_a, at_a2 = _syndromes([*data, 0, 0])
    check = _product(at_a ^ at_a2, _BY_A_PLUS_A2)
    return [*data, check, at_a ^ _TIMES_A[check]]


def nearest(symbols: Sequence[int]) -> tuple[int, list[int]] | None:
    """The one place whose change makes this a word, and that word; None for a word, and where no single place does.

    An error e at degree d leaves the syndromes e*a^d and e*a^2d: their quotient is a^d.
    """
    at_a, at_a2 = _syndromes(symbols)
    if not (at_a and at_a2):
        return None
    degree = (_LOG[at_a2] - _LOG[at_a]) % _ORDER
    place = len(symbols) - 1 - degree
    if place < 0:
        return None
    word = list(symbols)
    word[place] ^= _POWER[(_LOG[at_a] - degree) % _ORDER]
    return place, word
