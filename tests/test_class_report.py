"""The report of a class: numbers as other programs find them, nothing that is named hidden, nobody named unasked."""

import csv
import io
import json
import math
import random
import re
import statistics
from collections import Counter
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from typer.testing import CliRunner

from handcalc.cli._app import app
from handcalc.document import (
    Document,
    Heading,
    Ledger,
    Line,
    Matrix,
    Paragraph,
    Table,
    Text,
    words,
)
from handcalc.errors import HandcalcError, ProblemError, UsageError
from handcalc.formats import write
from handcalc.formula import Number, Symbol
from handcalc.grading import parts
from handcalc.grading.pages import class_report
from handcalc.grading.scheme import Scheme
from handcalc.grading.statistics import Class, Item, Spread
from handcalc.grading.verdict import Verdict
from handcalc.problem import parse
from students import MISTAKES, Numbers, rounded, sheet

NUMBERS = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)
PARTS = """marking:
  marks: {E: 2, "*_new": 0.5}
  parts: {forward: ["h*", "o*"], gradients: "dE_*", update: "*_new"}
"""
NAMES = ("Łukasz Żak", "李雷", "<script>alert(1)</script>", "=cmd|'/C calc'!A0", "Zoë O'Brien")
SUFFIXES = ("html", "md", "csv", "json", "txt")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    (tmp_path / "net.yaml").write_text(NUMBERS.problem(4) + PARTS, "utf-8")
    return tmp_path


def _class(path: Path, students: int = 30) -> list[dict[str, str]]:
    """Right ones, planted mistakes, random numbers and sheets that end early."""
    rng = random.Random(11)
    sheets = []
    for number in range(students):
        mistake = MISTAKES[number % len(MISTAKES)] if number % 3 else None
        answers = dict(sheet(NUMBERS, rounded(4), carries=True, mistake=mistake))
        keys = list(answers)
        for key in keys[rng.randint(5, 2 * len(keys)) :]:
            answers[key] = ""
        answers[rng.choice(keys)] = f"{rng.random():.4f}"
        sheets.append(answers)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "mail", *sheets[0]])
        for number, answers in enumerate(sheets):
            name = NAMES[number] if number < len(NAMES) else f"Person-{number:03}"
            writer.writerow([name, f"{number}@school.example", *answers.values()])
    return sheets


