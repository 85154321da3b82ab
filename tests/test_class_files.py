"""Classes as they come: whatever program wrote the file, its rows are read, or it says what to write.

The problem has two answers that are known by hand: h1_out = 0.034·1 + 0.6·2 = 1.234 and
h2_out = 0.23·1 + 0.1·2 = 0.43.
"""

import csv
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from handcalc.cli import _writing
from handcalc.cli._app import app
from handcalc.errors import FileError, HandcalcError, safe
from handcalc.grading.pages.feedback import Pages
from handcalc.grading.reading import attempts, excel, source
from handcalc.grading.reading.decimal_signs import habit
from handcalc.grading.reading.roster import Roster
from handcalc.grading.reading.rows import Table
from handcalc.grading.reading.source import Source
from handcalc.grading.scheme import Scheme
from handcalc.problem import parse

ROOT = Path(__file__).parent.parent
PROBLEM = """\
input: [1, 2]
layers: [{dense: {name: h, weights: [[0.034, 0.6], [0.23, 0.1]]}}]
ask: [forward]
rounding: {decimals: 3}
"""
SCHEME = Scheme(parse(PROBLEM))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.yaml").write_text(PROBLEM, "utf-8")
    return tmp_path


def run(command, *options):
    result = CliRunner().invoke(app, [command, "p.yaml", *map(str, options)])
    if isinstance(result.exception, HandcalcError):
        raise result.exception
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return " ".join(result.output.split())


def grade(content, *options, name="class.csv", encoding="utf-8", between=","):
    """The report of a class, and the rows of its marks by their headings."""
    Path(name).write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    report = run("grade", name, "-o", "marks.csv", "--force", *options)
    text = Path("marks.csv").read_bytes().decode(encoding).removeprefix("\ufeff")
    return report, list(csv.DictReader(io.StringIO(text), delimiter=between))


def marks(rows):
    return [float(row["marks"].replace(",", ".")) for row in rows]


def verdicts(row):
    return row["h1_out verdict"], row["h2_out verdict"]


# --- encodings and separators ------------------------------------------------------------------------


@pytest.mark.parametrize("between", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize(
    ("encoding", "mark", "said"),
    [
        ("utf-8", b"", ""),
        ("utf-8", b"\xef\xbb\xbf", ""),
        ("utf-16-le", b"\xff\xfe", "is read as UTF-16"),
        ("utf-16-be", b"\xfe\xff", "is read as UTF-16"),
        ("utf-16-le", b"", "is read as UTF-16"),
        ("utf-32-le", b"\xff\xfe\0\0", "is read as UTF-32"),
        ("cp1252", b"", "is read as Windows text (cp1252)"),
    ],
)
def test_a_class_is_read_in_the_encoding_in_which_it_comes_and_marked_in_it(
    encoding, mark, said, between, folder
):
    text = "name,h1_out,h2_out\r\nJosé Müller,1.234,0.43\r\nZoë,1.5,0.43\r\n".replace(",", between)
    Path("class.csv").write_bytes(mark + text.encode(encoding))
    report = run("grade", "class.csv")
    written = Path("class-marks.csv").read_bytes()
    rows = list(
        csv.DictReader(io.StringIO(written.removeprefix(mark).decode(encoding)), delimiter=between)
    )

    assert written.startswith(mark)
    assert [row["name"] for row in rows] == ["José Müller", "Zoë"]
    assert marks(rows) == [2, 1]
    assert said in report
    assert said or "is read as" not in report


def test_lines_that_old_macs_ended_are_lines(folder):
    _, rows = grade(b"name,h1_out,h2_out\rA,1.234,0.43\rB,1.234,\r")

    assert marks(rows) == [2, 1]


def test_the_line_in_which_excel_names_the_separator_is_no_row_of_keys(folder):
    _, rows = grade("sep=;\nname;h1_out;h2_out\nA;1.234;0.43\n", between=";")

    assert (marks(rows), rows[0]["line"]) == ([2], "3")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Excel file"),
        (b"%PDF-1.7\n%\xe2\xe3\n", "is a PDF"),
        (b"\x1f\x8b\x08" + bytes(range(256)), "is compressed"),
        (bytes(range(256)) * 8, "is no text"),
        (bytes(4096), "is no text"),
        ("name,h1_out\nA,1.234\n".encode("cp500"), "none of its 1 column"),
        ("name,h1_out\nA,1.234\n".encode("utf-7").replace(b"_", b"+AF8-"), "none of its"),
    ],
    ids=["xls", "pdf", "gzip", "bytes", "zeros", "EBCDIC", "UTF-7"],
)
def test_what_is_in_no_known_encoding_is_an_error_and_no_class_of_zeros(content, said, folder):
    Path("class.csv").write_bytes(content)
    with pytest.raises(FileError, match=said):
        run("grade", "class.csv")

    assert not Path("class-marks.csv").exists()


