"""A class: the same verdicts as sheet by sheet, rows in as rows out, and bad rows spoil no other."""

import csv
import random
import statistics

import pytest
from typer.testing import CliRunner

from handcalc.cli._app import app
from handcalc.errors import safe
from handcalc.grading.checking import check
from handcalc.grading.reading.sheet import of
from handcalc.problem import parse
from students import MISTAKES, Numbers, cut, rounded, sheet

NUMBERS = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NUMBERS.problem(4), "utf-8")
    return tmp_path


def _students():
    """Honest ones, and one with each mistake; some answers are blank."""
    rng = random.Random(3)
    sheets = [sheet(NUMBERS, way(4), c) for way in (rounded, cut) for c in (True, False)]
    sheets += [sheet(NUMBERS, rounded(4), carries=True, mistake=m) for m in MISTAKES]
    for answers in sheets[::3]:
        answers[rng.choice(list(answers))] = ""
    return sheets


def _write(path, sheets, before=("name",)):
    keys = list(sheets[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*before, *keys])
        for number, answers in enumerate(sheets):
            writer.writerow([f"Student {number}", *(answers[key] for key in keys)])


def _grade(*options):
    result = CliRunner().invoke(app, ["grade", "net.yaml", *map(str, options)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def _marks(path, between=","):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=between))


def test_a_class_is_marked_as_each_sheet_alone(folder):
    sheets = _students()
    _write(folder / "class.csv", sheets)
    _grade("class.csv")
    rows = _marks(folder / "class-marks.csv")

    assert [row["name"] for row in rows] == [f"Student {i}" for i in range(len(sheets))]
    for row, answers in zip(rows, sheets, strict=True):
        alone = check(parse(NUMBERS.problem(4)), of(answers))
        assert float(row["marks"]) == pytest.approx(alone.marks)
        for entry in alone.entries:
            if entry.key in answers:
                verdict = entry.verdict.name.lower()
                named = f"{verdict}: {entry.mistake}" if entry.mistake else verdict
                assert row[f"{entry.key} verdict"] == named


def test_the_report_counts_what_was_planted(folder):
    sheets = _students()
    _write(folder / "class.csv", sheets)
    report = _grade("class.csv", "--all")
    rows = _marks(folder / "class-marks.csv")
    marks = [float(row["marks"]) for row in rows]
    right = [float(row["h1_in"]) for row in rows]
    rest = [m - r for m, r in zip(marks, right, strict=True)]

    assert f"{len(sheets)} students; mean {round(statistics.mean(marks), 2):g} of" in report
    line = next(line for line in report.splitlines() if line.split()[:1] == ["h1_in"])
    assert f"{100 * statistics.mean(right):.0f} %" in line
    assert f"{statistics.correlation(right, rest):.2f}" in line
    for mistake in MISTAKES:
        assert mistake in report


def test_bad_rows_are_said_with_their_lines_and_spoil_no_other(folder):
    sheets = _students()[:6]
    _write(folder / "good.csv", sheets)
    named = (folder / "good.csv").read_text("utf-8").replace("Student 1", "Stüdent 1")
    (folder / "good.csv").write_text(named, "utf-8")
    lines = (folder / "good.csv").read_bytes().splitlines(keepends=True)
    bad = [
        b'"never closed,1,2\r\n',
        b"too,few\r\n",
        b"Z\x00ero," + b"0.43," * (len(sheets[0]) - 1) + b"1\r\n",
        b"\xff\xfe,1\r\n",
        b"x" * (2 * 2**20) + b"\r\n",
    ]
    mixed = [lines[0]]
    for good, poor in zip(lines[1:], [*bad, b""], strict=True):
        mixed += [good, poor]
    (folder / "mixed.csv").write_bytes(b"".join(mixed))
    report = _grade("mixed.csv")
    _grade("good.csv")
    rows, good = _marks(folder / "mixed-marks.csv"), _marks(folder / "good-marks.csv")

    assert len(rows) == 11
    assert [r["marks"] for r in rows if not r["remark"]] == [r["marks"] for r in good]
    assert [r["line"] for r in rows] == [str(i) for i in range(2, 13)]
    said = [r["remark"] for r in rows if r["remark"]]
    assert said[0] == "has a quote that is not closed; not marked"
    assert said[1].startswith("has 2 cells")
    assert said[2] == "holds a NUL byte"
    assert said[3].startswith("is not UTF-8 text")
    assert said[4] == "is longer than 1024 kB"
    assert "line 3: has a quote" in " ".join(report.split())


