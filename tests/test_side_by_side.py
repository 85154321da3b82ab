"""One process and several give the same marks, the same report and the same open cases, byte for byte."""

import random

import pytest

from handcalc.formats import write
from handcalc.grading import cohort, workers
from handcalc.grading.cohort import Cohort
from handcalc.grading.pages import class_report
from handcalc.grading.reading.columns import Columns
from handcalc.grading.reading.rows import Row
from handcalc.grading.scheme import Scheme
from handcalc.problem import parse
from students import MISTAKES, Numbers, rounded, sheet

NUMBERS = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)


def _class(processes, monkeypatch, size):
    """Rows and report of 40 students, marked by so many processes."""
    rng = random.Random(4)
    ways = [sheet(NUMBERS, rounded(4), carries=True, mistake=m) for m in ("", *MISTAKES)]
    keys = list(ways[0])
    rows = []
    for number in range(40):
        own = dict(rng.choice(ways))
        own[rng.choice(keys)] = rng.choice(["", "six", "0.6"])
        rows.append(Row(number + 2, (f"S{number}", *(own[key] for key in keys))))
    monkeypatch.setattr(cohort, "CHUNK", size)
    monkeypatch.setattr(workers, "_processors", lambda: processes)
    problem = parse(NUMBERS.problem(4))
    marked = Cohort(Columns(Scheme(problem), ("name", *keys)))
    written = [cells for _, cells in marked.rows(rows)]
    report = class_report.document(problem, marked.result, [])
    return written, write(report, "terminal"), marked.open.students


@pytest.mark.parametrize("processes", [2, 3])
def test_several_processes_give_what_one_gives(processes, monkeypatch):
    alone, beside = (_class(n, monkeypatch, size=6) for n in (1, processes))

    assert len(alone[0]) == 40
    assert alone == beside


def test_rows_come_back_in_their_order(monkeypatch):
    written, _, _ = _class(2, monkeypatch, size=3)

    assert [cells[0] for cells in written] == [f"S{number}" for number in range(40)]