def _grade(*options, problem="net.yaml"):
    result = CliRunner().invoke(app, ["grade", problem, *map(str, options)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.output


def _marks(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _tables(text: str) -> list[list[list[str]]]:
    """The tables of a report in CSV, each with its heading in the first row."""
    blocks = text.split("\n\n")
    return [list(csv.reader(io.StringIO(block))) for block in blocks]


def _in_chunks(rng, n):
    """Cut 0 … n at random places, some chunks empty."""
    ends = sorted([0, n, *(int(end) for end in rng.integers(0, n, 7))])
    return [slice(low, high) for low, high in pairwise(ends)]


# --- statistics, against numpy and by hand ---------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_running_sums_give_what_numpy_gives_of_all_at_once(seed):
    rng = np.random.default_rng(seed)
    share, rest = rng.random(500), 20 * rng.random(500)
    share[rng.random(500) < 0.3] = 1
    item, spread = Item(2.0), Spread()
    for part in _in_chunks(rng, 500):
        item.add(share[part], rest[part])
        spread.add(rest[part])

    assert item.facility == pytest.approx(share.mean())
    assert item.lost == pytest.approx(2 * (1 - share).sum())
    assert item.discrimination == pytest.approx(np.corrcoef(share, rest)[0, 1])
    assert (spread.mean, spread.deviation) == pytest.approx((rest.mean(), rest.std(ddof=1)))


def test_no_digits_cancel_where_marks_lie_close_together():
    """A spread of 0.001 around 10000: its squares about 0 would have lost it."""
    rng = np.random.default_rng(1)
    share = rng.random(4000)
    rest = 10_000 + 0.001 * share + 0.0005 * rng.random(4000)
    item = Item(1.0)
    for part in _in_chunks(rng, 4000):
        item.add(share[part], rest[part])
    about = rest - 10_000

    assert item.discrimination == pytest.approx(np.corrcoef(share, about)[0, 1], abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 1.0, 24.1, 1 / 3])
def test_where_all_are_alike_nothing_tells_them_apart(value):
    rng = np.random.default_rng(2)
    item, result = Item(1.0), Class({"a": Item(1.0), "b": Item(1.0)}, of=30.0)
    for _ in range(50):
        item.add(rng.random(77), np.full(77, value))
        result.add(np.full(77, value))
        for each in result.items.values():
            each.add(np.full(77, value / 2), np.full(77, value / 2))

    assert item.discrimination is None
    assert result.alpha is None
    assert result.deviation == pytest.approx(0, abs=1e-12)


def _of(scores) -> Class:
    """A class from a table of students by answers, one mark each."""
    scores = np.array(scores, float)
    totals = scores.sum(axis=1)
    result = Class({f"a{i}": Item(1.0) for i in range(scores.shape[1])}, of=scores.shape[1])
    result.add(totals)
    for i, item in enumerate(result.items.values()):
        item.add(scores[:, i], totals - scores[:, i])
    return result


@pytest.mark.parametrize(
    ("scores", "alpha"),
    [
        # Variances 1/3 and 1/3, of the totals 0, 1, 2 it is 1: 2·(1 - 2/3).
        ([[0, 0], [1, 0], [1, 1]], 2 / 3),
        # Answers that say the same: 1.
        ([[0, 0, 0], [1, 1, 1], [0, 0, 0], [1, 1, 1]], 1),
        # Two answers that have nothing to do with each other: 0.
        ([[0, 0], [0, 1], [1, 0], [1, 1]], 0),
    ],
)
def test_cronbachs_alpha_by_hand(scores, alpha):
    assert _of(scores).alpha == pytest.approx(alpha)


def test_alpha_of_right_and_wrong_is_kuder_and_richardson_s():
    """KR-20: k/(k - 1)·(1 - Σ p(1 - p) / variance), with variances over n."""
    rng = np.random.default_rng(3)
    skill = rng.normal(size=(200, 1))
    scores = (skill + rng.normal(size=(200, 9)) > np.linspace(-1, 1, 9)).astype(float)
    p = scores.mean(axis=0)
    expected = 9 / 8 * (1 - (p * (1 - p)).sum() / scores.sum(axis=1).var())

    assert _of(scores).alpha == pytest.approx(expected)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 10, 101, 4096])
def test_median_and_quartiles_are_those_of_the_sorted_totals(n):
    rng = np.random.default_rng(n)
    totals = rng.integers(0, 2500, n) / 100
    result = Class(of=25.0)
    for part in _in_chunks(rng, n):
        result.add(totals[part])
    found = [result.quantile(share) for share in (0.25, 0.5, 0.75)]

    assert found == pytest.approx(list(np.quantile(totals, [0.25, 0.5, 0.75])))
    if n > 1:
        assert found == pytest.approx(statistics.quantiles(totals, n=4, method="inclusive"))


@pytest.mark.parametrize(
    ("of", "grain"),
    [(25, 1), (25, 0.5), (30, 0.01), (1, 1), (7, 0.25), (1000, 1), (0.5, 0.1), (38, 1)],
)
def test_a_histogram_holds_every_student_once_in_steps_of_one_width(of, grain):
    rng = np.random.default_rng(4)
    totals = np.minimum(rng.integers(0, round(of / grain) + 1, 400) * grain, of)
    totals[:9] = of
    result = Class(of=float(of))
    result.add(totals)
    bins = result.bins()
    widths = [high - low for low, high, _ in bins]

    assert 1 <= len(bins) <= 15
    assert (bins[0][0], bins[-1][1]) == (0, of)
    assert all(w == pytest.approx(widths[0]) for w in widths[:-1])
    assert widths[-1] <= widths[0] + 1e-9
    for i, (low, high, many) in enumerate(bins):
        last = i == len(bins) - 1
        inside = (totals >= low - 1e-9) & ((totals < high - 1e-9) | last)
        assert many == inside.sum()
    if grain in (1, 0.5) and len(bins) > 1:
        # Each step has room for as many different totals as the others.
        assert widths[0] % grain == pytest.approx(0)