def test_one_line_in_another_encoding_is_said_and_read(folder):
    content = "name,h1_out,h2_out\nŁukasz,1.234,0.43\n".encode() + b"Jos\xe9,1.234,0.43\n"
    report, rows = grade(content)

    assert [row["name"] for row in rows] == ["Łukasz", "José"]
    assert marks(rows) == [2, 2]
    assert "line 3: is not UTF-8 text" in report


# --- decimal commas ----------------------------------------------------------------------------------


def test_a_class_with_semicolons_and_decimal_commas_needs_no_option(folder):
    """1,234 may be thousands; that of A is decided by her 0,43, that of B by the column of the others."""
    text = "name;h1_out;h2_out\nA;1,234;0,43\nB;1,234;\nC;1,5;0,43\n"
    report, rows = grade(text, between=";")

    assert marks(rows) == [2, 1, 1]
    assert "decimal commas are read in 2 rows (lines 2, 4)" in report
    assert "as the rest of their columns: 1 row (line 3)" in report
    # Half of an answer's marks would be written with a comma, as the class writes its numbers.
    assert {row["marks"] for row in rows} == {"2", "1"}


def test_marks_have_the_decimal_sign_of_the_class(folder):
    Path("p.yaml").write_text(PROBLEM + "marking: {marks: {h1_out: 0.5}}\n", "utf-8")
    _, commas = grade("name;h1_out;h2_out\nA;1,234;0,5\n", between=";")
    _, points = grade("name;h1_out;h2_out\nA;1.234;0.5\n", between=";")

    assert (commas[0]["marks"], points[0]["marks"]) == ("0,5", "0.5")
    assert (commas[0]["of"], points[0]["of"]) == ("1,5", "1.5")


def test_one_student_who_writes_commas_in_a_class_of_points_is_read(folder):
    report, rows = grade('name,h1_out,h2_out\nA,1.234,0.43\nB,"1,234","0,43"\nC,1.234,0.43\n')

    assert marks(rows) == [2, 2, 2]
    assert "decimal commas are read in 1 row (line 3)" in report


def test_a_comma_beside_decimal_points_stands_between_thousands(folder):
    report, rows = grade('name,h1_out,h2_out\nA,"1,234",0.43\n')

    assert verdicts(rows[0])[0].startswith("wrong")
    assert "numbers such as 1,234 are whole thousands in 1 row (line 2)" in report


def test_a_comma_of_which_nothing_says_what_it_is_is_left_to_a_person_unless_somebody_says_it(
    folder,
):
    text = 'name,h1_out,h2_out\nA,"1,234",\n'
    report, rows = grade(text)
    _, comma = grade(text, "--decimal", "comma")
    _, point = grade(text, "--decimal", "point")

    assert verdicts(rows[0]) == ("undecided", "blank")
    assert "left to a person in 1 row (line 2); --decimal comma or --decimal point" in report
    assert verdicts(comma[0])[0] == "right"
    assert verdicts(point[0])[0].startswith("wrong")


def test_columns_of_which_one_has_commas_and_one_points_are_both_read(folder):
    report, rows = grade('name,h1_out,h2_out\nA,1.2340,"0,43"\nB,1.2340,"0,43"\n')

    assert marks(rows) == [2, 2]
    assert "decimal commas and points are read, both of them, in 2 rows (lines 2, 3)" in report


@pytest.mark.parametrize(
    ("cells", "comma"),
    [
        (["0,43"], True),
        (["= -0,0117"], True),
        (["1.234,5"], True),
        (["1.234.567"], True),
        (["0.43"], False),
        (["1,234.5"], False),
        (["1,234,567"], False),
        (["1,234"], None),
        (["1.234"], None),
        (["0,43", "0.43"], None),
        (["1,234", "0,43"], True),
        (["1,2,3"], None),
        (["Müller, Hans"], None),
        (["12", ""], None),
    ],
)
def test_whether_a_comma_is_a_decimal_sign(cells, comma):
    """Thousands come in threes, behind one to three digits of which the first is not 0."""
    assert habit(cells) is comma


def test_a_sheet_decides_by_its_other_answers_as_a_row_does(folder):
    Path("a.txt").write_text("decimal = point\nh1_out = 1,234\nh2_out = 0,43\n", "utf-8")
    Path("b.txt").write_text("h1_out = 1,234\n", "utf-8")
    report = run("check", "a.txt")

    assert "2 of 2 marks" in report
    assert "decimal commas are read" in report
    assert "a person decides" in run("check", "b.txt")
    assert "1 of 2 marks" in run("check", "b.txt", "--decimal", "comma")


# --- headings ----------------------------------------------------------------------------------------


def test_a_file_without_headings_says_which_line_to_write(folder):
    Path("class.csv").write_text("Anna,1.234,-0.0117\nBob,1.234,-0.0117\n", "utf-8")
    with pytest.raises(FileError) as error:
        run("grade", "class.csv")

    line = str(error.value).rsplit(": ", 1)[1]
    assert "has no line of names" in str(error.value)
    assert line == "name,h1_out,h2_out"
    _, rows = grade(f"{line}\nAnna,1.234,0.43\n")
    assert marks(rows) == [2]


