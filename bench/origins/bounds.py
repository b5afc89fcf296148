"""How far chance may have moved a share, and a difference of two shares."""

from math import sqrt

Z = 1.959963984540054  # of a two-sided interval of 95 %


def wilson(part: int, whole: int, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval of a share, 95 % or that of another `z`; (0, 1) where nothing was counted."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    spread = z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    return max(0.0, (middle - spread) / (1 + square / whole)), min(1.0, (middle + spread) / (1 + square / whole))


def behind(one: tuple[int, int], other: tuple[int, int]) -> tuple[float, float]:
    """How far the share of `one` (part, whole) lies behind that of `other`, and the upper end of its 95 % interval.

    Newcombe's hybrid score interval (method 10 of Newcombe, Statistics in Medicine 17, 1998, 873-890):
    d + sqrt((u2 - p2)^2 + (p1 - l1)^2), with d = p2 - p1, l1 the lower Wilson end of `one`, u2 the upper of `other`.
    """
    mine, theirs = one[0] / one[1], other[0] / other[1]
    difference = theirs - mine
    spread = sqrt((wilson(*other)[1] - theirs) ** 2 + (mine - wilson(*one)[0]) ** 2)
    return difference, difference + spread