def test_memory_holds_the_marks_that_there_are_not_the_students():
    rng = np.random.default_rng(5)
    result = Class(of=25.0)
    for _ in range(100):
        result.add(rng.integers(0, 2501, 4096) / 100)

    assert result.students == 409_600 == result.histogram.total()
    assert len(result.histogram) <= 2501


def test_a_matrix_counts_as_its_gravest_cell():
    """Wrong, undecided, blank, follows, right: each student once, whatever the number of cells."""
    r, f, w, u, b = (
        Verdict.RIGHT,
        Verdict.FOLLOWS,
        Verdict.WRONG,
        Verdict.UNDECIDED,
        Verdict.BLANK,
    )
    students = [(r, r, r), (r, f, r), (r, b, f), (b, b, b), (u, b, r), (w, u, b), (r, r, w)]
    item = Item(1.0)
    item.count([np.array(column) for column in zip(*students, strict=True)])

    assert item.verdicts == {r: 1, f: 1, b: 2, u: 1, w: 2}


# --- parts ------------------------------------------------------------------------------------------


def test_parts_add_up_to_the_marks(folder):
    _class(folder / "class.csv")
    report = _grade("class.csv", "--report", "report.csv")
    rows = _marks(folder / "class-marks.csv")
    names = ("forward", "gradients", "update", "other")
    by_name = {name: [float(row[f"{name} marks"]) for row in rows] for name in names}
    table = next(t for t in _tables((folder / "report.csv").read_text()) if "Parts" in t[0][0])

    for i, row in enumerate(rows):
        assert float(row["marks"]) == pytest.approx(sum(by_name[name][i] for name in names))
        own = [float(row[key]) for key in ("w1_new", "w8_new", "w5_new")]
        assert float(row["update marks"]) >= sum(own)
    assert table[2:] == [
        [
            name,
            f"{of:g}",
            f"{round(statistics.mean(by_name[name]), 2):g}",
            f"{round(statistics.stdev(by_name[name]), 2):g}",
            f"{100 * statistics.mean(by_name[name]) / of:.0f} %",
        ]
        # 8 sums and outputs; 16 gradients; 8 weights at half a mark; the loss at 2.
        for name, of in zip(names, (8, 16, 4, 2), strict=True)
    ]
    assert re.search(r"gradients +16 ", report)


def test_every_answer_is_in_one_part_and_without_parts_there_are_none():
    problem = parse(NUMBERS.problem(4) + PARTS)
    keys = list(Scheme(problem).answers)
    found = parts.of(problem, keys)

    assert sorted(key for own in found.values() for key in own) == sorted(keys)
    assert found["other"] == ["E", "E_new"] or found["other"] == ["E"]
    assert parts.of(parse(NUMBERS.problem(4)), keys) == {}