def test_a_file_without_headings_in_semicolons_is_told_semicolons(folder):
    Path("class.csv").write_text("Anna;0,1;0,2\n", "utf-8")
    with pytest.raises(FileError, match="above them: name;h1_out;h2_out"):
        run("grade", "class.csv")


def test_a_file_whose_headings_are_no_keys_is_refused_and_says_what_keys_are(folder):
    Path("class.csv").write_text("name,group\nA,1\n", "utf-8")
    with pytest.raises(
        FileError, match=r"none of its 2 columns .* write keys such as h1_out, h2_out"
    ):
        run("grade", "class.csv")


@pytest.mark.parametrize("second", ["h1_out", "h1_out@1", "Question 3: h1_out"])
def test_two_columns_of_one_answer_are_named_both(second, folder):
    Path("class.csv").write_text(f"name,h1_out,{second}\nA,1.234,9\n", "utf-8")
    if second.startswith("Question"):
        # The column that bears the key is the answer; a heading that only speaks of it is not.
        assert "of 1 marks" in run("grade", "class.csv")
        return
    with pytest.raises(FileError, match=rf"columns 2, 'h1_out', and 3, '{second}', are the same"):
        run("grade", "class.csv")


def test_columns_about_the_student_are_carried_and_may_be_called_alike(folder):
    _, _rows = grade("id,name,note,h1_out,note,h2_out\n7,A,x,1.234,y,0.43\n")
    written = Path("marks.csv").read_text("utf-8").splitlines()

    assert written[0].startswith("id,name,note,note,line,marks")
    assert written[1].startswith("7,A,x,y,2,2,2")


# --- what learning platforms write -------------------------------------------------------------------

MOODLE = (
    '"Last name","First name","Email address",Status,Started,Completed,Duration,Grade/10.00,'
    '"Response 1","Response 2"\n'
    'Nowak,Anna,a@x.edu,Finished,"1 June 2026  9:00 AM","1 June 2026  9:30 AM","30 mins",5.00,'
    "1.234,0.43\n"
    'Żak,Łukasz,l@x.edu,Finished,"1 June 2026  9:00 AM","1 June 2026  9:30 AM","30 mins",5.00,'
    "1.234,-\n"
)
CANVAS = (
    "name,id,sis_id,section,section_id,section_sis_id,submitted,attempt,"
    '"101: <p>h1_out, with x\n  as given</p>",1.0,102: h2_out,1.0,n correct,n incorrect,score\n'
    "Alice Smith,11,A1,Sec A,5,,2026-09-25 20:00:00 UTC,1,1.1,0.0,0.43,1.0,0,1,0.0\n"
    "Alice Smith,11,A1,Sec A,5,,2026-09-25 23:30:00 UTC,2,1.234,1.0,0.43,1.0,1,0,1.0\n"
)
GRADESCOPE = (
    "First Name,Last Name,SID,Email,Sections,Total Score,Max Points,Status,Submission ID,"
    "Submission Time,1: h1_out (1.0 pts),2: h2_out (1.0 pts)\n"
    "Ada,Lovelace,101,ada@x.edu,,8.0,12.0,Graded,128,2026-06-25 13:16:26 -0600,1.234,0.5\n"
)


def test_responses_of_moodle_are_the_answers_in_their_order(folder):
    report, rows = grade(MOODLE)

    assert marks(rows) == [2, 1]
    assert (
        "'Response 1' to 'Response 2' read as the answers in their order: h1_out, h2_out" in report
    )
    assert rows[1]["First name"] == "Łukasz"


def test_parts_of_a_question_with_gaps_are_the_answers_in_their_order(folder):
    head = "Surname,First name,State,Grade/10.00,Response 1\n"
    text = (
        f"{head}Nowak,Anna,Finished,5.00,part 1: 1.234; part 2: 0.43\n"
        'Żak,Ł,Finished,5.00,"part 1: 1,5; part 2: 0,43"\n'
        "Kim,A,Finished,5.00,part 1: ; part 2: 0.43\nLee,B,In progress,-,-\n"
    )
    report, rows = grade(text)
    alone = head + "Nowak,Anna,Finished,5.00,part 1: 1.234; part 2: 0.43\n"

    assert marks(rows) == [2, 1, 1, 0]
    assert verdicts(rows[2]) == ("blank", "right")
    assert "the parts of 'Response 1' read as the answers in their order" in report
    assert "2 of 2 marks" in run("check", _written("one.csv", alone))


def test_responses_beside_questions_and_right_answers_in_another_language(folder):
    text = (
        "Nachname,Vorname,Frage 1,Antwort 1,Richtige Antwort 1,Frage 2,Antwort 2,Richtige Antwort 2\n"
        "Żak,Ł,Was ist h?,1.234,9,Und?,0.43,9\n"
    )
    _, rows = grade(text)

    assert marks(rows) == [2]


