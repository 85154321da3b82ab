"""A class of 60 as it comes back from an exam: honest rounding, ten kinds of mistakes, blanks, commas, a formula.

The sheets are worked out by tests/students.py with arithmetic of its own; the file has semicolons, a byte order
mark and decimal points, one student writes commas, one copies from a spreadsheet.
"""

import csv
import io
import random
from collections import Counter

import pytest
from typer.testing import CliRunner

from handcalc.cli._app import app
from students import MISTAKES, Numbers, cut, rounded, sheet

NUMBERS = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)
NAMES = ("Łukasz Żak", "李雷", "Zoë Müller", "O'Brien; Aoife", "José Núñez", "con")
MARKING = 'marking: {parts: {forward: ["h*", "o*", E], backward: ["dE_*"], update: ["*_new"]}}\n'
HONEST, MADE = 30, 20


def _students():
    """Sheets and what is planted: 30 honest ones, two for each mistake, ten with something odd."""
    rng, ways = random.Random(60), [(way(4), c) for way in (rounded, cut) for c in (True, False)]
    made = [("", sheet(NUMBERS, *ways[i % 4])) for i in range(HONEST)]
    made += [(m, sheet(NUMBERS, *rng.choice(ways), m)) for m in MISTAKES for _ in range(2)]
    for number in range(10):
        own = sheet(NUMBERS, *ways[0])
        keys = list(own)
        if number == 0:
            own = {key: text.replace(".", ",") for key, text in own.items()}
        elif number == 1:
            own["h2_in"] = "=1+1"
        elif number < 5:
            own["o1_out"] = "0.74"  # 0.7392, with half of its digits
        else:
            for key in rng.sample(keys, 9):
                own[key] = ""
        made.append(("", own))
    return made


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class marked once, with everything that there is."""
    folder = tmp_path_factory.mktemp("exam")
    (folder / "net.yaml").write_text(NUMBERS.problem(4) + MARKING, "utf-8")
    students, text = _students(), io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(["name", "id", *students[0][1]])
    for number, (_, own) in enumerate(students):
        name = NAMES[number] if number < len(NAMES) else f"Student {number}"
        writer.writerow([name, 1000 + number, *own.values()])
    (folder / "class.csv").write_bytes(text.getvalue().encode("utf-8-sig"))
    options = ["--feedback", "pages", "--decisions", "decisions.csv", "--report", "report.html"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        result = CliRunner().invoke(app, ["grade", "net.yaml", "class.csv", *options])
    assert result.exit_code == 0, result.exception
    return folder, students, " ".join(result.output.split())


@pytest.fixture
def rows(graded):
    folder, _, _ = graded
    text = (folder / "class-marks.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_rows_out_are_rows_in_and_in_their_dialect(graded, rows):
    folder, students, _ = graded

    assert [row["id"] for row in rows] == [str(1000 + i) for i in range(60)]
    assert [row["name"] for row in rows[:6]] == [
        "Łukasz Żak",
        "李雷",
        "Zoë Müller",
        "O'Brien; Aoife",
        "José Núñez",
        "con",
    ]
    assert (folder / "class-marks.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert len(students) == len(rows) == 60


def test_no_honest_student_loses_a_mark_and_none_is_named(rows):
    for row in rows[:HONEST]:
        assert row["marks"] == row["of"]
        assert not any("wrong" in cell for key, cell in row.items() if key.endswith(" verdict"))


def test_every_mistake_is_named_and_costs_one_mark(graded, rows):
    _, students, _ = graded
    for (mistake, _), row in zip(students[HONEST:-10], rows[HONEST:-10], strict=True):
        named = {
            word
            for key, cell in row.items()
            if key.endswith(" verdict") and cell.startswith("wrong: ")
            for word in cell.removeprefix("wrong: ").split(" or ")
        }
        assert mistake in named
        assert float(row["of"]) - float(row["marks"]) == 1


def test_who_writes_commas_is_read_and_a_formula_is_left_to_a_person(graded, rows):
    _, _, printed = graded
    comma, formula = rows[50], rows[51]

    assert comma["marks"] == comma["of"]
    assert "decimal comma" in printed
    assert formula["h2_in verdict"] == "undecided"
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_blanks_cost_their_own_marks_alone(rows):
    for row in rows[55:]:
        assert float(row["of"]) - float(row["marks"]) == 9


def test_one_decision_serves_all_equal_answers(graded):
    folder, _, _ = graded
    text = (folder / "decisions.csv").read_text("utf-8-sig")
    cases = list(csv.DictReader(io.StringIO(text), delimiter=";"))

    assert [(case["answer"], case["given"]) for case in cases] == [
        ("o1_out", "0.74"),
        ("h2_in", "'=1+1"),
    ]
    assert cases[0]["students"] == "3: Student 52 1052, Student 53 1053, Student 54 1054"


def test_marks_by_part_add_up(rows):
    for row in rows:
        parts = sum(float(row[f"{part} marks"]) for part in ("forward", "backward", "update"))
        assert parts == pytest.approx(float(row["marks"]))


def test_pages_are_named_in_the_script_of_the_student(graded):
    folder, _, _ = graded
    names = Counter(path.name for path in (folder / "pages").iterdir())

    assert len(names) == 60
    assert {"Łukasz-Żak-1000.html", "李雷-1001.html", "O'Brien;-Aoife-1003.html"} <= set(names)


def test_a_page_gives_no_key_away_and_redoes_the_step_with_the_numbers_of_the_student(graded):
    """Without the bias h1_in is 0.13; the key, 0.43, comes out of the step and is not a column."""
    folder, students, _ = graded
    place = next(i for i, (mistake, _) in enumerate(students) if mistake == "bias_forgotten")
    page = (folder / "pages" / f"Student-{place}-{1000 + place}.html").read_text("utf-8")

    assert "the bias was left out" in page
    assert "With the values of this sheet" in page
    assert "<th" in page
    assert ">key<" not in page


def test_the_report_says_what_the_class_did(graded):
    folder, _, printed = graded
    report = (folder / "report.html").read_text("utf-8")

    assert "60 students" in printed
    for word in MISTAKES:
        assert word in report
