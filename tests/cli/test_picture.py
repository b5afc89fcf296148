from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from childindex.cli.app import app
from childindex.cli.picture import picture
from childindex.client.explanation import Explanation
from tests.cli.explained import CANDIDATE, EXPLANATION, NUMBER

SVG = "{http://www.w3.org/2000/svg}"


def drawn(told: Explanation) -> ElementTree.Element:
    return ElementTree.fromstring(picture(told))


def texts(root: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in root.iter(f"{SVG}text")]


def test_bars_stand_where_the_totals_are() -> None:
    root = drawn(replace(EXPLANATION, match_threshold=0.9))
    bars = [each for each in root.iter(f"{SVG}rect") if each.get("height") == "16"][:4]
    edges = [(float(bar.get("x", "")), float(bar.get("x", "")) + float(bar.get("width", ""))) for bar in bars]
    scale = (edges[0][1] - edges[0][0]) / 12  # the prior of -12 bits
    assert edges[1] == pytest.approx((edges[0][0], edges[0][0] + 4 * scale), abs=0.2)
    assert edges[2] == pytest.approx((edges[0][0] + scale, edges[1][1]), abs=0.2)
    assert [bar.get("fill") for bar in bars[:3]] == ["#b3372f", "#1b7f4b", "#b3372f"]
    (_, linked) = root.iter(f"{SVG}line")
    assert float(linked.get("x1", "")) == pytest.approx(edges[2][0], abs=0.2)  # it is at the threshold itself


def test_what_it_may_be_is_one_bar_of_shares_side_by_side() -> None:
    *_, same, twin, stranger = [each for each in drawn(EXPLANATION).iter(f"{SVG}rect") if each.get("height") == "16"]
    left, width = (float(same.get(name, "")) for name in ("x", "width"))
    assert width / 0.9 == pytest.approx(680 - 270)  # from where the waterfall begins to where it ends
    assert [float(each.get("x", "")) for each in (twin, stranger)] == pytest.approx(
        [left + width, left + width / 0.9 * 0.95]
    )
    assert float(twin.get("width", "")) == float(stranger.get("width", "")) == pytest.approx(width / 18)
    assert len({each.get("fill") for each in (same, twin, stranger)}) == 3


def test_that_no_change_would_do_is_said_of_a_candidate_only() -> None:
    said = "No single change of a comparison or a veto would have linked it."
    assert said in texts(drawn(replace(EXPLANATION, change=None)))
    assert said not in texts(drawn(replace(EXPLANATION, change=None, candidates=())))


def test_all_is_said_and_no_number_of_a_child() -> None:
    said = texts(drawn(EXPLANATION))
    for part in ("POSSIBLE", "It may be.", "forename: close", "+4.000", "-11.000 bits", "Had the postcode been exact."):
        assert part in said
    assert "0.01 : 0.0015, rarity +1.250" in said  # m, u, and what the value's rarity adds
    assert "0.12 : 0.98" in said
    assert "SAME 0.900000, TWIN 0.050000, UNRELATED 0.050000" in said
    whole = picture(EXPLANATION)
    assert "Never linked without a person: it lists no child twice." in whole
    assert "Too common to be looked for alone: names." in whole
    assert str(NUMBER) not in whole
    assert NUMBER.value not in whole


def test_where_no_picture_can_be_drawn_nothing_is_asked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    words = ["explain", "--credentials", str(tmp_path), "--purpose", "education", "--as", "steward:a"]
    for place, told in (("file/why.svg", "nothing can be written in"), (".", "is a directory")):
        ran = CliRunner().invoke(app, [*words, "given_name=Ann", "--picture", str(tmp_path / place)])
        assert (ran.exit_code, "--picture" in ran.output, told in ran.output.replace("\n", " ")) == (2, True, True)


def test_a_candidate_of_no_rule_is_proposed_by_none() -> None:
    assert "Proposed by" in picture(EXPLANATION)
    assert "Proposed by" not in picture(replace(EXPLANATION, candidates=(replace(CANDIDATE, rules=()),)))


def test_a_picture_of_nobody_and_of_words_that_are_markup() -> None:
    nobody = replace(EXPLANATION, candidates=(), rival=None, change=None, sentence="a < b & c", decision="UNMATCHED")
    root = drawn(nobody)
    assert "a < b & c" in texts(root)
    assert not list(root.iter(f"{SVG}line"))
    sure = replace(EXPLANATION, candidates=(replace(CANDIDATE, probability=1.0),))
    assert len(list(drawn(sure).iter(f"{SVG}line"))) == 1  # where linking begins is beyond telling


def test_long_words_are_wrapped_within_the_picture() -> None:
    said = texts(drawn(replace(EXPLANATION, caps=("word " * 60,))))
    assert max(map(len, said)) <= 125


def test_a_long_sentence_is_told_to_its_end_above_the_chart() -> None:
    root = drawn(replace(EXPLANATION, sentence="for this reason " * 30 + "and no other."))
    (last,) = (each for each in root.iter(f"{SVG}text") if (each.text or "").endswith("and no other."))
    chart = root.find(f"{SVG}g")
    assert chart is not None
    lower = float(chart.get("transform", "").removeprefix("translate(0 ").rstrip(")"))
    tops = [float(each.get("y", "")) for each in chart.iter(f"{SVG}text")]
    assert float(last.get("y", "")) < lower + min(tops)
