"""What holds a key refuses to be printed, pickled or copied.

Python cannot wipe memory: a key lives until its process ends. What can be prevented is that it travels
by accident: into a log line, a traceback, a pickle for another process, a copied object.
"""

from typing import Never, TypeVar

T = TypeVar("T")


def guarded(kind: type[T]) -> type[T]:
    """Class decorator: repr shows the type alone; pickle, copy and deepcopy raise TypeError."""
    name = kind.__name__

    def redacted(self: object) -> str:
        return f"{name}(...)"

    def refuse(self: object, *_: object) -> Never:
        raise TypeError(f"{name} holds keys and is neither pickled nor copied")

    for method in ("__repr__", "__str__"):
        setattr(kind, method, redacted)
    kind.__reduce_ex__ = refuse  # type: ignore[method-assign]  # what pickle, copy and deepcopy all call
    return kind


@guarded
class Secret:
    """Key bytes behind a method: `reveal` is the one way to them, easy to search for in review."""

    __slots__ = ("__value",)

    def __init__(self, value: bytes) -> None:
        self.__value = value

    def reveal(self) -> bytes:
        """The bytes themselves; hand them straight to a cipher and keep them in no attribute."""
        return self.__value
