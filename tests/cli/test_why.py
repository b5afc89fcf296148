from dataclasses import replace

import pytest
from rich.console import Console

from childindex.cli import shown, waterfall, why
from childindex.client.answers import Resolved
from childindex.client.explanation import ExplainedClass, Explanation
from childindex.demographics import Advice
from tests.cli.explained import CANDIDATE, EXPLANATION, NUMBER


@pytest.fixture
def screen() -> Console:
    return Console(width=160, record=True, highlight=False, markup=False, file=open("/dev/null", "w"))  # noqa: PTH123


def told(screen: Console, explanation: Explanation, most: int = 3) -> str:
    why.explanation(screen, explanation, most=most)
    return screen.export_text()


def test_running_totals_go_from_the_prior_to_the_total(screen: Console) -> None:
    shown.resolution(screen, Resolved(None, advice=(Advice.ADD_BIRTH_DATE,), explanation=EXPLANATION))
    lines = [line.split() for line in screen.export_text().splitlines()]
    assert lines[0] == ["NOT", "CONFIRMED"]
    assert "to be surer: add birth date".split() in lines
    ends = {line[0]: line[-1] for line in lines if line}
    assert [ends[name] for name in ("prior", "forename", "postcode", "middle", "total")] == [
        "-12.000", "-8.000", "-11.000", "-11.000", "-11.000"
    ]  # fmt: skip
    (forename, *_) = (line for line in lines if line[:1] == ["forename"])
    assert forename[:7] == ["forename", "close", "0.01", "0.0015", "+1.250", "+4.000", "+1.500"]
    assert set(forename[7]) == {"█"}


def test_what_is_shown_sums_to_the_thousandth(screen: Console) -> None:
    lines = (
        *(replace(line, bits=0.1) for line in CANDIDATE.comparisons[:2] * 20),
        replace(CANDIDATE.comparisons[0], bits=0.014),
    )
    candidate = replace(CANDIDATE, comparisons=lines, total_bits=-7.986)
    assert waterfall.steps(candidate)[-1].end == -7.986  # no dust of adding
    said = [line.split() for line in told(screen, replace(EXPLANATION, candidates=(candidate,))).splitlines()]
    place = {"prior": 1, "forename": 5, "postcode": 4}  # of the bits: a line has no m, u or rarity where there is none
    rows = [line for line in said if line and line[0] in place]
    assert round(sum(float(row[place[row[0]]]) for row in rows), 3) == float(rows[-1][-1]) == -7.986


def test_bars_go_where_the_totals_go() -> None:
    walk = waterfall.steps(CANDIDATE)
    assert [(step.start, step.end) for step in walk] == [(0, -12), (-12, -8), (-8, -11), (-11, -11)]
    bars = [waterfall._bar(step, (-12.0, 0.0)) for step in walk]
    spans = [(bar.plain.find("█"), bar.plain.rfind("█") + 1) for bar in bars[:3]]
    assert spans == [(0, 27), (0, 9), (2, 9)]
    assert [bar.spans[0].style for bar in bars[:3]] == ["red", "green", "red"]
    assert bars[3].plain.strip() == "·"


def test_rules_vetoes_caps_and_the_sentences_are_told(screen: Console) -> None:
    said = told(screen, EXPLANATION)
    wanted = (
        "POSSIBLE: It may be.", "Had the postcode been exact.", "children 1", "and 2 less probable",
        "proposed by birth_date", "same_system - it lists no child twice", "too common to be looked for alone: names",
        "it is SAME 0.900000, TWIN 0.050000, UNRELATED 0.050000", "not twin",
        f"SAME is 2.25 bits above its strongest rival class (TWIN) and 1.50 bits below the next child, {NUMBER}",
        "no child of the index", "0.100000", "linked from 0.999 on, for a person from 0.02 on",
    )  # fmt: skip
    assert [part for part in wanted if part not in said] == []
    assert said.count("so far") == 3


def test_who_is_too_improbable_to_be_shown_is_counted(screen: Console) -> None:
    rare = tuple(replace(CANDIDATE, probability=10.0**-power) for power in range(1, 9))  # seven and eight are too rare
    said = told(screen, replace(EXPLANATION, candidates=rare), most=2)
    assert "6. " in said
    assert "7. " not in said
    assert "2 more" in said
    assert "<0.000001" in said
    assert "8. " in told(screen, replace(EXPLANATION, candidates=rare), most=8)


def test_what_is_not_there_is_not_told(screen: Console) -> None:
    bare = replace(EXPLANATION, candidates=(replace(CANDIDATE, classes=(), vetoes=(), veto_reasons=()),))
    said = told(screen, replace(bare, rival=None, change=None, caps=()), most=1)
    assert "No single change of a comparison or a veto would have linked it." in said
    linked = told(screen, replace(bare, decision="MATCHED", rival=None, change=None))
    assert "No single change of a comparison or a veto would have undone the link." in linked
    assert not any(part in said for part in ("it is SAME", "strongest", "too common", "never linked", "less probable"))
    nobody = told(screen, replace(bare, candidates=(), rival=None, change=None, decision="UNMATCHED"))
    assert "UNMATCHED" in nobody
    assert "No single change" not in nobody


@pytest.mark.parametrize(
    ("probability", "said"),
    [(0.0, "0.000000"), (1.0, ">0.999999"), (0.25, "0.250000"), (0.9999999, ">0.999999"), (1e-9, "1.0e-09")],
)
def test_chances_are_never_rounded_to_certainty(probability: float, said: str) -> None:
    assert why.chance(probability) == said


def test_where_linking_begins() -> None:
    even = replace(CANDIDATE, probability=0.5, classes=(ExplainedClass("SAME", 0.5, -11.0),))
    assert waterfall.needed(even, 0.999) == pytest.approx(-11.0 + 9.9644, abs=1e-3)
    assert waterfall.needed(replace(CANDIDATE, probability=1.0), 0.999) is None


def test_it_says_what_the_figures_mean(screen: Console) -> None:
    text = " ".join(told(screen, EXPLANATION).split())
    assert "a bit more doubles the odds that it is the same child" in text
    assert "'not twin' is how much of them a twin would not explain" in text
    assert "How to read it" not in told(screen, replace(EXPLANATION, candidates=(), rival=None))
