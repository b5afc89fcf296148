"""Child numbers: their form, their check symbols, and drawing a fresh one.

A number is eleven symbols of Crockford's base 32, shown 4-3-4: a type letter, eight random symbols that mean
nothing, and two check symbols. The eleven are one word of a Reed-Solomon code, so any two numbers differ in three
places: every error in one or two symbols is caught, every swap of two symbols too, and the type letter is as well
guarded as the rest: C read as P, with or without one more error, is no number.

The form is disjoint from the others a child has: NHS numbers and ULNs are ten digits, UPNs are thirteen characters,
and a child number is eleven of which the first is a letter.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, unique

from childindex import reed_solomon
from childindex.errors import Error, InvalidFields, Reason, Violation

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
SEPARATORS = dict.fromkeys(map(ord, " \t\u00a0\u2009\u202f-\u2010\u2011\u2012\u2013\u2014\u2212"))  # for str.translate

_LENGTH = 11
_RANDOM_BITS = 40
_MAX_TEXT = 64
_MAX_DRAWS = 1000
_SPELLING = {ord(a): b for a, b in zip("abcdefghijklmnopqrstuvwxyz", "ABCDEFGH1JK1MN0PQRSTUVWXYZ", strict=True)} | {
    ord("I"): "1",
    ord("L"): "1",
    ord("O"): "0",
}
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}


@unique
class NumberType(Enum):
    """What a number is for, by its first symbol. Test numbers are refused in production."""

    PERMANENT = "C"
    PROVISIONAL = "P"
    TEST = "T"


class InvalidNumber(InvalidFields):
    """A text that is no child number. The violation's path is that of `ChildReference`: `value`."""

    def __init__(self, description: str) -> None:
        super().__init__([Violation("value", description)])
        self.message = description
        self.args = (description,)


# ---- offence -------------------------------------------------------------------------------------------------

# What a symbol can be read as: both the written number and the words are brought to these letters. V stands for U.
_LOOKS = str.maketrans("0123456789LV", "OIZEASGTBGIU")
_OFFENSIVE = """
    ANAL ANUS ARSE ASS BALLS BASTRD BITCH BNP BOOB BUGGER BUM CLIT COCK COON CRAP CRIP CUM CUNT CNT DAGO DAMN DEAD DEVIL
    DICK DIE DUMB DYKE EDL FAG FART FAT FCK FUC FUK FUX GAY GIT GOOK GYP HATE HEIL HELL HOE HOMO HOR IDIOT IQ ISIS JAP
    JERK JEW JIZ KAFIR KIKE KILL KKK KNOB MONG MORON MUFF NAZI NEGR NIG NONCE PAEDO PAKI PEDO PEE PENIS PIG PIKEY PIMP
    PISS POO PORN PRICK PUBE PUSSY PVSSY QUEER RAPE RETARD SCUM SEX SHAG SHIT SHT SICK SLAG SLAVE SLUT SPAC SPAS SPAZ
    SPIC STUPID SUK TART THICK TIT TOSSER TRAMP TRANNY TURD TWAT UGLY VAG VICTIM WANK WEED WHORE WOG WTF YID 666 1488
""".translate(_LOOKS).split()


def offensive(value: str) -> bool:
    """Whether the eleven symbols, read with look-alikes (0 as O, 1 as I or L, V as U ...), hold an offensive word."""
    letters = value.translate(_LOOKS)
    return any(word in letters for word in _OFFENSIVE)


# ---- the number ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChildNumber:
    """A well-formed child number. `value` is its eleven symbols, capitals without hyphens; `str` shows it 4-3-4.

    Raises `InvalidNumber` when `value` is anything else: what exists is valid. Whether it was issued is another matter.
    """

    value: str

    def __post_init__(self) -> None:
        _check(self.value)

    def __str__(self) -> str:
        return f"{self.value[:4]}-{self.value[4:7]}-{self.value[7:]}"

    def __repr__(self) -> str:
        return f"ChildNumber({self.value[0]}...)"

    @property
    def type(self) -> NumberType:
        """Permanent, provisional or test."""
        return NumberType(self.value[0])

    @classmethod
    def parse(cls, text: str) -> "ChildNumber":
        """Read what people write: any case, spaces and hyphens anywhere, O for 0, I and L for 1. Corrects nothing else.

        Raises `InvalidNumber`, which says what is wrong without repeating the text.
        """
        return cls(_canonical(text))

    @classmethod
    def draw(cls, type: NumberType, randbits: Callable[[int], int] = secrets.randbits) -> "ChildNumber":  # noqa: A002
        """A random number that offends nobody; whether it is free is for the store to say."""
        for _ in range(_MAX_DRAWS):
            bits = randbits(_RANDOM_BITS)
            data = [_VALUES[type.value], *((bits >> shift) & 31 for shift in range(_RANDOM_BITS - 5, -1, -5))]
            value = _spell(reed_solomon.with_checks(data))
            if not offensive(value):
                return cls(value)
        raise Error(Reason.INTERNAL, "the source of randomness repeats itself")


def suggest(text: str) -> ChildNumber | None:
    """The permanent or provisional number that one wrong symbol would explain: to show to a person, never to use.

    None where the text is valid and where no single symbol explains it; a symbol outside the alphabet is the wrong
    one. A swap of neighbours never yields a suggestion: its quotient of syndromes is a^(d + 18), beyond the word. Other
    errors in two symbols or more may yield a wrong one (29 % of them), which is why only a person may accept it.
    """
    symbols = _canonical(text)
    strange = [place for place, symbol in enumerate(symbols) if symbol not in _VALUES]
    if len(symbols) != _LENGTH or len(strange) > 1:
        return None
    values = [_VALUES.get(symbol, 0) for symbol in symbols]
    if strange and reed_solomon.is_word(values):
        return _person(values)
    found = reed_solomon.nearest(values)
    if found is None or (strange and found[0] != strange[0]):
        return None
    return _person(found[1])


def _person(values: list[int]) -> ChildNumber | None:
    value = _spell(values)
    return ChildNumber(value) if value[0] in "CP" else None


def _spell(values: Sequence[int]) -> str:
    return "".join(ALPHABET[value] for value in values)


def _canonical(text: str) -> str:
    return "" if len(text) > _MAX_TEXT else text.translate(SEPARATORS).translate(_SPELLING)


def _check(value: str) -> None:
    if len(value) != _LENGTH:
        raise InvalidNumber("a child number has 11 symbols")
    if any(symbol not in _VALUES for symbol in value):
        raise InvalidNumber("a child number is written in the digits and the letters without I, L, O and U")
    if value[0] not in "CPT":
        raise InvalidNumber("a child number starts with C, P or T")
    if not reed_solomon.is_word([_VALUES[symbol] for symbol in value]):
        raise InvalidNumber("the check symbols do not fit: at least one symbol is wrong")
