"""`childindex train` and `childindex evaluate`, from files to figures, as people call them."""

import csv
import gzip
import json
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner, Result

from childindex import linkage
from childindex.cli import svg
from childindex.cli.app import app
from childindex.cli.charts import calibration
from childindex.linkage import Model
from childindex.linkage.batch.bands import Band
from tests.linkage.batch.invented import SHORT, people

KEYS = {
    "records", "true_pairs", "pairs_scored", "pair_completeness", "best", "at", "clustered", "calibration", "groups",
    "train_seconds", "link_seconds",
}  # fmt: skip
_COLOURS = (svg.AGAINST, svg.SECOND)
CHARTS = {"weights.svg", "m_and_u.svg", "term_frequency.svg"}


def write(path: Path, columns: Mapping[str, Sequence[str]]) -> Path:
    text = StringIO()
    csv.writer(text).writerows([list(columns), *zip(*columns.values(), strict=True)])
    content = text.getvalue().encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


@pytest.fixture
def files(tmp_path: Path) -> Path:
    made = people(250, seed=31)
    for name, columns, who in (("a.csv", made.left, made.who_left), ("b.csv.gz", made.right, made.who_right)):
        side = ["even" if int(each[1:]) % 2 == 0 else "odd" for each in who]
        write(tmp_path / name, {**columns, "who": who, "side": side})
    (tmp_path / "model.toml").write_text(SHORT)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], env={"COLUMNS": "200"})


def evaluated(files: Path, *more: object) -> Result:
    return run("evaluate", "--model", files / "model.toml", "--left", files / "a.csv", "--truth", "who", *more)


def test_two_files_are_linked_and_told_as_json(files: Path) -> None:
    ran = evaluated(files, "--right", files / "b.csv.gz", "--train", "--groups", "side", "--json")
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert told.keys() == KEYS
    assert told["best"].keys() == {"threshold", "precision", "recall", "f1"}
    assert [each["probability"] for each in told["at"]] == [0.5, 0.95, 0.99, 0.999]
    assert told["at"][0].keys() == {"probability", "precision", "recall", "f1"}
    assert told["clustered"].keys() == {"precision", "recall", "f1", "b_cubed_f1"}
    assert told["best"]["f1"] > 0.9
    assert 0 < told["pair_completeness"] <= 1
    assert [group["group"] for group in told["groups"]] == ["even", "odd"]
    assert sum(group["true_pairs"] for group in told["groups"]) == told["true_pairs"]
    assert sum(band["pairs"] for band in told["calibration"]) == told["pairs_scored"]
    assert told["train_seconds"] > 0 < told["link_seconds"]


def test_the_truth_moves_no_link(files: Path) -> None:
    """Trained and linked with labels that are all wrong, every pair has the P that it has with the right ones."""
    told = []
    for truth in ("who", "wrong"):
        made = people(250, seed=31)
        for name, columns, who in (("a.csv", made.left, made.who_left), ("b.csv.gz", made.right, made.who_right)):
            write(
                files / name,
                {**columns, "who": who, "wrong": [each[::-1] for each in reversed(who)] if name == "a.csv" else who},
            )
        ran = run("evaluate", "--model", files / "model.toml", "--left", files / "a.csv", "--right", files / "b.csv.gz",
                  "--truth", truth, "--train", "--json")  # fmt: skip
        told.append(json.loads(ran.stdout))
    right, wrong = told
    assert right["best"]["f1"] > 0.9
    assert wrong["best"]["f1"] < 0.2
    assert [(b["pairs"], b["predicted"]) for b in right["calibration"]] == [
        (b["pairs"], b["predicted"]) for b in wrong["calibration"]
    ]