def test_as_many_responses_as_there_are_no_answers_are_not_guessed(folder):
    Path("class.csv").write_text("name,Response 1,Response 2,Response 3\nA,1.234,0.43,1\n", "utf-8")
    with pytest.raises(
        FileError, match=r"'Response 1' to 'Response 3': 3 responses, where there are 2 answers"
    ):
        run("grade", "class.csv")


def test_questions_of_canvas_are_the_answers_that_they_name(folder):
    report, rows = grade(CANVAS)

    assert marks(rows) == [1, 2]
    assert "2 columns read as the answers that they name" in report
    assert [row["line"] for row in rows] == ["3", "4"]


def test_columns_of_gradescope_are_the_answers_that_they_name(folder):
    _, rows = grade(GRADESCOPE)

    assert marks(rows) == [1]
    assert rows[0]["SID"] == "101"


def test_a_key_that_is_a_letter_is_not_found_in_words(folder):
    """The loss of net-2-2-2 is E; `Group E` and `E-Mail` speak of something else, `12: E` does not."""
    head = "name,Group E,E-Mail,12: E,Response 3 h1_in\nA,1,a@x,0.5,0.43\n"
    Path("class.csv").write_text(head, "utf-8")
    result = CliRunner().invoke(app, ["grade", "net-2-2-2", "class.csv"])
    with Path("class-marks.csv").open(encoding="utf-8", newline="") as file:
        written = next(csv.reader(file))

    assert result.exit_code == 0
    assert written[:4] == ["name", "Group E", "E-Mail", "line"]
    assert [cell for cell in written if cell in ("E", "h1_in")] == ["h1_in", "E"]


# --- students who are there more than once -------------------------------------------------------------


def test_a_student_who_is_there_twice_is_said_with_both_lines(folder):
    report, rows = grade("name,h1_out\nAnna,1.234\nBob,1.234\nanna ,1\n")

    assert len(rows) == 3
    assert "is there twice (lines 2, 4); every row is marked" in report


def test_two_students_of_one_name_and_two_ids_are_two(folder):
    report, _ = grade("name,id,h1_out\nJan Novák,1,1.234\nJan Novák,2,1.234\nJan Novak,2,1\n")

    assert report.count("is there twice") == 1
    assert "(lines 3, 4)" in report


@pytest.mark.parametrize(
    ("choice", "kept"), [("last", [("Anna", 0), ("Bob", 1)]), ("best", [("Bob", 1), ("Anna", 1)])]
)
def test_one_attempt_is_chosen(choice, kept, folder):
    """Anna is right first and wrong then; the last is hers on line 4, the best on line 3."""
    text = "name,h1_out\nBob,7\nBob,1.234\nAnna,1.234\nAnna,9\n"
    if choice == "last":
        text = "name,h1_out\nAnna,1.234\nBob,7\nAnna,9\nBob,1.234\n"
    report, rows = grade(text, "--attempt", choice)

    assert [(row["name"], float(row["marks"])) for row in rows] == kept
    assert f"of each student the {choice} attempt is marked; left out: 2 rows" in report
    assert "2 students; mean" in report


def test_the_last_attempt_is_that_with_the_highest_number_where_a_column_says_it(folder):
    _, rows = grade("id,attempt,h1_out\n7,2,1.234\n7,1,9\n", "--attempt", "last")

    assert (len(rows), marks(rows)) == (1, [1])


def test_students_are_found_again_across_any_number_of_others(folder, monkeypatch):
    monkeypatch.setattr(attempts, "RECENT", 4)
    names = [f"s{i}" for i in range(30)]
    names[17], names[29], names[3] = "s2", "s2", "s1"
    report, _ = grade("name,h1_out\n" + "".join(f"{name},1.234\n" for name in names))

    assert "s2 is there three times (lines 4, 19, 31)" in report
    assert "s1 is there twice (lines 3, 5)" in report


# --- Excel -------------------------------------------------------------------------------------------


