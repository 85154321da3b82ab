"""A page of feedback for one row of a class."""

import re
from typing import Any

from handcalc.grading.cohort import Columns
from handcalc.grading.rows import Row
from handcalc.grading.sheet import Sheet


def sheet_of(columns: Columns, row: Row) -> Sheet:
    """The row as a sheet; cells of matrices by their own keys."""
    answers: dict[str, Any] = {step.key: row.cells[i] for i, step in columns.numbers.items()}
    answers |= {key: row.cells[i] for i, key in columns.figures.items()}
    name = " ".join(row.cells[place].strip() for place in columns.about).strip()
    return Sheet(name[:60] or f"row {row.line}", answers, row.comma)


def file_name(row: Row, sheet: Sheet) -> str:
    """row-0012-a-student.md: the line makes it unique, whatever the name is."""
    plain = re.sub(r"[^A-Za-z0-9]+", "-", sheet.name).strip("-").lower()[:40]
    return f"row-{row.line:06d}-{plain or 'sheet'}.md"
