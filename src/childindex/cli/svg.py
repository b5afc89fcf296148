"""The few shapes that charts are drawn with, as SVG: text to be opened in any browser, no library."""

from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

INK: Final = "#22313f"
GRID: Final = "#d7dde3"
FOR: Final = "#2a7f62"
AGAINST: Final = "#b3423a"
SECOND: Final = "#4667a6"
COLOURS: Final = (FOR, SECOND, AGAINST, "#8a6d1f", "#6b4c9a", "#3b8ea5")


def drawing(size: tuple[float, float], title: str, shapes: Iterable[str]) -> str:
    """A whole picture of a width and a height, with a title that readers hear."""
    width, height = size
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
            f'viewBox="0 0 {width:g} {height:g}" role="img" aria-label={quoteattr(title)} '
            'font-family="system-ui, sans-serif" font-size="12">',
            f"<title>{escape(title)}</title>",
            f'<rect width="{width:g}" height="{height:g}" fill="white"/>',
            text((16, 24), title, size=16),
            *shapes,
            "</svg>\n",
        )
    )


def text(at: tuple[float, float], words: str, *, anchor: str = "start", size: int = 12, colour: str = INK) -> str:
    """Words whose baseline begins, has its middle or ends (`anchor`) at a point."""
    return (
        f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}">'
        f"{escape(words)}</text>"
    )


def bar(x: tuple[float, float], top: float, height: float, colour: str) -> str:
    """A horizontal bar between two places, in whichever order they come."""
    low, high = min(x), max(x)
    return f'<rect x="{low:.1f}" y="{top:.1f}" width="{high - low:.1f}" height="{height:.1f}" fill="{colour}"/>'


def line(start: tuple[float, float], end: tuple[float, float], *, colour: str = GRID, width: float = 1) -> str:
    """A straight line."""
    return (
        f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
        f'stroke="{colour}" stroke-width="{width:g}"/>'
    )


def curve(points: Sequence[tuple[float, float]], colour: str) -> str:
    """A line through points."""
    through = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{through}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def dot(at: tuple[float, float], radius: float, colour: str) -> str:
    """A filled circle."""
    return f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" fill="{colour}"/>'