def workbook(name, *rows, more=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title in more:
        book.create_sheet(title)
    book.save(name)


def test_a_class_in_excel_is_read_and_blank_rows_are_nobodys(folder):
    workbook(
        "class.xlsx",
        ["name", "h1_out", "h2_out"],
        ["Łukasz", 1.234, 0.43],
        [],
        ["B", "1,234", "0,43"],
    )
    run("grade", "class.xlsx")
    content = Path("class-marks.csv").read_bytes()
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    # Excel knows UTF-8 by the mark alone.
    assert content.startswith(b"\xef\xbb\xbf")
    assert [row["line"] for row in rows] == ["2", "4"]
    assert [row["marks"] for row in rows] == ["2", "2"]


def test_a_number_in_excel_has_the_digits_that_excel_shows(folder):
    """0.1 + 0.2 is 0.30000000000000004 in binary; Excel keeps 15 digits of it."""
    workbook("a.xlsx", ["name", "h1_out", "h2_out"], ["A", 0.1 + 0.2, 1e-5])
    with Source(Path("a.xlsx")) as opened:
        rows = list(excel.Workbook(opened).rows())

    assert list(rows[0].cells) == ["A", "0.3", "1e-05"]


def test_a_formula_whose_result_was_not_kept_is_said_and_not_worked_out(folder):
    workbook("class.xlsx", ["name", "h1_out", "h2_out"], ["A", "=1+0.234", 0.43], more=["two"])
    report = run("grade", "class.xlsx")

    assert "1 formula without a kept result (B2); save the file once in Excel" in report
    assert "the first of 2 worksheets is read" in report
    assert "1 answer for a person to decide" in report


def _changed(name, part, content):
    """The workbook with one part in place of another."""
    with zipfile.ZipFile(name) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[part] = content(parts.get(part, b"")) if callable(content) else content
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for own, text in parts.items():
            archive.writestr(own, text)


SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("xl/media/bomb.bin", bytes(3 * 2**20), "unpacks to more than 1 MB"),
        (SHEET, lambda xml: b"<!DOCTYPE x [<!ENTITY a 'aaaa'>]>" + xml, "no Excel file"),
        (SHEET, lambda xml: xml.replace(b'r="2"', b'r="999999999"'), "has more than"),
        (SHEET, lambda xml: xml.replace(b'r="B2"', b'r="ZZZ2"'), "has more than"),
        (SHEET, lambda xml: xml[:-40], "no Excel file"),
        ("xl/workbook.xml", b"", "no Excel file"),
    ],
    ids=["zip bomb", "entities", "rows", "columns", "cut off", "no workbook"],
)
def test_hostile_workbooks_end_in_one_message(part, content, said, folder, monkeypatch):
    monkeypatch.setattr(excel, "MAX_BYTES", 2**20)
    workbook("class.xlsx", ["name", "h1_out"], ["A", 1.234])
    _changed("class.xlsx", part, content)
    start = time.perf_counter()
    with pytest.raises(FileError, match=said):
        run("grade", "class.xlsx")

    assert time.perf_counter() - start < 20


