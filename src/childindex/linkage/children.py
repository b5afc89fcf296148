"""Demographics as the source columns of the children's model: the one place where linkage meets the nouns."""

from collections.abc import Mapping
from datetime import date

from childindex.demographics import Demographics, PartialDate, Sex
from childindex.linkage.names import fold_name
from childindex.placeholder import is_placeholder, told
from childindex.reading import Reading, read

_DOUBLE = 2  # words of a double-barrelled name
_YEAR = 365.2425  # days
_SEXES = {Sex.UNSPECIFIED: "", Sex.FEMALE: "female", Sex.MALE: "male", Sex.INDETERMINATE: "indeterminate"}


def source(given: Demographics, *, test_range: bool = False) -> Mapping[str, tuple[str, ...]]:
    """Column -> values of the details as `childindex.reading` reads them. `test_range`: the children are invented, and
    numbers of the range for tests are theirs."""
    return columns(read(given, test_range=test_range))


def columns(reading: Reading) -> Mapping[str, tuple[str, ...]]:
    """Column -> values, identifiers by their scheme. What is not given, or says nothing, is left out."""
    demographics = reading.details
    given_names, family_names = _in_place(demographics)
    stands = told(demographics.forename)  # a placeholder may tell what the other fields leave out
    values_of = {
        "given_name": given_names,
        "middle_names": (demographics.middle_names,),
        "family_name": family_names,
        "known_as": (demographics.known_as,),
        "former_family_names": demographics.former_family_names,
        "carer_family_name": (demographics.carer_family_name or _last_of_several(stands.of),),
        "birth_date": (_iso(demographics.birth_date),),
        "expected_birth_date": (_iso(demographics.expected_birth_date),),
        "sex": (_SEXES[demographics.sex] or stands.sex,),
        "postcode": (demographics.postcode,),
        "uprn": (demographics.uprn,),
    }
    for number in reading.numbers:
        values_of[number.scheme] = (*values_of.get(number.scheme, ()), number.value)
    return {column: present for column, values in values_of.items() if (present := tuple(v for v in values if v))}


def age(demographics: Demographics, today: date) -> float | None:
    """Years from birth, told or expected, to a day: by the middle of what a partial date may mean. None where no year
    is told, or no such day is."""
    born = demographics.born or demographics.expected
    if not born.year or born.fault:
        return None
    first, last = born.bounds
    return ((today - first).days + (today - last).days) / 2 / _YEAR


def _apart(given: str, family: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given and family names, where one field holds all there is: its last word or its first may be the other name.

    A child without a family name has none, a mark, or its own name again in that field.
    """
    if not family or family == given or is_placeholder(family):
        words = given.replace("-", " ").split()
        return (given,), (words[-1], words[0]) if len(words) > 1 else ()
    if not given:
        words = family.split()
        return (words[-1], words[0]) if len(words) > 1 else (), (family,)
    return (given,), (family,)


def _in_place(demographics: Demographics) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Given and family names, each in its own place as far as the record itself tells.

    Where the carer's family name, or two with a hyphen of which it is one, stands for the given name and is no part of
    the family name, the two have changed places, as befalls names that are spoken with the family first. Where one
    field holds all names, the carer's tells which of them is the family's.
    """
    given, family = demographics.forename, demographics.family_name
    if given != demographics.given_name and (not family or is_placeholder(family)):
        family = demographics.given_name.split()[-1]  # "Infant Hill" tells the family's name too
    carers = set(fold_name(demographics.carer_family_name).split())
    if not carers or is_placeholder(given):
        return _apart(given, family)
    first, last = fold_name(given).split(), fold_name(family).split()
    if not carers.issubset(first) or carers.intersection(last):
        return _apart(given, family)
    if family and not is_placeholder(family):
        turned = carers.issuperset(first) or ("-" in given and len(first) == _DOUBLE)
        return ((family,), (given,)) if turned else _apart(given, family)
    rest = [word for word in first if word not in carers]
    return ((" ".join(rest),), (" ".join(word for word in first if word in carers),)) if rest else _apart(given, family)


def _last_of_several(name: str) -> str:
    """The family name of a whole name; a single word may be the given name."""
    words = name.split()
    return words[-1] if len(words) > 1 else ""


def _iso(day: PartialDate) -> str:
    return day.iso if day else ""