def test_a_name_over_several_lines_stays_one_row(folder):
    sheets = _students()[:2]
    _write(folder / "class.csv", sheets)
    text = (folder / "class.csv").read_text("utf-8").replace("Student 0", '"Student\n0, the first"')
    (folder / "class.csv").write_text(text, "utf-8")
    _grade("class.csv")

    assert len(_marks(folder / "class-marks.csv")) == 2


def test_the_same_class_gives_the_same_file(folder):
    _write(folder / "class.csv", _students() * 3)
    _grade("class.csv", "-o", "a.csv")
    _grade("class.csv", "-o", "b.csv")

    assert (folder / "a.csv").read_bytes() == (folder / "b.csv").read_bytes()


def test_chunks_change_nothing(folder, monkeypatch):
    from handcalc.grading import cohort

    _write(folder / "class.csv", _students() * 2)
    _grade("class.csv", "-o", "whole.csv")
    monkeypatch.setattr(cohort, "CHUNK", 5)
    _grade("class.csv", "-o", "parts.csv")

    assert (folder / "whole.csv").read_bytes() == (folder / "parts.csv").read_bytes()


@pytest.mark.parametrize("name", ['=HYPERLINK("x")', "+1", "-1", "@sum", "\t=1"])
def test_no_cell_begins_with_a_formula(name, folder):
    _write(folder / "class.csv", _students()[:1])
    text = (
        (folder / "class.csv")
        .read_text("utf-8")
        .replace("Student 0", '"' + name.replace('"', '""') + '"')
    )
    (folder / "class.csv").write_text(text, "utf-8")
    _grade("class.csv")
    with (folder / "class-marks.csv").open(encoding="utf-8", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]

    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for cell in cells)
    assert safe(name).startswith("'")


def test_marking_again_says_whose_marks_changed(folder):
    """With 3 marks for h1_in, whoever has it right has 2 marks more; the others are not named."""
    _write(folder / "class.csv", _students())
    _grade("class.csv")
    before = _marks(folder / "class-marks.csv")
    again = _grade("class.csv", "--force")
    text = NUMBERS.problem(4) + "marking: {marks: {h1_in: 3}}\n"
    (folder / "net.yaml").write_text(text, "utf-8")
    changed = " ".join(_grade("class.csv", "--force").split())
    right = {row["name"]: float(row["marks"]) for row in before if row["h1_in"] == "1"}

    assert "no marks of 14 rows changed" in " ".join(again.split())
    assert 0 < len(right) < 14
    for row in before:
        marks = float(row["marks"])
        line = f"{row['name']}: {marks:g} → {marks + 2:g} marks."
        assert (line in changed) == (row["name"] in right)


def test_nothing_is_overwritten_unasked_and_nothing_is_left_behind(folder):
    _write(folder / "class.csv", _students()[:1])
    _grade("class.csv")
    result = CliRunner().invoke(app, ["grade", "net.yaml", "class.csv"])

    assert "is there already" in str(result.exception)
    assert sorted(p.name for p in folder.iterdir()) == ["class-marks.csv", "class.csv", "net.yaml"]


def test_a_folder_of_sheets_and_feedback_pages(folder):
    (folder / "sheets").mkdir()
    for number, answers in enumerate(_students()[:3]):
        text = "".join(f"{key} = {value}\n" for key, value in answers.items())
        (folder / "sheets" / f"s{number}.txt").write_text(
            f"name = Student {number}\n{text}", "utf-8"
        )
    (folder / "sheets" / "s3.json").write_text("{broken", "utf-8")
    _grade("sheets", "--feedback", "pages", "--pages", "markdown")
    rows = _marks(folder / "sheets-marks.csv")
    pages = sorted((folder / "pages").iterdir())

    assert [row["file"] for row in rows] == ["s0.txt", "s1.txt", "s2.txt", "s3.json"]
    assert "is no JSON" in rows[3]["remark"]
    assert len(pages) == 4
    assert pages[0].read_text("utf-8").startswith("# s0.txt Student 0: ")


