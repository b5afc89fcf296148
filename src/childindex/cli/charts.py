"""Charts of a model and of an evaluation: weights, m and u, term frequencies, calibration. No value of any record."""

from collections.abc import Iterable, Iterator, Sequence
from math import log2, log10
from pathlib import Path
from typing import TYPE_CHECKING, Final

from childindex.cli import svg

if TYPE_CHECKING:
    from childindex.linkage import Model
    from childindex.linkage.batch.bands import Band
    from childindex.linkage.comparison_shapes import LevelShape
    from childindex.linkage.compiled import Comparison

_LABELS: Final = 230.0  # pixels for the names of levels, where none is longer
_LETTER: Final = 7.0
_ROW: Final = 18.0
_TOP: Final = 64.0
_PANEL: Final = 420.0


def write_charts(directory: Path, model: "Model", bands: Sequence["Band"] = ()) -> None:
    """Draw all that there is to draw into a directory, made where it is missing."""
    directory.mkdir(parents=True, exist_ok=True)
    drawn = {"weights": weights(model), "m_and_u": m_and_u(model), "term_frequency": term_frequency(model)}
    if bands:
        drawn["calibration"] = calibration(bands)
    for name, picture in drawn.items():
        (directory / f"{name}.svg").write_text(picture, encoding="utf-8")


def weights(model: "Model") -> str:
    """The bits of every level: to the right what speaks for one entity, to the left what speaks against."""
    rows = [(f"{c.shape.name}: {lv.name}", w[0] / 1000) for c in model.comparisons for lv, w in _levels(c)]
    most = max(1.0, *(abs(bits) for _, bits in rows))
    labels = _room(name for name, _ in rows)
    zero, scale = labels + _PANEL / 2, _PANEL / 2 / most
    shapes = [svg.text((zero, _TOP - 14), "bits of evidence", anchor="middle")]
    height = _TOP + len(rows) * _ROW
    for at, (name, bits) in enumerate(rows):
        top = _TOP + at * _ROW
        end = zero + bits * scale
        shapes += [
            svg.text((labels - 8, top + 12), name, anchor="end"),
            svg.bar((zero, end), top + 2, _ROW - 5, svg.FOR if bits > 0 else svg.AGAINST),
            svg.text(
                (end + (4 if bits >= 0 else -4), top + 12), f"{bits:+.2f}", anchor="start" if bits >= 0 else "end"
            ),
        ]
    shapes.append(svg.line((zero, _TOP - 6), (zero, height), colour=svg.INK))
    return svg.drawing((labels + _PANEL + 60, height + 16), f"Weights of {model.label}", shapes)


def m_and_u(model: "Model") -> str:
    """How often each level is reached by one entity (m) and by two (u)."""
    rows = [(f"{c.shape.name}: {lv.name}", lv.m, lv.u) for c in model.comparisons for lv, _ in _levels(c)]
    wide = _PANEL / 2 - 60
    labels = _room(name for name, *_ in rows)
    left, right = labels, labels + _PANEL / 2
    shapes = [svg.text((left, _TOP - 14), "m: one entity"), svg.text((right, _TOP - 14), "u: two entities")]
    for at, (name, m, u) in enumerate(rows):
        top = _TOP + at * _ROW
        shapes.append(svg.text((labels - 8, top + 12), name, anchor="end"))
        for start, value, colour in ((left, m, svg.FOR), (right, u, svg.SECOND)):
            end = start + min(value, 1.0) * wide
            shapes.append(svg.bar((start, end), top + 2, _ROW - 5, colour))
            shapes.append(svg.text((end + 4, top + 12), f"{value:.3g}"))
    return svg.drawing((labels + _PANEL + 20, _TOP + len(rows) * _ROW + 16), f"m and u of {model.label}", shapes)


