"""An explanation as a picture: the best candidate's waterfall, what it may be, and the words, in one SVG file.

The file holds no value and no number of any child: comparisons, levels, bits and chances only.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

from childindex.cli.waterfall import Step, needed, steps
from childindex.cli.why import chance, unchanged
from childindex.client.explanation import ExplainedCandidate, Explanation

_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 960, 270, 680, 26, 96
_PLUS, _MINUS, _INK, _PALE = "#1b7f4b", "#b3372f", "#222222", "#888888"
_CLASSES: Final = ("#1b7f4b", "#d08a1d", "#4f76b3", "#b8b8b8")
_LINE: Final = 125  # characters of a line of words
_LEADING: Final = 17


def picture(told: Explanation) -> str:
    """The SVG of an explanation; of its most probable candidate, where there is one."""
    best = told.candidates[0] if told.candidates else None
    walk = steps(best) if best else ()
    sentence = _wrapped(told.sentence)
    lower = _LEADING * max(0, len(sentence) - 2)  # there is room for two lines above the chart
    body = [*_head(told.decision, sentence), f'<g transform="translate(0 {lower})">']
    body += [*(_chart(told, best, walk) if best else ()), "</g>"]
    top = lower + _TOP + _ROW * (len(walk) + 3)
    for text in _words(told, best):
        body.append(_text(20, top, text))
        top += 20
    size = f'width="{_WIDTH}" height="{top + 10}" viewBox="0 0 {_WIDTH} {top + 10}"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" font-family="sans-serif" font-size="13">',
        f"<title>{escape(told.decision)}</title><desc>{escape(told.sentence)}</desc>",
        f'<rect width="{_WIDTH}" height="{top + 10}" fill="white"/>',
        *body, "</svg>", "",
    ])  # fmt: skip


def _head(decision: str, sentence: Sequence[str]) -> Iterator[str]:
    yield _text(20, 30, decision, size=20, weight="bold")
    for place, line in enumerate(sentence):
        yield _text(20, 52 + _LEADING * place, line)


def _chart(told: Explanation, best: ExplainedCandidate, walk: tuple[Step, ...]) -> Iterator[str]:
    """Bars from total to total, a line where linking begins, and the classes as one bar below."""
    ends = [0.0, *(step.end for step in walk)]
    bar = needed(best, told.match_threshold)
    if bar is not None:
        ends.append(bar)
    least = min(ends)
    scale = (_RIGHT - _LEFT) / ((max(ends) - least) or 1.0)

    def across(bits: float) -> float:
        return _LEFT + (bits - least) * scale

    bottom = _TOP + _ROW * len(walk)
    yield _line(across(0.0), _TOP - 6, bottom, _PALE, "2 3")
    for place, step in enumerate(walk):
        yield from _step(step, _TOP + _ROW * place, (across(step.start), across(step.end)))
    if bar is not None:
        yield _line(across(bar), _TOP - 6, bottom, _INK, "6 4")
        yield _text(across(bar), _TOP - 10, f"linked from {bar:+.1f} bits on", anchor="middle", colour=_INK)
    yield _text(20, bottom + 16, "total", weight="bold")
    yield _text(_WIDTH - 20, bottom + 16, f"{best.total_bits:+.3f} bits", anchor="end", weight="bold")
    yield from _classes(best, bottom + 30)


def _step(step: Step, top: float, ends: tuple[float, float]) -> Iterator[str]:
    left, right = sorted(ends)
    colour = _PLUS if step.end > step.start else _MINUS
    yield _text(20, top + 15, f"{step.name}: {step.level}" if step.level else step.name)
    yield f'<rect x="{left:.1f}" y="{top + 3}" width="{max(right - left, 1):.1f}" height="16" fill="{colour}"/>'
    if step.line is not None:
        line = step.line
        rarity = f", rarity {line.term_frequency_bits:+.3f}" if line.term_frequency_bits else ""
        yield _text(_RIGHT + 12, top + 15, f"{line.m:.3g} : {line.u:.2g}{rarity}", colour=_PALE, size=11)
    yield _text(_WIDTH - 20, top + 15, f"{step.end - step.start:+.3f}", anchor="end")


def _classes(best: ExplainedCandidate, top: float) -> Iterator[str]:
    left = float(_LEFT)
    yield _text(20, top + 13, "it is")
    for place, each in enumerate(best.classes):
        wide = each.probability * (_RIGHT - _LEFT)
        colour = _CLASSES[-1] if each.name == "UNRELATED" else _CLASSES[min(place, 2)]
        yield f'<rect x="{left:.1f}" y="{top}" width="{wide:.1f}" height="16" fill="{colour}"/>'
        left += wide
    told = ", ".join(f"{each.name} {chance(each.probability)}" for each in best.classes)
    yield _text(_LEFT, top + 32, told, size=11)


def _words(told: Explanation, best: ExplainedCandidate | None) -> list[str]:
    said = [f"No child of the index: {chance(told.absent_probability)}."]
    if best is not None:
        said.append(told.change.sentence if told.change is not None else unchanged(told.decision))
        said += [f"Never linked without a person: {reason}." for reason in best.veto_reasons]
        said += [f"Proposed by {', '.join(best.rules)}."] if best.rules else []
    said += [f"Too common to be looked for alone: {cap}." for cap in told.caps]
    said.append(f"Model: {told.model}")
    return [line for text in said for line in _wrapped(text)]


def _wrapped(text: str) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= _LINE:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [*lines, line]


def _line(across: float, top: float, bottom: float, colour: str, dashes: str) -> str:
    at = f'x1="{across:.1f}" x2="{across:.1f}" y1="{top}" y2="{bottom}"'
    return f'<line {at} stroke="{colour}" stroke-dasharray="{dashes}"/>'


def _text(
    across: float, down: float, text: str, *, anchor: str = "start", size: int = 13, weight: str = "normal",
    colour: str = _INK,
) -> str:  # fmt: skip
    style = f'text-anchor="{anchor}" font-size="{size}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{across:.1f}" y="{down:.1f}" {style}>{escape(text)}</text>'
