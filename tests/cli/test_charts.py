"""Charts are drawn to scale: bars as long as what they tell, curves and dots where they belong."""

from itertools import pairwise
from math import log10
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from childindex.cli import charts, svg
from childindex.linkage import Model
from childindex.linkage.batch.bands import Band

MODEL = """
name = "towns"
[fields]
town = { kind = "text", frequency = "town" }
born = { kind = "date" }
[frequencies.town]
values = { york = 0.1, ely = 0.01, hull = 0.001, wem = 0.0001 }
mean = 0.02
[[comparisons]]
name = "town"
compares = [["town", "town"]]
levels = [{ test = "equal", m = 0.8, u = 0.02, frequency = 1.0 }, { test = "else", m = 0.2, u = 0.98 }]
[[comparisons]]
name = "born"
compares = [["born", "born"]]
levels = [{ test = "equal", m = 0.9, u = 0.1 }, { test = "else", m = 0.1, u = 0.9 }]
"""


@pytest.fixture
def model(tmp_path: Path) -> Model:
    (tmp_path / "model.toml").write_text(MODEL)
    return Model.load(tmp_path / "model.toml")


def shapes(drawing: str, kind: str) -> list[dict[str, str]]:
    return [each.attrib for each in ET.fromstring(drawing).iter(f"{{http://www.w3.org/2000/svg}}{kind}")]


def bars(drawing: str) -> list[tuple[float, float, str]]:
    """Where each bar begins and ends, and its colour; the first shape is the ground."""
    found = shapes(drawing, "rect")[1:]
    return [(float(b["x"]), float(b["x"]) + float(b["width"]), b["fill"]) for b in found]


def test_a_weight_is_a_bar_to_its_side_of_nothing_as_long_as_its_bits(model: Model) -> None:
    found = bars(charts.weights(model))
    bits = [weights[0] / 1000 for comparison in model.comparisons for weights in comparison.weights]
    zero = found[0][0]
    scale = (found[0][1] - zero) / bits[0]
    assert max(end - start for start, end, _ in found) == pytest.approx(210)  # the longest fills its half
    for (start, end, colour), each in zip(found, bits, strict=True):
        told = (zero, zero + each * scale) if each > 0 else (zero + each * scale, zero)
        assert (start, end) == pytest.approx(told, abs=0.2)
        assert colour == (svg.FOR if each > 0 else svg.AGAINST)


def test_m_and_u_are_bars_side_by_side_of_one_scale(model: Model) -> None:
    found = bars(charts.m_and_u(model))
    told = [(level.m, level.u) for comparison in model.shape.comparisons for level in comparison.levels]
    whole = (found[0][1] - found[0][0]) / 0.8
    for (m, u), left, right in zip(told, found[::2], found[1::2], strict=True):
        assert (left[1] - left[0], right[1] - right[0]) == pytest.approx((m * whole, u * whole), abs=0.2)
        assert (left[0], left[2], right[2]) == (found[0][0], svg.FOR, svg.SECOND)
        assert right[0] > left[0] + whole  # no bar reaches into the other column


def test_a_term_frequency_falls_from_the_rarest_to_the_most_frequent(model: Model) -> None:
    (curve,) = shapes(charts.term_frequency(model), "polyline")
    points = [tuple(map(float, point.split(","))) for point in curve["points"].split()]
    assert len(points) == 4
    across, down = [x for x, _ in points], [y for _, y in points]
    whole = across[-1] - across[0]
    assert [(x - across[0]) / whole for x in across] == pytest.approx(
        [log10(n) / log10(4) for n in (1, 2, 3, 4)], abs=0.01
    )
    steps = [one - other for one, other in pairwise(down)]  # each value ten times as rare as the one before
    assert min(steps) > 0
    assert max(steps) - min(steps) < 0.25


def test_what_is_as_often_true_as_was_said_lies_on_the_diagonal_of_log_odds() -> None:
    said = (0.001, 0.1, 0.5, 0.9, 0.999)
    drawing = charts.calibration([Band(p, p, 100, p, p, p / 2, (1 + p) / 2) for p in said])
    dots = [(float(dot["cx"]), float(dot["cy"])) for dot in shapes(drawing, "circle")]
    left, bottom = 80.0, 64.0 + 380.0
    assert [x - left for x, _ in dots] == pytest.approx([bottom - y for _, y in dots], abs=0.2)
    assert dots[2][0] == pytest.approx(left + 190)
    for low, high in ((dots[0], dots[4]), (dots[1], dots[3])):  # 1 in 1,000 is as far from even as 999 are
        assert low[0] + high[0] == pytest.approx(2 * dots[2][0], abs=0.2)
    over = charts.calibration([Band(0.9, 1.0, 100, 0.9, 0.5, 0.4, 0.6)])
    ((x, y),) = [(float(dot["cx"]), float(dot["cy"])) for dot in shapes(over, "circle")]
    assert bottom - y < x - left  # surer than is right: under the diagonal


def test_a_long_name_is_not_cut_off(tmp_path: Path, model: Model) -> None:
    name = "everything_that_is_known_of_an_address"
    (tmp_path / "long.toml").write_text(MODEL.replace('name = "town"\ncompares', f'name = "{name}"\ncompares'))
    for chart in (charts.weights, charts.m_and_u):
        for drawn in (model, Model.load(tmp_path / "long.toml")):
            drawing = ET.fromstring(chart(drawn))  # our own picture
            texts = list(drawing.iter("{http://www.w3.org/2000/svg}text"))
            labels = [each for each in texts if ": " in (each.text or "") and each.attrib["text-anchor"] == "end"]
            assert labels
            assert all(float(each.attrib["x"]) > 6.5 * len(each.text or "") for each in labels)