def test_steps_on_the_way_are_in_no_part(folder):
    """They carry no marks: the parts are those of what is asked, here the loss alone."""
    text = NUMBERS.problem(4) + "ask: [E]\nmarking: {parts: {loss: [E]}}\n"
    (folder / "net.yaml").write_text(text, "utf-8")
    (folder / "class.csv").write_text("name,h1_in,E\nA,0.43,9\nB,0.43,\n", "utf-8")
    _grade("class.csv", "--report", "report.csv")
    table = next(t for t in _tables((folder / "report.csv").read_text()) if "Parts" in t[0][0])

    assert [row[:3] for row in table[2:]] == [["loss", "1", "0"]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("{forward: [h*, hh1_in]}", "there is no answer 'hh1_in' on the sheet; did you mean"),
        ("{a: [h1_in], b: ['h1*']}", "h1_in is in the part 'a' already; write it in one of"),
        ("{a: []}", "expects the answers of this part; write [h*, o*]"),
        ("{a: {b: c}}", "expects the answers of this part; write [h*, o*]"),
        ("{'': [h*]}", "expects a name of at most 40 letters"),
        (f"{{{'x' * 41}: [h*]}}", "expects a name of at most 40 letters"),
        ("[h*]", "expects a mapping"),
    ],
)
def test_parts_that_cannot_be_meant_are_refused(given, said):
    text = NUMBERS.problem(4) + f"marking: {{parts: {given}}}\n"
    with pytest.raises(ProblemError) as caught:
        Scheme(parse(text, "net.yaml"))

    assert f"net.yaml:{len(text.splitlines())}:" in str(caught.value)
    assert said in str(caught.value)


def test_the_author_says_whether_zeros_are_needed():
    text = NUMBERS.problem(4)

    assert parse(text).marking.zeros == "free"
    assert parse(text + "marking: {zeros: required}\n").marking.zeros == "required"
    with pytest.raises(ProblemError, match="'required'"):
        parse(text + "marking: {zeros: require}\n")


# --- the report -------------------------------------------------------------------------------------


def test_the_same_numbers_stand_in_every_format(folder):
    _class(folder / "class.csv")
    options = [option for word in SUFFIXES for option in ("--report", f"report.{word}")]
    printed = _grade("class.csv", *options, "--all")
    rows = _marks(folder / "class-marks.csv")
    pages = {word: (folder / f"report.{word}").read_text("utf-8") for word in SUFFIXES}
    page = "".join(ET.fromstring(pages["html"]).itertext()).replace("−", "-")
    texts = {**pages, "html": page, "printed": printed}
    record = json.loads(pages["json"])
    marks = [float(row["marks"]) for row in rows]
    low, middle, high = np.quantile(np.round(marks, 2), [0.25, 0.5, 0.75])

    assert record["students"] == 30
    assert record["quartiles"] == pytest.approx([low, middle, high])
    assert record["deviation"] == pytest.approx(statistics.stdev(marks), abs=1e-6)
    for word in ("html", "md", "csv", "txt", "printed"):
        for number in (statistics.mean(marks), middle, statistics.stdev(marks)):
            assert f"{round(number, 2):g}" in texts[word], (word, number)
        for key in record["answers"]:
            assert key in texts[word], (word, key)


def test_verdicts_are_counted_for_each_answer(folder):
    sheets = _class(folder / "class.csv")
    _grade("class.csv", "--report", "report.json")
    answers = json.loads((folder / "report.json").read_text())["answers"]
    rows = _marks(folder / "class-marks.csv")

    for key, own in answers.items():
        found = Counter(row[f"{key} verdict"].partition(":")[0] for row in rows)
        counted = {word: own[word] for word in found}
        assert counted == dict(found)
        assert sum(own[v.name.lower()] for v in Verdict) == len(sheets)
        wrong = Counter(
            word
            for row in rows
            if row[f"{key} verdict"].startswith("wrong")
            for word in (row[f"{key} verdict"].partition(": ")[2] or "unexplained").split(" or ")
        )
        assert own["mistakes"] == dict(wrong)


ROWS = ", ".join(f"[{i}, 1, 0, 2, 1, 1]" for i in range(60))
LARGE = f"""input: [1, 2, 3, 4, 5, 6]
layers: [{{dense: {{name: h, weights: [{ROWS}]}}}}]
ask: [forward]
"""


def _large(folder: Path, wrong: dict[int, int], students: int = 20) -> None:
    """60 answers, h1_out = 21 to h60_out = 80, of which answer i is wrong for so many students."""
    (folder / "large.yaml").write_text(LARGE, "utf-8")
    with (folder / "large.csv").open("w", encoding="utf-8") as file:
        file.write("name," + ",".join(f"h{i}_out" for i in range(1, 61)) + "\n")
        for student in range(students):
            cells = [
                f"{i - 1 + 2 + 8 + 5 + 6 + (0.37 if student < wrong.get(i, 0) else 0):g}"
                for i in range(1, 61)
            ]
            file.write(f"S{student}," + ",".join(cells) + "\n")