def test_columns_that_are_no_answers_are_carried_along_or_named(folder):
    sheets = [{"h1_in": "0.43", "h1_outt": "0.6059"}]
    _write(folder / "class.csv", sheets)
    report = " ".join(_grade("class.csv").split())

    assert "'h1_outt', is no answer; did you mean 'h1_out'?" in report
    assert _marks(folder / "class-marks.csv")[0]["h1_outt"] == "0.6059"


def test_columns_apart_by_semicolons_with_commas_in_numbers(folder):
    (folder / "class.csv").write_text("name;h1_in;h1_out\nA;0,43;0,6059\n", "utf-8")
    _grade("class.csv", "--decimal", "comma")

    assert _marks(folder / "class-marks.csv", ";")[0]["marks"] == "2"


def test_keys_of_cells_between_semicolons(folder):
    (folder / "net.yaml").write_text(
        "input: [[1, 2], [3, 4]]\nlayers: [{zero_padding2d: {name: y, padding: [[0, 0], [0, 1]]}}]\nask: [forward]\n",
        "utf-8",
    )
    (folder / "class.csv").write_text('name;"y[1,1]";"y[2,2]";y[1,3]\nA;1;4;5\n', "utf-8")
    _grade("class.csv", "--feedback", "pages", "--pages", "markdown")
    row = _marks(folder / "class-marks.csv", ";")[0]
    page = next((folder / "pages").iterdir()).read_text("utf-8")

    assert (row["marks"], row["of"]) == ("0.3333", "0.5")
    assert "0.33 of 0.5 marks" in page


def test_a_quote_inside_a_name_stays_in_its_row(folder):
    _write(folder / "class.csv", _students()[:3])
    text = (folder / "class.csv").read_text("utf-8").replace("Student ", 'O"Brien ')
    (folder / "class.csv").write_text(text, "utf-8")
    _grade("class.csv")

    assert len(_marks(folder / "class-marks.csv")) == 3


def test_sheets_of_a_folder_are_marked_as_each_alone(folder):
    """Commas, shapes in brackets and steps on the way included."""
    answers = {key: text.replace(".", ",") for key, text in _students()[7].items() if text}
    answers["do1_out_do1_in"] = "0,1928"
    (folder / "sheets").mkdir()
    lines = "".join(f"{key} = {text}\n" for key, text in answers.items())
    (folder / "sheets" / "a.txt").write_text(f"decimal = comma\n{lines}", "utf-8")
    _grade("sheets")
    alone = check(parse(NUMBERS.problem(4)), of({"decimal": "comma", **answers}))
    row = _marks(folder / "sheets-marks.csv")[0]

    assert float(row["marks"]) == pytest.approx(alone.marks)
    assert row["do1_out_do1_in verdict"] == "right"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,h1_in\n", ""),
        ("name,h1_in\n,\n", ", 1 row without any text left out"),
    ],
)
def test_a_class_without_rows(text, said, folder):
    (folder / "class.csv").write_text(text, "utf-8")

    assert "There are no rows." in _grade("class.csv")
    assert said.removeprefix(", ") in _grade("class.csv", "--force")


@pytest.mark.parametrize(
    "command",
    [
        ["grade", "net.yaml", "class.csv", "-o", "class.csv", "--force"],
        ["check", "net.yaml", "one.txt", "-o", "one.txt", "--force"],
        ["sheet", "net.yaml", "-o", "net.yaml", "--force"],
        ["solve", "net.md", "-o", "net.md", "--force"],
        ["show", "net.md", "-o", "net.md", "--force"],
    ],
)
def test_what_is_read_is_never_written_over(command, folder):
    (folder / "class.csv").write_text("name,h1_in\nA,0.43\n", "utf-8")
    (folder / "one.txt").write_text("h1_in = 0.43\n", "utf-8")
    (folder / "net.md").write_bytes((folder / "net.yaml").read_bytes())
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = CliRunner().invoke(app, command)

    assert "is what is read here" in str(result.exception)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