def test_an_archive_that_is_no_workbook_is_refused(folder):
    with zipfile.ZipFile("class.xlsx", "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(FileError, match="is no Excel file"):
        run("grade", "class.xlsx")


def test_without_openpyxl_one_line_says_how_to_install_it(folder, monkeypatch):
    workbook("class.xlsx", ["name", "h1_out"], ["A", 1.234])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(FileError, match=r"pip install 'handcalc\[excel\]'"):
        run("grade", "class.xlsx")


# --- check and grade read the same -------------------------------------------------------------------

SHEETS = {
    "row.csv": "name,h1_out,h2_out\nA,1.234,0.43\n",
    "semicolons.csv": "name;h1_out;h2_out\nA;1,234;0,43\n",
    "two.csv": "h1_out,h2_out\n1.234,0.43\n",
    "pairs.csv": "key,answer\nh1_out,1.234\nh2_out,0.43\n",
    "bare.csv": "h1_out,1.234\nh2_out,0.43\n",
    "wide.csv": "h1_out;1,234;;\nh2_out;0,43;;\n",
    "tabs.txt": "name\th1_out\th2_out\nA\t1.234\t0.43\n",
    "pasted.txt": "h1_out\t1.234\nh2_out\t0.43\n",
    "lines.txt": "h1_out = 1.234\nh2_out = 0.43\n",
    "a.yaml": "h1_out: 1.234\nh2_out: 0.43\n",
    "a.json": '{"h1_out": 1.234, "h2_out": 0.43}',
    "moodle.csv": MOODLE[: MOODLE.index("Żak")],
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", SHEETS)
def test_check_and_grade_read_the_same_sheets(name, encoding, folder):
    Path(name).write_bytes(SHEETS[name].encode(encoding))
    result = CliRunner().invoke(app, ["check", "p.yaml", name])

    assert "2 of 2 marks" in result.output
    assert result.exit_code == 0
    assert "1 student; mean 2 of 2 marks" in run("grade", name, "-o", "out.csv")


def test_check_and_grade_read_a_sheet_in_excel(folder):
    workbook("row.xlsx", ["name", "h1_out", "h2_out"], ["A", 1.234, 0.43])
    workbook("pairs.xlsx", ["h1_out", 1.234], ["h2_out", 0.43])

    for name in ("row.xlsx", "pairs.xlsx"):
        assert "2 of 2 marks" in run("check", name)
        assert "1 student; mean 2 of 2 marks" in run("grade", name)


def test_check_says_that_a_class_is_a_class(folder):
    Path("class.csv").write_text("name,h1_out,h2_out\nA,1.234,0.43\nB,1.234,0.43\n", "utf-8")
    with pytest.raises(FileError, match=r"is a class of 2 rows, .* handcalc grade"):
        run("check", "class.csv")


def test_two_columns_are_pairs_or_a_class_by_where_the_keys_stand(folder):
    """Keys along the first row: two students with two answers; keys down the first column: one."""
    Path("class.csv").write_text("h1_out,h2_out\n1.234,0.43\n1.234,0.5\n", "utf-8")
    with pytest.raises(FileError, match="is a class of 2 rows"):
        run("check", "class.csv")
    _, rows = grade("h1_out,h2_out\n1.234,0.43\n1.234,0.5\n")

    assert marks(rows) == [2, 1]
    assert "2 of 2 marks" in run("check", _written("pairs.csv", "h1_out,1.234\nh2_out,0.43\n"))


def test_a_student_whose_name_is_a_key_makes_no_sheet_of_a_class(folder):
    """Down the first column of a sheet there are keys, and not a name here and there."""
    _, rows = grade("name,Response 1,Response 2\nh1_out,1.234,0.43\nB,1.234,0\nC,1.234,0\n")

    assert marks(rows) == [2, 1, 1]


def test_a_sheet_that_cannot_be_read_is_an_error_where_it_is_alone(folder):
    for name in ("none.yaml", _written("broken.json", "{")):
        with pytest.raises(HandcalcError, match=r"cannot be read|is no JSON"):
            run("grade", name)

    assert sorted(own.name for own in folder.iterdir()) == ["broken.json", "p.yaml"]


def test_an_anonymous_class_names_nobody_in_its_remarks(folder):
    report, _ = grade("name,h1_out\nAnna,1.234\nAnna,1.234\n", "--anonymous")

    assert "a student is there twice (lines 2, 3)" in report
    assert "Anna" not in report


def _written(name, text):
    Path(name).write_text(text, "utf-8")
    return name


def test_a_folder_of_sheets_of_all_kinds_is_a_class(folder):
    Path("sheets").mkdir()
    for name, text in SHEETS.items():
        Path("sheets", name).write_text(text, "utf-8")
    Path("sheets", "class.csv").write_text("h1_out,h2_out\n1,2\n3,4\n", "utf-8")
    Path("sheets", "~$open.xlsx").write_bytes(b"x")
    Path("sheets", ".hidden.csv").write_bytes(b"x")
    report = run("grade", "sheets")
    with Path("sheets-marks.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["file"]: row for row in csv.DictReader(file)}

    assert set(rows) == {*SHEETS, "class.csv"}
    assert {rows[name]["marks"] for name in SHEETS} == {"2"}
    assert rows["class.csv"]["remark"].startswith("is a class of 2 rows")
    assert "class.csv: is a class of 2 rows" in report


# --- pipes, rows in and rows out ---------------------------------------------------------------------


def test_a_pipe_is_read_once_and_whole(folder):
    """More than is read at once, so that whoever opens it twice loses rows."""
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    text = "name,h1_out,h2_out\n" + "".join(f"Student {i},1.234,0.43\n" for i in range(60_000))
    Path("class.csv").write_text(text, "utf-8")
    with subprocess.Popen(["cp", "class.csv", fifo]):
        report = run("grade", fifo, "-o", "marks.csv")
    with Path("marks.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert len(text) > source.HEAD
    assert [row["name"] for row in rows] == [f"Student {i}" for i in range(60_000)]
    assert "60000 students; mean 2 of 2 marks" in report


@pytest.mark.parametrize("name", ["-", "/dev/stdin"])
def test_standard_input_is_a_class(name, folder):
    text = b"name,h1_out\nAnna,9\nBob,1.234\nAnna,1.234\n"
    command = [sys.executable, "-m", "handcalc", "grade", "p.yaml", name, "--attempt", "last"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    result = subprocess.run(command, input=text, capture_output=True, check=True, env=environment)

    assert b"2 students; mean 1 of 1 marks" in result.stdout
    assert len(Path("class-marks.csv").read_text("utf-8").splitlines()) == 3


def test_twenty_thousand_quotes_that_nobody_closes_are_twenty_thousand_rows(folder):
    report, rows = grade("name,h1_out,h2_out\n" + '"a,1.234,0.43\n' * 20_000)

    assert [row["line"] for row in rows] == [str(line) for line in range(2, 20_002)]
    assert (
        "20000 rows: has a quote that is not closed; not marked (lines 2, 3, 4, 5, 6, …)" in report
    )


@pytest.mark.parametrize(
    "lines",
    [
        ['"Anna,1.234,0.43', "Bob,1.234,0.43", 'Zoe",1.234,0.43'],
        ['"Anna,1.234,0.43', '"Bob",1.234,0.43', "Zoe,1.234,0.43"],
        ['"Anna,1.234', "Bob,1.234,0.43", 'Zoe",1.234,0.43'],
        ['Anna,"1.234,0.43', "Bob,1.234,0.43", "Zoe,1.234,0.43"],
    ],
)
def test_a_quote_that_is_not_closed_swallows_no_other_students_row(lines, folder):
    _, rows = grade("\n".join(["name,h1_out,h2_out", *lines]) + "\n")

    assert [row["line"] for row in rows] == ["2", "3", "4"]
    assert marks(rows) == [0, 2, 2]
    assert [bool(row["remark"]) for row in rows] == [True, False, False]


@given(
    rows=st.lists(
        st.tuples(*[st.text('ab"\n;é ', max_size=6)] * 2).map(lambda pair: ("x", *pair)), max_size=6
    ),
    block=st.integers(1, 40),
)
def test_cells_are_those_that_were_written_wherever_blocks_end(rows, block, tmp_path_factory):
    """Python's own writer, with quotes and ends of lines inside cells, is read back."""
    path = tmp_path_factory.mktemp("rows") / "class.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("name", "h1_out", "h2_out"), *rows])
    before, source.BLOCK = source.BLOCK, block
    try:
        with Source(path) as opened:
            read = list(Table(opened).rows())
    finally:
        source.BLOCK = before

    assert [tuple(row.cells) for row in read] == rows
    assert not any(row.wrong for row in read)


PIECES = [
    "name",
    "h1_out",
    "h2_out",
    ",",
    ";",
    "\t",
    "\n",
    "\r",
    '"',
    "1.234",
    "1,234",
    "\0",
    "é",
    "12: h1_out",
]


@given(
    text=st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    encoding=st.sampled_from(["utf-8", "cp1252", "utf-16"]),
    junk=st.binary(max_size=4),
)
def test_any_bytes_are_a_class_with_whole_rows_in_their_order_or_are_refused(
    text, encoding, junk, tmp_path_factory
):
    path = tmp_path_factory.mktemp("any") / "class.csv"
    path.write_bytes(text.encode(encoding) + junk)
    try:
        with Roster(path, SCHEME) as roster:
            rows = list(roster.rows())
    except HandcalcError:
        return
    lines = [row.line for row in rows]

    assert {len(row.cells) for row in rows} <= {len(roster.columns.names)}
    assert lines == sorted(set(lines))
    assert lines[-1:] <= [len(text) + len(junk)]


def test_causes_are_said_once_with_their_numbers(folder):
    lines = ["A,1.234,0.43", "B,1.234", "C,1.234", "D,1.234,0.43,7", ",,", "E,1.234,0.43,,"]
    report, rows = grade("name,h1_out,h2_out,\n" + "".join(f"{line}\n" for line in lines * 10))

    assert len(rows) == 50
    assert "20 rows: has 2 cells where the first line has 3 (lines 3, 4, 9, 10, 15, …)" in report
    assert "10 rows: has 4 cells where the first line has 3; not marked (lines 5, 11" in report
    assert "10 rows without any text left out" in report
    # A cell too many says that answers stand under other keys; none of them is marked.
    assert {row["name"]: float(row["marks"]) for row in rows} == {
        "A": 2,
        "B": 1,
        "C": 1,
        "D": 0,
        "E": 2,
    }


def test_decimal_commas_between_commas_are_one_error(folder):
    Path("class.csv").write_text("name,h1_out,h2_out\nA,1,234,0,43\nB,1,234,0,43\n", "utf-8")
    with pytest.raises(FileError, match=r"every row has more cells .* semicolons between cells"):
        run("grade", "class.csv")


# --- cells and names that would command --------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["=1+1", "＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1", "  =1", "\t=1", "\r\n=1", "\u00a0＝1"],
)
def test_no_cell_begins_as_a_formula_does(name):
    assert safe(name).startswith("'")


@pytest.mark.parametrize("name", ["Anna;=1+1", "Anna;\t=1+1", "Anna, ＝1+1", "Anna|-1"])
def test_no_part_of_a_cell_begins_as_a_formula_does_for_whom_it_is_a_cell(name):
    """A program that expects semicolons makes a cell of what stands behind one."""
    parts = [part.strip() for part in safe(name).replace("|", ";").replace(",", ";").split(";")]

    assert not parts[1].startswith(("=", "＝", "+", "-", "@"))


def test_names_of_files_command_neither_a_terminal_nor_a_spreadsheet(folder):
    Path("sheets").mkdir()
    for name in ("=cmd|calc.yaml", "\x1b[31mred.yaml"):
        Path("sheets", name).write_text("{broken", "utf-8")
    result = CliRunner().invoke(app, ["grade", "p.yaml", "sheets", "-o", "out.csv"])
    written = Path("out.csv").read_text("utf-8")
    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]

    assert "\x1b" not in result.output + written
    assert not any(cell.startswith("=") for cell in cells)
    assert "2 rows" in result.output or "sheets:" in result.output


@pytest.mark.parametrize("command", ["check", "grade"])
def test_errors_show_names_of_files_without_what_commands_a_terminal(command, folder):
    Path("\x1b[31mred.csv").write_text('h1_out,"1\n', "utf-8")
    for name in ("\x1b[31mred.csv", "\x1b[31mnone.csv"):
        with pytest.raises(FileError) as error:
            run(command, name)

        assert "\x1b" not in str(error.value)


# --- writing -----------------------------------------------------------------------------------------


@pytest.fixture(params=["nameless", "hidden"])
def kind(request, monkeypatch):
    """Files without a name where the system has them, and hidden ones where it has not."""
    if request.param == "hidden":
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    elif not hasattr(os, "O_TMPFILE"):
        pytest.skip("this system has no files without a name")
    return request.param


def test_of_two_runs_into_one_file_the_second_fails_and_the_first_stays(kind, folder):
    path = folder / "marks.csv"

    def both():
        with _writing.writing(path, force=False) as second:
            second.write("second")
            with _writing.writing(path, force=False) as first:
                first.write("first")

    with pytest.raises(FileError, match="is there already"):
        both()

    assert path.read_text() == "first"
    assert sorted(own.name for own in folder.iterdir()) == ["marks.csv", "p.yaml"]


def test_with_force_a_file_is_replaced_at_one_stroke(kind, folder):
    path = folder / "marks.csv"
    path.write_text("before")
    path.chmod(0o640)
    with _writing.writing(path, force=True) as file:
        file.write("after")
        assert path.read_text() == "before"

    assert path.read_text() == "after"
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(own.name for own in folder.iterdir()) == ["marks.csv", "p.yaml"]


KILLED = """
import sys, time
from pathlib import Path
from handcalc.cli._writing import writing
with writing(Path("marks.csv"), force=False) as file:
    file.write("half")
    file.flush()
    print("ready", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="this system has no files without a name")
def test_a_run_that_is_killed_leaves_nothing(folder):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED], stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait(20)
    process.stdout.close()

    assert [own.name for own in folder.iterdir()] == ["p.yaml"]


def test_what_a_killed_run_has_left_is_cleared_away_and_what_is_being_written_is_not(folder):
    old = time.time() - 2 * _writing.UNHELD
    for name in (".marks.csv.x1.part", ".other.csv.x2.part", ".marks.csv.x3.part"):
        Path(name).write_text("half")
        os.utime(name, (old, old))
    with _writing._held(Path(".marks.csv.x3.part")):
        _writing.write_file(Path("marks.csv"), "whole", force=False)

    left = sorted(own.name for own in folder.iterdir())
    assert left == [".marks.csv.x3.part", ".other.csv.x2.part", "marks.csv", "p.yaml"]


def test_an_output_never_lands_among_the_sheets_that_are_read(folder):
    Path("sheets").mkdir()
    Path("sheets/a.yaml").write_text("h1_out: 1.234\n", "utf-8")
    for name in ("sheets/a.yaml", "sheets/new.csv"):
        with pytest.raises(FileError, match=r"whose sheets are read|is what is read here"):
            run("grade", "sheets", "-o", name, "--force")

    assert Path("sheets/a.yaml").read_text("utf-8") == "h1_out: 1.234\n"
    assert [own.name for own in Path("sheets").iterdir()] == ["a.yaml"]


def test_pages_are_written_all_or_none_and_the_one_that_fails_is_named(folder, monkeypatch):
    made = Pages.page

    def page(pages, row):
        name, text = made(pages, row)
        return ("x" * 300 if row.line == 3 else name), text

    monkeypatch.setattr(Pages, "page", page)
    Path("class.csv").write_text("name,h1_out\nA,1.234\nB,1.234\n", "utf-8")
    with pytest.raises(FileError, match=r"pages/x+\.html: cannot be written: .* and no marks"):
        run("grade", "class.csv", "--feedback", "pages")

    assert sorted(own.name for own in folder.iterdir()) == ["class.csv", "p.yaml"]


def test_pages_join_what_is_in_their_folder_and_overwrite_nothing_unasked(folder):
    Path("pages").mkdir()
    Path("pages/mine.txt").write_text("mine")
    Path("class.csv").write_text("name,h1_out\nA,1.234\n", "utf-8")
    run("grade", "class.csv", "--feedback", "pages")
    first = sorted(own.name for own in Path("pages").iterdir())
    Path("class-marks.csv").unlink()
    with pytest.raises(FileError, match="is there already"):
        run("grade", "class.csv", "--feedback", "pages")
    run("grade", "class.csv", "--feedback", "pages", "--force")

    assert len(first) == 2
    assert sorted(own.name for own in Path("pages").iterdir()) == first
    assert Path("pages/mine.txt").read_text() == "mine"


def test_marking_again_compares_marks_in_the_dialect_of_the_class(folder):
    text = "name;h1_out;h2_out\nJosé;1,5;0,43\n"
    Path("p.yaml").write_text(PROBLEM + "marking: {marks: {h2_out: 0.5}}\n", "utf-8")
    grade(text, encoding="utf-16", between=";")
    Path("p.yaml").write_text(PROBLEM + "marking: {marks: {h2_out: 1.5}}\n", "utf-8")
    report, _ = grade(text, encoding="utf-16", between=";")

    assert "José: 0,5 → 1,5 marks" in report
