"""A class without names: whoever marks, reads or prints it further on has none to show."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING

from handcalc.grading.reading.rows import Row

if TYPE_CHECKING:
    from handcalc.grading.reading.columns import Columns

HEAD = "student"


def hide(columns: "Columns", rows: Iterable[Row]) -> Iterator[Row]:
    """The rows as student 1, student 2, …, in their order; of what is about students one column is left."""
    about, columns.about = columns.about, columns.about[:1]
    columns.names = [HEAD if i in about else name for i, name in enumerate(columns.names)]
    return _hidden(rows, about)


def _hidden(rows: Iterable[Row], about: Sequence[int]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        who = f"{HEAD} {number}"
        cells = [who if i in about else cell for i, cell in enumerate(row.cells)]
        yield row._replace(cells=cells, wrong=_without(row, about, who))


def _without(row: Row, about: Sequence[int], who: str) -> str:
    """What is wrong with the row, without what it says of the student: a broken sheet is named by its file."""
    own = [
        part for i in about for part in (row.cells[i].strip(), PurePath(row.cells[i].strip()).stem)
    ]
    names = sorted(
        {name for name in own if re.search(r"[^\W\d]|\d{3}", name)}, key=len, reverse=True
    )
    wrong = row.wrong
    for name in names:
        wrong = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", who, wrong)
    return wrong
