"""National identifiers that were never issued: the check digits fit, the ranges are not in use.

NHS numbers are taken from 900 000 000x to 999 999 999x, which the NHS does not give to patients (999 is its own test
range); pupil and learner numbers are any that fit, from local authority codes that do not exist.
"""

import numpy as np

from bench.population.draws import Draws, Ints

_PUPIL_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_RANGE = 100_000_000
_NO_AUTHORITIES = (113, 127, 131, 139, 149, 151, 163, 173, 181, 191)  # real ones start at 201


_SCHOOL, _LEARNER = 4, 14  # ages in years at which pupil and learner numbers are allocated
_YEAR = 365.2425


def identifiers(birth: Ints, today: int, share: float, draws: Draws) -> tuple[list[str], list[str], list[str]]:
    """NHS number, UPN and ULN of every child, "" for those that have none yet; births and today are ordinals."""
    count = len(birth)
    age = (today - birth) / _YEAR
    born = ((age >= 0) & (draws.uniform(count) < share)).tolist()
    nhs = [value if given else "" for value, given in zip(nhs_numbers(count, draws), born, strict=True)]
    admitted = (birth / _YEAR + 1 + _SCHOOL).astype(np.int64) % 100
    pupils = zip(pupil_numbers(admitted, draws), (age >= _SCHOOL).tolist(), strict=True)
    learners = zip(learner_numbers(count, draws), (age >= _LEARNER).tolist(), strict=True)
    return nhs, [value if old else "" for value, old in pupils], [value if old else "" for value, old in learners]


def nhs_numbers(count: int, draws: Draws) -> list[str]:
    """Different numbers with a fitting modulus-11 check digit."""
    serial = _scattered(round(count * 1.12) + 50, draws) + 900_000_000
    check = 11 - _weighted(serial, np.arange(10, 1, -1)) % 11
    fits = check != 10
    return [f"{body}{digit % 11}" for body, digit in zip(serial[fits].tolist(), check[fits].tolist(), strict=True)][
        :count
    ]


def learner_numbers(count: int, draws: Draws) -> list[str]:
    """Different ULNs: weights 10 to 1 leave remainder 10 modulo 11, the first digit is not 0."""
    serial = _scattered(round(count * 1.12) + 50, draws) + 500_000_000
    check = 10 - _weighted(serial, np.arange(10, 1, -1)) % 11
    fits = (check >= 0) & (check < 10)
    return [f"{body}{digit}" for body, digit in zip(serial[fits].tolist(), check[fits].tolist(), strict=True)][:count]


def pupil_numbers(admitted: Ints, draws: Draws) -> list[str]:
    """Different UPNs; `admitted` is the year (two digits) in which each was allocated."""
    count = len(admitted)
    serial = _scattered(count, draws)
    authority = np.array(_NO_AUTHORITIES)[serial // 10**7]
    body = authority * 10**9 + (serial // 1000 % 10_000) * 100_000 + (admitted % 100) * 1000 + serial % 1000
    # Within an authority, school and serial spell seven digits of the scattered number: no two children share all.
    letter = _weighted(body, np.arange(2, 14), 12) % 23
    return [f"{_PUPIL_LETTERS[check]}{rest:012d}" for check, rest in zip(letter.tolist(), body.tolist(), strict=True)]


def _scattered(count: int, draws: Draws) -> Ints:
    """Different numbers below the range in no order: steps of a stride coprime with it, from a random start."""
    start = int(draws.below(_RANGE, 1)[0])
    return (start + np.arange(count, dtype=np.int64) * 61_803_397) % _RANGE


def _weighted(numbers: Ints, weights: Ints, digits: int = 9) -> Ints:
    powers = 10 ** np.arange(digits - 1, -1, -1, dtype=np.int64)
    total: Ints = ((numbers[:, None] // powers % 10) * weights).sum(axis=1).astype(np.int64)
    return total
