"""Small things as people read them: numbers and dates."""

from childindex.demographics import PartialDate
from childindex.number import ChildNumber, NumberType


def date_text(date: PartialDate | None) -> str:
    """YYYY-MM-DD as far as it is known, empty when it is not."""
    if date is None or not date:
        return ""
    parts = [f"{date.year:04}", f"{date.month:02}" if date.month else "", f"{date.day:02}" if date.day else ""]
    return "-".join(part for part in parts if part)


def number_text(number: ChildNumber) -> str:
    """The number, and a word when it may yet change."""
    return f"{number} (provisional)" if number.type is NumberType.PROVISIONAL else str(number)