def _shown(page: str) -> set[str]:
    """The answers that have a row."""
    return set(re.findall(r"^ *(h[0-9]+_out) +[0-9]+ %", page, re.MULTILINE))


def test_the_answers_that_lose_most_have_a_row_wherever_they_stand(folder):
    """Of 60 answers the 40 that lose most are printed, in their order, and it is said what is not."""
    wrong = {i: 1 + (i % 7) for i in range(5, 61)} | {60: 20, 58: 19}
    _large(folder, wrong)
    page = _grade("large.csv", problem="large.yaml")
    shown = _shown(page)
    order = re.findall(r"^ *h([0-9]+)_out +[0-9]+ %", page, re.MULTILINE)
    lost = {f"h{i}_out": wrong.get(i, 0) for i in range(1, 61)}
    hidden = set(lost) - shown

    assert "Most marks are lost in h60_out (20), h58_out (19), h" in page
    assert min(lost[key] for key in shown) >= max(lost[key] for key in hidden)
    assert order == sorted(order, key=int)
    said = f"… and {len(hidden)} more answers, each losing {max(lost[k] for k in hidden)} marks or"
    assert said in page
    assert len(shown) == 40


def test_whatever_is_named_has_a_row():
    """The only occurrence of a mistake is in an answer in which hardly anything is lost."""
    result = Class({f"h{i}": Item(1.0) for i in range(60)}, of=60.0)
    result.add(np.array([30.0, 40.0]))
    for i, item in enumerate(result.items.values()):
        item.add(np.array([1.0, 1.0 if i == 2 else i / 60]), np.array([30.0, 40.0]))
    result.items["h2"].mistakes["sign"] = 1
    document = class_report.document(parse(NUMBERS.problem(4)), result, folded=True)
    tables = {b.header[0]: b.rows for b in document.blocks if isinstance(b, Table)}
    said = " ".join(
        inline.text
        for block in document.blocks
        if isinstance(block, Paragraph)
        for inline in block.inlines
        if isinstance(inline, Text)
    )
    shown = {row[0] for row in tables["answer"]}

    assert tables["mistake"][0][:3] == ("sign", "1", "h2 1")
    assert {"h2", *re.findall(r"\b(h[0-9]+) \(", said)} <= shown
    assert "… and 19 more answers" in said
    assert len(shown) == 41


@pytest.mark.parametrize("suffix", ["html", "md", "csv", "txt"])
def test_a_file_holds_all_answers_and_so_does_the_terminal_when_asked(suffix, folder):
    _large(folder, {60: 3})
    page = _grade("large.csv", "--all", "--report", f"r.{suffix}", problem="large.yaml")
    written = (folder / f"r.{suffix}").read_text("utf-8")

    assert len(_shown(page)) == 60
    assert "more answers" not in page + written
    assert all(re.search(rf"\bh{i}_out\b", written) for i in range(1, 61))


