"""Decisions of people: kept, applied on every marking, and said; pages of feedback give away what they should."""

import csv
import io

import pytest
from typer.testing import CliRunner

from handcalc.cli._app import app
from handcalc.errors import FileError
from students import Numbers

NUMBERS = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)
CLASS = "name,h1_in,h1_out\nAnna,0.43,0.61\nBen,0.43,0.61\nEva,four,0.6059\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NUMBERS.problem(4), "utf-8")
    (tmp_path / "class.csv").write_text(CLASS, "utf-8")
    return tmp_path


def _grade(*options):
    command = ["grade", "net.yaml", "class.csv", "--decisions", "d.csv", "--force", *options]
    result = CliRunner().invoke(app, command)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return " ".join(result.output.split())


def _marks(folder):
    text = (folder / "class-marks.csv").read_text("utf-8")
    return {row["name"]: row for row in csv.DictReader(io.StringIO(text))}


def _filled(folder, decide, more=""):
    """The file of decisions with a decision for each row, and further rows."""
    lines = (folder / "d.csv").read_text("utf-8").splitlines()
    rows = [line + decide(line) for line in lines[1:]]
    (folder / "d.csv").write_text("\n".join([lines[0], *rows, more]) + "\n", "utf-8")


def test_one_row_decides_for_all_who_typed_the_same(folder):
    """0.61 for 0.6059, by Anna and by Ben: one row, first of the file; with it each has 2 marks, not 1."""
    _grade()
    rows = list(csv.DictReader(io.StringIO((folder / "d.csv").read_text("utf-8"))))
    assert [(row["answer"], row["given"], row["students"]) for row in rows] == [
        ("h1_out", "0.61", "2: Anna, Ben"),
        ("h1_in", "four", "1: Eva"),
    ]
    _filled(folder, lambda line: "right" if "0.61" in line else "")
    printed = _grade()

    assert [row["marks"] for row in _marks(folder).values()] == ["2", "2", "1"]
    assert "2 answers are as a person decided; that changes the marks of Anna, Ben" in printed
    assert _marks(folder)["Anna"]["h1_out verdict"] == "right, decided by a person"
    assert "d.csv holds 1 case to be decided" in printed


def test_what_a_person_wrote_stays_through_every_marking(folder):
    """A column of one's own and a row that fits nobody any more are there after three markings."""
    _grade()
    text = (folder / "d.csv").read_text("utf-8").splitlines()
    lines = [f"{text[0]},remark", f"{text[1]}wrong,talked to Anna", f"{text[2]},later"]
    (folder / "d.csv").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "class.csv").write_text(CLASS.replace("Eva,four", "Eva,five"), "utf-8")
    for _ in range(3):
        _grade()
    rows = list(csv.DictReader(io.StringIO((folder / "d.csv").read_text("utf-8"))))

    assert [(row["given"], row["decision"], row["remark"]) for row in rows] == [
        ("0.61", "wrong", "talked to Anna"),
        ("four", "", "later"),
        ("five", "", ""),
    ]


@pytest.mark.parametrize(
    ("decision", "marks", "verdict"),
    [("1", "2", "right"), ("0.5", "1.5", "wrong"), ("1/2", "1.5", "wrong"), ("0", "1", "wrong")],
)
def test_a_number_of_marks_is_right_only_if_it_is_all_of_them(decision, marks, verdict, folder):
    _grade()
    _filled(folder, lambda line: decision if "0.61" in line else "")
    _grade()

    assert _marks(folder)["Ben"]["marks"] == marks
    assert _marks(folder)["Ben"]["h1_out verdict"] == f"{verdict}, decided by a person"


def test_marks_beyond_those_that_there_are_are_said(folder):
    _grade()
    _filled(folder, lambda line: "7" if "0.61" in line else "")

    assert "7 marks for h1_out are more than there are" in _grade()
    assert _marks(folder)["Ben"]["marks"] == "2"


def test_a_decision_that_fits_nobody_is_said(folder):
    """A row that a person adds needs the answer, what was typed and the decision; a typo in it is said."""
    (folder / "d.csv").write_text("answer,given,decision\nh9_in,0.43,right\nh1_out,0.6059,wrong\n")

    assert "1 decision that no answer of this class fits: h9_in 0.43" in _grade()
    assert _marks(folder)["Eva"]["h1_out verdict"] == "wrong, decided by a person"


def test_all_that_is_no_decision_is_said_with_its_line(folder):
    (folder / "d.csv").write_text(
        "answer,given,decision\nE,1,wromg\nE,2,right\nE,2,wrong\nE,3,-1\n"
    )
    with pytest.raises(FileError) as caught:
        _grade()
    message = str(caught.value)

    assert "d.csv:2: 'wromg' is no decision; write right, follows, wrong" in message
    assert "d.csv:4: E 2 is decided twice" in message
    assert "d.csv:5: '-1' is no decision" in message


def test_a_file_that_a_spreadsheet_has_saved_is_read(folder):
    """Semicolons, Windows text, and numbers with other zeros: the name of the case still says which it is."""
    _grade()
    rows = list(csv.reader(io.StringIO((folder / "d.csv").read_text("utf-8"))))
    rows[1][2], rows[1][-1] = "0,610", "right"
    text = "\r\n".join(";".join(row) for row in rows)
    (folder / "d.csv").write_bytes(text.encode("cp1252"))
    _grade()

    assert _marks(folder)["Anna"]["marks"] == "2"


# --- feedback --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("openness", "key_is_there", "solution_is_there"),
    [("hints", False, False), ("steps", True, False), ("solution", True, True)],
)
def test_a_page_gives_away_what_the_author_wants(openness, key_is_there, solution_is_there, folder):
    """From h1_in = 0.43, right, comes 0.605873…; Dora has 0.7."""
    (folder / "class.csv").write_text("name,h1_in,h1_out\nDora,0.43,0.7000\n", "utf-8")
    _grade("--feedback", "pages", "--openness", openness, "--pages", "markdown")
    page = (folder / "pages" / "Dora.md").read_text("utf-8")

    assert ("0.6058" in page or "0.6059" in page) == key_is_there
    assert ("The solution:" in page) == solution_is_there
    assert ("Look at this step again" in page) == (openness == "hints")
    assert "handcalc" not in page


def test_every_student_with_the_same_wrong_answer_gets_its_solution(folder):
    (folder / "class.csv").write_text("name,h1_out\nDora,0.7000\nEmil,0.7000\n", "utf-8")
    _grade("--feedback", "pages", "--openness", "solution", "--pages", "markdown")
    pages = [(folder / "pages" / f"{name}.md").read_text("utf-8") for name in ("Dora", "Emil")]

    assert pages[0].replace("Dora", "Emil") == pages[1]
    assert pages[0].count("The solution:") == 1