def test_one_file_is_deduplicated_untrained_and_told_to_people(files: Path) -> None:
    ran = evaluated(files, "--charts", files / "charts")
    assert ran.exit_code == 0, ran.output
    for words in ("precision", "foretold", "B-cubed", "95 % interval", "blocking rule", "town_first"):
        assert words in ran.output
    drawn = {path.name for path in (files / "charts").iterdir()}
    assert drawn == CHARTS | {"calibration.svg"}


def test_charts_are_sound_and_hold_no_value_of_a_record(files: Path) -> None:
    ran = evaluated(files, "--right", files / "b.csv.gz", "--train", "--charts", files / "charts")
    assert ran.exit_code == 0, ran.output
    with (files / "a.csv").open() as file:
        values = {row[name] for row in csv.DictReader(file) for name in ("first", "last", "town", "born")} - {""}
    for path in (files / "charts").iterdir():
        drawing = ET.parse(path).getroot()  # our own file
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        words = [each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
        assert words
        assert not values & {word for text in words for word in text.split()}
        width, height = float(drawing.attrib["width"]), float(drawing.attrib["height"])
        for each in drawing.iter("{http://www.w3.org/2000/svg}text"):
            assert 0 <= float(each.attrib["x"]) <= width
            assert 0 <= float(each.attrib["y"]) <= height
        for each in drawing.iter("{http://www.w3.org/2000/svg}rect"):
            assert float(each.attrib["width"]) >= 0


def test_a_band_has_its_binomial_interval_and_is_red_where_p_is_outside() -> None:
    sound, wrong = Band(0.8, 0.95, 2000, 0.9, 0.9, 0.886, 0.913), Band(0.4, 0.6, 300, 0.5, 0.7, 0.646, 0.749)
    drawing = ET.fromstring(calibration([sound, wrong]))  # our own picture
    red, fine = ([each.attrib for each in drawing.iter() if colour in each.attrib.values()] for colour in _COLOURS)
    for shapes in (red, fine):
        lines = [{float(each["y1"]), float(each["y2"])} for each in shapes if "y1" in each]
        dot = next(float(each["cy"]) for each in shapes if "cy" in each)
        assert len(lines) == 3  # the interval and its two ends
        assert min(lines[0]) < dot < max(lines[0])
        assert lines[0] == lines[1] | lines[2]
    assert {"2,000", "300"} <= {each.text for each in drawing.iter("{http://www.w3.org/2000/svg}text")}


def test_a_trained_model_is_written_told_of_and_can_be_evaluated(files: Path) -> None:
    out = files / "out" / "trained.toml"
    ran = run("train", files / "model.toml", files / "a.csv", files / "b.csv.gz", "-o", out, "--charts", files / "c")
    assert ran.exit_code == 0, ran.output
    for words in ("all rules together", "town_last", "log likelihood", "iterations", "each run twice"):
        assert words in ran.stdout
    assert "childindex: training: town_last: " in ran.stderr
    assert "childindex: training" not in ran.stdout
    trained = Model.load(out)
    assert trained.version.startswith("1+trained.")
    assert {path.name for path in (files / "c").iterdir()} == CHARTS
    again = files / "again.toml"
    assert run("train", files / "model.toml", files / "a.csv", files / "b.csv.gz", "-o", again).exit_code == 0
    assert again.read_bytes() == out.read_bytes()
    told = run("evaluate", "--model", out, "--left", files / "a.csv", "--right", files / "b.csv.gz",
               "--truth", "who", "--json")  # fmt: skip
    assert json.loads(told.stdout)["best"]["f1"] > 0.9


def test_labels_are_used_where_they_are_given(files: Path) -> None:
    out = files / "trained.toml"
    ran = run("train", files / "model.toml", files / "a.csv", files / "b.csv.gz", "-o", out, "--truth", "who")
    assert ran.exit_code == 0, ran.output
    assert "all rules together" not in ran.output
    assert "counted from the labels" in ran.output
    made = people(250, seed=31)
    assert Model.load(out).shape.population == len(set(made.who))


def test_no_value_that_few_records_share_is_in_a_trained_model(files: Path) -> None:
    out = files / "trained.toml"
    assert run("train", files / "model.toml", files / "a.csv", "-o", out, "--least", "20").exit_code == 0
    listed = Model.load(out).shape.frequencies["last"].values
    with (files / "a.csv").open() as file:
        last = [row["last"] for row in csv.DictReader(file)]
    assert all(last.count(name) >= 20 for name in listed)


def test_the_childrens_model_reads_other_columns_by_a_map(tmp_path: Path) -> None:
    names = [("Oliver", "Braithwaite"), ("Amelia", "Okafor"), ("Muhammad", "Rahman"), ("Isla", "Macleod")] * 2
    columns = {
        "FORENAME": [first for first, _ in names],
        "SURNAME": [last for _, last in names],
        "DOB": ["20140503", "20131224", "20150615", "20120909"] * 2,
        "PC": ["M14 5AB", "LS1 4AB", "B9 9AA", "EH1 1AA"] * 2,
        "WHO": [str(at % 4) for at in range(8)],
    }
    path = write(tmp_path / "c.csv", columns)
    fields = "given_name=FORENAME,family_name=SURNAME,birth_date=DOB,postcode=PC"
    ran = run("evaluate", "--left", path, "--truth", "WHO", "--columns", fields, "--json")
    assert ran.exit_code == 0, ran.output
    told = json.loads(ran.stdout)
    assert (told["records"], told["true_pairs"]) == (8, 4)
    assert told["best"]["f1"] == 1.0


def test_files_may_call_a_field_differently(files: Path) -> None:
    made = people(80, seed=3)
    other = {"Forename": "first", "family": "last", "town": "town", "DOB": "born"}
    right = {name: made.right[own] for name, own in other.items()}
    write(files / "c.csv", {**made.left, "who": made.who_left})
    write(files / "d.csv", {**right, "who": made.who_right})
    write(files / "e.csv", {**made.right, "who": made.who_right})
    told, columns = [], "first=first|Forename,last=family | last,born=DOB|born"
    for second, more in (("d.csv", ["--columns", columns]), ("e.csv", [])):
        ran = run("evaluate", "--model", files / "model.toml", "--left", files / "c.csv", "--right", files / second,
                  "--truth", "who", "--json", *more)  # fmt: skip
        assert ran.exit_code == 0, ran.output
        told.append(_without_seconds(ran))
    assert told[0] == told[1]
    ran = run("evaluate", "--model", files / "model.toml", "--left", files / "c.csv", "--right", files / "d.csv",
              "--truth", "who", "--columns", "first=first|Vorname")  # fmt: skip
    assert (ran.exit_code, "d.csv has no column first|Vorname" in ran.output) == (2, True), ran.output


def test_the_childrens_model_trained_reads_what_it_was_trained_on(files: Path) -> None:
    names = "given_name=first,family_name=last,birth_date=born"
    shipped, out = Path(linkage.__file__).with_name("model.toml"), files / "out" / "trained.toml"
    ran = run("train", shipped, files / "a.csv", files / "b.csv.gz", "-o", out, "--columns", names)
    assert ran.exit_code == 0, ran.output
    ran = run("evaluate", "--model", out, "--left", files / "a.csv", "--right", files / "b.csv.gz", "--truth", "who",
              "--columns", names, "--json")  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["true_pairs"] > 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (["--truth", "whom"], "a.csv has no column whom; perhaps who"),
        (["--groups", "sides"], "a.csv has no column sides; perhaps side"),
        (["--left", "absent.csv"], "absent.csv: No such file"),
        (["--model", "absent.toml"], "absent.toml: No such file"),
        (["--columns", "first"], "--columns must be of the form"),
        (["--columns", "first=a,first=b"], "each field once"),
        (["--columns", "frist=first"], "people has no field frist"),
        (["--columns", "first=forename"], "a.csv has no column forename"),
        (["--columns", "first=who"], "truth column may not be a field"),
        (["--truth", "town"], "truth column may not be a field"),
        (["--columns", "born=town"], "dates in column born cannot be read"),
        (["--charts", "a.csv"], "--charts: nothing can be written in a.csv"),
    ],
)
def test_what_is_wrong_is_told_in_a_line(
    files: Path, change: list[str], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    options = {"--model": "model.toml", "--left": "a.csv", "--truth": "who"}
    options.update(zip(change[::2], change[1::2], strict=True))
    ran = run("evaluate", *(each for pair in options.items() for each in pair))
    assert ran.exit_code == 2
    assert told in ran.output
    assert len(ran.output.splitlines()) == 1


def test_two_names_of_one_column_are_refused(files: Path) -> None:
    """A field and the column that it is read from: the one would silently take the place of the other."""
    columns = "forename=first,given_name=last"
    ran = run("evaluate", "--left", files / "a.csv", "--truth", "who", "--columns", columns)
    assert ran.exit_code == 2
    assert "--columns: given_name is read from given_name, which has a column already" in ran.output


@pytest.mark.parametrize(
    ("dates", "read"),
    [
        (["12/31/2003", "05/28/2014", "07/17/2009", "3/5/2014"], False),  # month first
        (["2014-31-12", "2009-13-01", "20143112", "2014-05-03"], False),
        (["2014-05-00", "20140500", "2009-00-00", "00/05/2014"], True),  # left open
        (["2014-02-31", "2014-05-03", "31/12/2003"], True),  # one that is no day among others
    ],
)
def test_dates_written_month_first_are_not_taken_for_years_alone(tmp_path: Path, dates: list[str], read: bool) -> None:
    many = [*dates, dates[0]]
    path = write(tmp_path / "d.csv", {"birth_date": many, "given_name": ["Ann"] * len(many), "who": many})
    ran = run("evaluate", "--left", path, "--truth", "who", "--json")
    assert (ran.exit_code, "different dates in column birth_date cannot be read" in ran.output) == (
        (0, False) if read else (2, True)
    ), ran.output


def test_a_missing_column_of_the_model_is_named(files: Path) -> None:
    path = write(files / "d.csv", {"first": ["a"], "last": ["b"], "birthday": ["2001-01-01"], "who": ["1"]})
    ran = run("evaluate", "--model", files / "model.toml", "--left", path, "--truth", "who")
    assert ran.exit_code == 2
    assert "d.csv has no column born, town" in ran.output
    assert "--columns" in ran.output


def test_a_file_with_no_column_of_the_childrens_model_is_told_which_those_are(files: Path) -> None:
    ran = run("evaluate", "--left", files / "a.csv", "--truth", "who")
    assert ran.exit_code == 2
    assert "a.csv has none of the columns birth_date, carer_family_name, chi_number, family_name, " in ran.output


def test_what_a_file_tells_nothing_of_is_said_beside_the_figures(files: Path) -> None:
    columns = "given_name=first,family_name=last"
    sides = ["--left", files / "a.csv", "--right", files / "b.csv.gz"]
    ran = run("evaluate", *sides, "--truth", "who", "--columns", columns, "--json")
    assert ran.exit_code == 0, ran.output
    said, of_right = ran.stderr.splitlines()
    assert said.startswith("childindex: a.csv has no column birth_date, carer_family_name, ")
    assert of_right.startswith("childindex: b.csv.gz has no column birth_date, ")
    assert "given_name" not in said
    assert said.count("carer_family_name") == 1
    assert json.loads(ran.stdout).keys() == KEYS
    assert evaluated(files, "--right", files / "b.csv.gz").stderr == ""


def test_an_identifier_that_is_the_truth_is_not_read(files: Path) -> None:
    """The children's model does without any column; one that --columns asks for by name is refused all the same."""
    made = people(60, seed=3)
    path = write(files / "d.csv", {**made.together, "nhs_number": made.who})
    columns = "given_name=first,family_name=last,birth_date=born"
    ran = run("evaluate", "--left", path, "--truth", "nhs_number", "--columns", columns, "--json")
    assert ran.exit_code == 0, ran.output
    assert "childindex: column nhs_number is the truth: children-england does not read it" in ran.stderr
    assert "no column nhs_number" not in ran.stderr
    renamed = write(files / "e.csv", {**made.together, "who": made.who})
    known = run("evaluate", "--left", renamed, "--truth", "who", "--columns", columns, "--json")
    assert _without_seconds(ran) == _without_seconds(known)
    for more in ("nhs_number=nhs_number", "upn=nhs_number"):
        ran = run("evaluate", "--left", path, "--truth", "nhs_number", "--columns", f"{columns},{more}")
        assert (ran.exit_code, "truth column may not be a field" in ran.output) == (2, True), ran.output


def _without_seconds(ran: Result) -> dict[str, object]:
    return {key: value for key, value in json.loads(ran.stdout).items() if not key.endswith("seconds")}


def test_labels_may_not_be_a_field_either(files: Path) -> None:
    ran = run("train", files / "model.toml", files / "a.csv", "-o", files / "t.toml", "--truth", "town")
    assert ran.exit_code == 2
    assert "truth column may not be a field" in ran.output


def test_where_nothing_can_be_written_is_told_before_training(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("childindex.linkage.batch.train", never)
    ran = run("train", files / "model.toml", files / "a.csv", "-o", files)
    assert (ran.exit_code, "is a directory" in ran.output) == (2, True), ran.output
    for options in (["-o", files / "a.csv" / "t.toml"], ["-o", files / "t.toml", "--charts", files / "a.csv"]):
        ran = run("train", files / "model.toml", files / "b.csv.gz", *options)
        assert (ran.exit_code, "nothing can be written in" in ran.output) == (2, True), ran.output
    with_table = SHORT.replace("[frequencies]\nfirst = {}", '[frequencies]\nfirst = { tables = ["f.csv"] }')
    (files / "mine" / "tables").mkdir(parents=True)
    (files / "mine" / "model.toml").write_text(with_table)
    (files / "mine" / "tables" / "f.csv").write_text("name,frequency\nann,0.1\n")
    (files / "tables").mkdir()
    (files / "tables" / "f.csv").write_text("name,frequency\nann,0.2\n")
    ran = run("train", files / "mine" / "model.toml", files / "a.csv", "-o", files / "trained.toml")
    assert (ran.exit_code, "f.csv of another model" in ran.output.replace("\n", "")) == (2, True), ran.output
    assert "0.2" in (files / "tables" / "f.csv").read_text()


def test_a_trained_model_takes_its_tables_along(files: Path) -> None:
    with_table = SHORT.replace("[frequencies]\nfirst = {}", '[frequencies]\nfirst = { tables = ["f.csv"] }')
    (files / "tables").mkdir()
    (files / "tables" / "f.csv").write_text("name,frequency\nann,0.2\n")
    (files / "model.toml").write_text(with_table)
    ran = run("train", files / "model.toml", files / "a.csv", "-o", files / "elsewhere" / "trained.toml")
    assert ran.exit_code == 0, ran.output
    assert Model.load(files / "elsewhere" / "trained.toml").frequencies("first")


def never(*_: object, **__: object) -> None:
    raise AssertionError


@pytest.mark.parametrize("output", ["model.toml", "a.csv", "b.csv.gz"])
def test_training_does_not_overwrite_what_it_reads(files: Path, output: str) -> None:
    before = (files / output).read_bytes()
    ran = run("train", files / "model.toml", files / "a.csv", files / "b.csv.gz", "-o", files / output)
    assert (ran.exit_code, f"would overwrite {output}" in ran.output) == (2, True), ran.output
    assert (files / output).read_bytes() == before


def test_labels_that_make_no_pair_are_refused(files: Path) -> None:
    """Within one file, or between several: a model "from labels" would be what was believed before."""
    made = people(20, seed=3)
    alone = write(files / "alone.csv", {**made.left, "who": [f"{at}" for at in range(len(made.who_left))]})
    blank = write(files / "blank.csv", {**made.left, "who": [""] * len(made.who_left)})
    twice = write(files / "twice.csv", {**made.left, "who": ["x", "x", *[""] * (len(made.who_left) - 2)]})
    shipped = Path(linkage.__file__).with_name("model.toml")
    names = ["--columns", "given_name=first,family_name=last,birth_date=born"]
    for read in ([alone], [blank], [twice, alone]):
        ran = run("train", files / "model.toml", *read, "-o", files / "t.toml", "--truth", "who")
        assert (ran.exit_code, "there is nothing to count" in ran.output) == (2, True), ran.output
    for read in ([blank], [twice, alone]):
        ran = run("train", shipped, *read, "-o", files / "t.toml", "--truth", "who", *names)
        assert (ran.exit_code, "there is nothing to count" in ran.output) == (2, True), ran.output
    ran = run("train", files / "model.toml", twice, "-o", files / "t.toml", "--truth", "who")
    assert ran.exit_code == 0, ran.output
    assert "m stays as it was" not in ran.output


def test_a_file_that_holds_nobody_twice_teaches_twins_by_its_own_record_id(files: Path) -> None:
    made = people(60, seed=3)
    path = write(files / "d.csv", {**made.left, "id": [f"{at}" for at in range(len(made.who_left))]})
    shipped, out = Path(linkage.__file__).with_name("model.toml"), files / "out" / "t.toml"
    ran = run("train", shipped, path, "-o", out, "--truth", "id",
              "--columns", "given_name=first,family_name=last,birth_date=born")  # fmt: skip
    assert ran.exit_code == 0, ran.output
    assert "kin within the files" in ran.stdout
    assert "no two records have one label: m stays as it was" in ran.stdout
    assert Model.load(out).shape.population == len(made.who_left)


def test_training_finds_the_dates_that_a_custodian_writes_by_default(tmp_path: Path) -> None:
    """Under the name of its file, and said; what is linked by that model heeds them where the file has that name."""
    made = people(900, seed=8)
    here, there = made.left, {**made.right}
    there["born"] = [f"{day[:4]}-07-01" if at % 4 == 0 and day else day for at, day in enumerate(made.right["born"])]
    model = SHORT.replace('born = { kind = "date" }', 'born = { kind = "known_date" }').replace(
        "[fields]", '[defaults]\n"" = ["-01-01"]\n[fields]', 1
    )
    (tmp_path / "model.toml").write_text(model)
    write(tmp_path / "school.csv", {**here, "who": made.who_left})
    write(tmp_path / "the-hostel.csv.gz", {**there, "who": made.who_right})
    trained, files = tmp_path / "out" / "trained.toml", (tmp_path / "school.csv", tmp_path / "the-hostel.csv.gz")
    ran = run("train", tmp_path / "model.toml", *files, "-o", trained)
    assert ran.exit_code == 0, ran.output
    assert "the-hostel.csv.gz: dates *-07-01 are written by default" in ran.output
    assert "school.csv: dates" not in ran.output
    assert Model.load(trained).shape.defaults == {"": ("-01-01",), "the-hostel": ("-07-01",)}
    told = []
    for name in ("the-hostel.csv.gz", "another.csv.gz"):
        (tmp_path / name).write_bytes(files[1].read_bytes())
        ran = run(
            "evaluate", "--model", trained, "--left", files[0], "--right", tmp_path / name, "--truth", "who", "--json"
        )
        assert ran.exit_code == 0, ran.output
        told.append(json.loads(ran.stdout))
    assert told[0]["calibration"] != told[1]["calibration"]