def test_a_class_in_which_nothing_is_lost_names_no_worst_answer(folder):
    _large(folder, {})

    assert "Most marks are lost" not in _grade("large.csv", problem="large.yaml")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--report", "r.png"], "a report is no picture"),
        (["--report", "r.xyz"], "no format is written under names that end in .xyz"),
        (["--report", "r.md", "--report", "r.md"], "stands for two things"),
        (["--report", "class.csv", "--force"], "stands for two things"),
        (["--report", "class-marks.csv"], "stands for two things"),
        (["--report", "there.md"], "is there already"),
    ],
)
def test_a_report_that_cannot_be_written_is_refused_before_anything_is(options, said, folder):
    _class(folder / "class.csv", 3)
    (folder / "there.md").write_text("mine", "utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = CliRunner().invoke(app, ["grade", "net.yaml", "class.csv", *options])

    assert isinstance(result.exception, HandcalcError)
    assert said in str(result.exception)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


# --- names ------------------------------------------------------------------------------------------


def _written(folder: Path) -> dict[str, str]:
    """What was written, with the names of the files."""
    return {
        str(path.relative_to(folder)): path.read_text("utf-8")
        for path in folder.rglob("*")
        if path.is_file()
        and path.name not in ("net.yaml", "class.csv")
        and "sheets" not in path.parts
    }


def test_an_anonymous_class_shows_no_name_anywhere(folder):
    sheets = _class(folder / "class.csv")
    text = (folder / "class.csv").read_text("utf-8").replace(f",{sheets[6]['h1_in']},", ",1 apple,")
    (folder / "class.csv").write_text(text + "Person-999,too few\n", "utf-8")
    options = [option for word in SUFFIXES for option in ("--report", f"report.{word}")]
    printed = _grade("class.csv", "--anonymous", "--feedback", "pages", *options)
    pages = {**_written(folder), "printed": printed}
    rows = _marks(folder / "class-marks.csv")

    for name in (*NAMES, "Person", "school", "script", "cmd", "ukasz", "mail"):
        for place, page in pages.items():
            assert name not in page.replace("<script", "") or name == "script", (name, place)
            assert name.lower() not in place, (name, place)
    assert [row["student"] for row in rows] == [f"student {i}" for i in range(1, 32)]
    assert re.search(r"student [0-9]+: h1_in", printed)
    assert len(list((folder / "pages").iterdir())) == 31


def test_marks_are_the_same_with_names_and_without(folder):
    _class(folder / "class.csv")
    _grade("class.csv", "-o", "named.csv")
    _grade("class.csv", "-o", "nameless.csv", "--anonymous")
    named, nameless = (_marks(folder / f"{name}.csv") for name in ("named", "nameless"))

    for one, other in zip(named, nameless, strict=True):
        both = set(one) & set(other)
        assert {key: one[key] for key in both} == {key: other[key] for key in both}
        assert set(one) - both == {"name", "mail"}


def test_a_folder_of_sheets_that_are_named_after_students_shows_none_of_them(folder):
    (folder / "sheets").mkdir()
    (folder / "sheets" / "anna-mueller.txt").write_text("name = Anna\nh1_in = 0.43\n", "utf-8")
    (folder / "sheets" / "ben-okri.json").write_text("{broken", "utf-8")
    (folder / "sheets" / "cleo.yaml").write_text("h1_in: 0.43\nh1_inn: 0.43\n", "utf-8")
    printed = _grade("sheets", "--anonymous", "--feedback", "pages", "--report", "report.html")
    pages = {**_written(folder), "printed": printed}

    for place, page in pages.items():
        for name in ("anna", "mueller", "ben", "okri", "cleo"):
            assert not re.search(rf"\b{name}", f"{place} {page}".lower()), (name, place)
    assert '"is no JSON' in pages["sheets-marks.csv"]


def test_hostile_names_do_no_harm_in_any_format(folder):
    """They stand in the remarks, where a person is asked to decide."""
    sheets = _class(folder / "class.csv")
    text = (folder / "class.csv").read_text("utf-8")
    lines = text.splitlines()
    for number in (2, 3):
        lines[number + 1] = lines[number + 1].replace(sheets[number]["h1_in"], "1 apple", 1)
    (folder / "class.csv").write_text("\n".join(lines) + "\n", "utf-8")
    options = [option for word in SUFFIXES for option in ("--report", f"report.{word}")]
    _grade("class.csv", *options)
    page = (folder / "report.html").read_text("utf-8")
    root = ET.fromstring(page)

    assert "<script>alert(1)</script>" in "".join(root.itertext())
    assert "<script" not in page
    assert r"\<script\>" in (folder / "report.md").read_text("utf-8")
    for name in ("report.csv", "class-marks.csv"):
        with (folder / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [c for c in cells if re.match(r"[=+@]|-(?![0-9.]|$)", c)]


# --- CSV --------------------------------------------------------------------------------------------


def test_a_table_comes_back_from_csv_as_it_was():
    """Commas, quotes and negative numbers included; a column of bars has no head and is left out."""
    rows = (("a, b", "-0.5"), ('say "x"', "1e-05"), ("ü", "48,120"))
    document = Document("x", "x", (Paragraph(words("Not a table.")), Table(("k", "v"), rows)))

    assert list(csv.reader(io.StringIO(write(document, "csv")))) == [["k", "v"], *map(list, rows)]


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd", "-cmd|x", "@sum(a1)", "＝1+1", "−2+3", "-1+2", "\t=1"]
)
def test_no_cell_of_a_table_begins_like_a_formula(cell):
    document = Document(
        "x", "x", (Heading(2, words(cell)), Table((cell,), ((cell,),)), Table((cell,), ()))
    )
    cells = [c for row in csv.reader(io.StringIO(write(document, "csv"))) for c in row]

    assert len(cells) == 5
    assert all(c.startswith("'") for c in cells)


def test_matrices_and_chain_rules_are_tables_too():
    x = Symbol("x", "x1", "1")
    matrix = Matrix(Symbol("K", "K"), (("1", "-2"), ("0.5", "3")))
    ledger = Ledger("factor", (Line(x, x + x, Number(2.0) + Number(2.0), Number(4.0)),))
    document = Document("x", "x", (Heading(2, words("Chain"), "3.1"), ledger, matrix))
    written = list(csv.reader(io.StringIO(write(document, "csv"))))

    assert written == [
        ["3.1 Chain"],
        ["factor", "formula", "with numbers", "value", ""],
        ["x1", "x1 + x1", "2 + 2", "4", ""],
        [],
        ["K"],
        ["1", "-2"],
        ["0.5", "3"],
    ]


def test_a_document_without_tables_is_refused_in_words():
    with pytest.raises(UsageError, match="has no table to be written as CSV; write --format"):
        write(Document("x", "a title", (Paragraph(words("words")),)), "csv")


def test_a_marked_sheet_can_be_written_as_a_page_and_as_a_table(folder):
    (folder / "one.txt").write_text("h1_in = 0.43\nh2_in = =cmd\n", "utf-8")
    for suffix in ("csv", "html"):
        CliRunner().invoke(app, ["check", "net.yaml", "one.txt", "-o", f"one.{suffix}"])
    table = _marks(folder / "one.csv")

    assert [row["answer"] for row in table] == ["h1_in", "h2_in"]
    assert table[1]["given"].startswith("'=")
    assert "h1_in" in "".join(ET.fromstring((folder / "one.html").read_text()).itertext())


def test_facility_is_said_in_whole_hundredths_and_a_dash_where_nothing_can_be_said():
    result = Class({"a": Item(1.0)}, of=1.0)
    result.add(np.array([1.0, 1.0, 0.0]))
    result.items["a"].add(np.array([1.0, 1.0, 0.0]), np.zeros(3))
    result.items["a"].count([np.array([Verdict.RIGHT, Verdict.RIGHT, Verdict.BLANK])])
    page = write(class_report.document(parse(NUMBERS.problem(4)), result), "csv")
    row = next(line for line in page.splitlines() if line.startswith("a,"))

    assert row == "a,67 %,-,1,2,0,0,0,1"
    assert math.isclose(result.items["a"].facility, 2 / 3)


def test_a_report_in_a_folder_that_is_not_there_is_refused_before_a_class_is_marked(folder):
    (folder / "class.csv").write_text("name,h1_in\nA,0.43\n", "utf-8")
    command = ["grade", "net.yaml", "class.csv", "--report", "nowhere/report.html"]
    result = CliRunner().invoke(app, command)

    assert "nowhere/report.html: there is no such folder" in str(result.exception)
    assert not (folder / "class-marks.csv").exists()
