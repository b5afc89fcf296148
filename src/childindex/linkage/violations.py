"""What is wrong with a model file, as its writer would say it: a place, and what may stand there."""

from typing import Any

from pydantic import ValidationError

from childindex.errors import Violation

_ONE_OF = "must be one of "


def violations(error: ValidationError, file: str) -> list[Violation]:
    """One violation a place; what is wrong with the whole is told of the `file`.

    Where one of several closed sets would do, pydantic tells each of them by itself: they are told as one.
    """
    told: dict[str, list[str]] = {}
    for each in error.errors():
        place = ".".join(str(part) for part in each["loc"] if not str(part).startswith("literal["))
        told.setdefault(place or file, []).append(_description(dict(each)))
    return [Violation(place, _joined(found)) for place, found in told.items()]


def _description(each: dict[str, Any]) -> str:
    if each["type"] == "literal_error":
        return _ONE_OF + str(each["ctx"]["expected"]).replace("'", "").replace(" or ", ", ")
    return str(each["msg"]).removeprefix("Value error, ")


def _joined(found: list[str]) -> str:
    if all(each.startswith(_ONE_OF) for each in found):
        return _ONE_OF + ", ".join(each.removeprefix(_ONE_OF) for each in found)
    return "; ".join(dict.fromkeys(found))
