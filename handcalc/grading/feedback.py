"""A page of feedback for one row of a class."""

import re
import unicodedata
from typing import Any

from handcalc.document import Document
from handcalc.grading import report
from handcalc.grading.checking import check_with
from handcalc.grading.cohort import Cohort
from handcalc.grading.rows import Row
from handcalc.grading.sheet import Sheet


def page(cohort: Cohort, row: Row) -> tuple[str, Document]:
    """The name of the file and the report: row-000012-a-student.md; the line makes it unique."""
    sheet = _sheet(cohort, row)
    symbolic = cohort.symbolic if cohort.scheme.network.symbolic else None
    checked = check_with(cohort.scheme, sheet, strict=cohort.strict, symbolic=symbolic)
    letters = unicodedata.normalize("NFKD", sheet.name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9]+", "-", letters).strip("-").lower()[:40]
    return f"row-{row.line:06d}-{plain or 'sheet'}.md", report.document(checked)


def _sheet(cohort: Cohort, row: Row) -> Sheet:
    """The row as a sheet; cells of matrices by their own keys."""
    columns = cohort.columns
    answers: dict[str, Any] = {step.key: row.cells[i] for i, step in columns.numbers.items()}
    answers |= {key: row.cells[i] for i, key in columns.figures.items()}
    name = " ".join(row.cells[place].strip() for place in columns.about).strip()
    return Sheet(name[:60] or f"row {row.line}", answers, row.comma)