def term_frequency(model: "Model") -> str:
    """By rank of a value, what an agreement on it weighs more or less than on an average one."""
    tables = {shape.frequency: name for name, shape in model.shape.fields.items() if shape.frequency}
    curves = [(table, sorted(_bits(model, name))) for table, name in tables.items()]
    curves = [(table, bits) for table, bits in curves if bits]
    low = min((bits[0] for _, bits in curves), default=-1.0)
    high = max((bits[-1] for _, bits in curves), default=1.0)
    longest = max((len(bits) for _, bits in curves), default=10)
    left, bottom, tall = 70.0, _TOP + 260.0, 260.0

    def place(rank: int, bits: float) -> tuple[float, float]:
        x = log10(rank) / max(log10(longest), 1e-9)
        return left + x * _PANEL, bottom - (bits - low) / max(high - low, 1e-9) * tall

    shapes = [
        svg.text((left + _PANEL / 2, bottom + 34), "rank of the value, the most frequent first", anchor="middle"),
        svg.text((16, _TOP - 14), "bits beside an average agreement"),
    ]
    for step in range(int(low) - 1, int(high) + 2):
        if low <= step <= high:
            y = place(1, step)[1]
            shapes += [svg.line((left, y), (left + _PANEL, y)), svg.text((left - 8, y + 4), f"{step:+d}", anchor="end")]
    for power in range(int(log10(longest)) + 1):
        shapes.append(svg.text((place(10**power, low)[0], bottom + 16), f"{10**power:,}", anchor="middle"))
    for at, (table, bits) in enumerate(curves):
        colour = svg.COLOURS[at % len(svg.COLOURS)]
        ranks = sorted(
            {min(len(bits), max(1, round(10 ** (step / 40)))) for step in range(int(log10(longest) * 40) + 2)}
        )
        shapes.append(svg.curve([place(rank, bits[rank - 1]) for rank in ranks], colour))
        shapes.append(svg.text((left + _PANEL + 12, _TOP + 18 * at), f"{table} ({len(bits):,})", colour=colour))
    return svg.drawing((left + _PANEL + 190, bottom + 50), f"Term frequencies of {model.label}", shapes)


def calibration(bands: Sequence["Band"]) -> str:
    """What was said against what is true, on a scale of log-odds, with the 95 % binomial interval of each band.

    A bar that crosses the diagonal is a band whose P is what is true, as far as its pairs can tell; others are red.
    """
    left, side = 80.0, 380.0
    bottom = _TOP + side
    ticks = (0.0001, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999)

    def place(said: float, true: float) -> tuple[float, float]:
        return left + _along(said, ticks[0]) * side, bottom - _along(true, ticks[0]) * side

    shapes = [svg.line((left, bottom), (left + side, _TOP), colour=svg.INK)]
    for tick in ticks:
        x, y = place(tick, tick)
        shapes += [svg.line((x, _TOP), (x, bottom)), svg.line((left, y), (left + side, y))]
        shapes += [svg.text((x, bottom + 16), f"{tick:g}", anchor="middle", size=9)]
        shapes += [svg.text((left - 6, y + 4), f"{tick:g}", anchor="end", size=9)]
    for band in bands:
        colour = svg.SECOND if band.least <= band.predicted <= band.most else svg.AGAINST
        low, high = place(band.predicted, band.least), place(band.predicted, band.most)
        shapes.append(svg.line(low, high, colour=colour, width=2))
        shapes += [svg.line((x - 5, y), (x + 5, y), colour=colour, width=2) for x, y in (low, high)]
        x, y = place(band.predicted, band.true)
        shapes.append(svg.dot((x, y), 3.5, colour))
        shapes.append(svg.text((x + 7, y + (14 if band.predicted < 0.5 else -6)), f"{band.count:,}", size=9))
    shapes += [
        svg.text((left + side / 2, bottom + 36), "mean P of a band", anchor="middle"),
        svg.text((16, _TOP - 14), "share that is true, its 95 % binomial interval, and the pairs of the band"),
    ]
    return svg.drawing((left + side + 60, bottom + 52), "Calibration", shapes)


def _room(names: Iterable[str]) -> float:
    """Pixels that the longest name takes: none is cut off at the left."""
    return max(_LABELS, *(_LETTER * len(name) + 16 for name in names))


def _along(share: float, least: float) -> float:
    """Where a share stands between `least` and 1 - `least` by its log-odds, from 0 to 1."""
    kept = min(max(share, least), 1 - least)
    span = log2((1 - least) / least)
    return (log2(kept / (1 - kept)) + span) / (2 * span)


def _levels(comparison: "Comparison") -> Iterator[tuple["LevelShape", tuple[int, ...]]]:
    return zip(comparison.shape.levels, comparison.weights, strict=True)


def _bits(model: "Model", field: str) -> Iterator[float]:
    """The bits of every listed value of a field's table."""
    table = model.frequencies(field)
    if table is not None:
        for value in table.listed:
            yield table.bits(value)
