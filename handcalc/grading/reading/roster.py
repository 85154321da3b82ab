"""A class as it comes: a CSV or Excel file, a pipe, a folder of sheets; and how it is written.

What was taken for what, and what cannot be read, is said in remarks when the rows have been read.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from handcalc.errors import FileError, count, printable
from handcalc.grading.reading import attempts, encoding, folder
from handcalc.grading.reading.attempts import Repeats, Students
from handcalc.grading.reading.causes import Causes, Lines
from handcalc.grading.reading.columns import Columns, keys
from handcalc.grading.reading.decimal_signs import Choice
from handcalc.grading.reading.decimals import SAMPLE, Decimals
from handcalc.grading.reading.dialect import Dialect
from handcalc.grading.reading.folder import Folder
from handcalc.grading.reading.gaps import Gaps
from handcalc.grading.reading.rows import Row, Table
from handcalc.grading.reading.source import Source
from handcalc.grading.scheme import Scheme

if TYPE_CHECKING:
    from handcalc.grading.reading.excel import Workbook

_SHEETS = (".yaml", ".yml", ".json")
"""Files that hold one sheet, whatever stands in them."""


class Roster:
    """The rows of a class, and what its columns are.

    With `again` the rows can be read several times, even those of a pipe; without `named` no remark
    names a student.
    """

    def __init__(
        self,
        path: Path,
        scheme: Scheme,
        decimal: Choice = "auto",
        *,
        again: bool = False,
        named: bool = True,
    ) -> None:
        self._named = named
        self.name = printable(str(path))
        self._source: Source | None = None
        self._left_out: set[int] = set()
        self._kept = ""
        try:
            self._open(path, scheme, decimal, again=again)
        except BaseException:
            self.__exit__()
            raise

    def _open(self, path: Path, scheme: Scheme, decimal: Choice, *, again: bool) -> None:
        self._table = self._opened(path, scheme, decimal, again=again)
        self._rows: Iterator[Row] | None = self._table.rows()
        self._sample = list(islice(self._rows, SAMPLE))
        if not isinstance(self._table, Folder) and self._keys_down(scheme):
            if not path.is_file():
                wrong = "is one sheet, its keys down the first column"
                raise FileError(f"{self.name}: {wrong}; mark it with: handcalc check")
            self._table = Folder([path], scheme, decimal, alone=True)
            self._rows, self._sample = self._table.rows(), []
        table = self._table
        self._gaps = Gaps(table.names, (row.cells for row in self._sample), keys(scheme))
        self._sample = [*self._apart(self._sample)]
        self.columns = Columns(scheme, self._gaps.names, self.name, table.dialect.separator)
        if self._sample and table.uneven == len(self._sample):
            wrong = "every row has more cells than its first line has names"
            mend = "put quotes around cells with commas in them, or semicolons between cells"
            raise FileError(f"{self.name}: {wrong}; {mend}")
        self.students = Students(self.columns.names, self.columns.about)
        self._choice: Choice = "auto" if isinstance(table, Folder) else decimal
        self._begin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._source:
            self._source.__exit__()

    @property
    def dialect(self) -> Dialect:
        """How the class is written, and its marks too."""
        read = self._table.dialect
        return Dialect(read.encoding, read.marked, read.separator, self._decimals.sign)

    def rows(self) -> Iterator[Row]:
        """Every row, with its decimal sign; what is said of them is said of the last reading."""
        read = self._apart(self._rows or self._table.rows())
        if self._rows:
            read, self._rows = chain(self._sample, read), None
        self._begin()
        if self._left_out:
            read = (row for row in read if row.line not in self._left_out)
        if not isinstance(self._table, Folder):
            read = self._decimals.read(read)
        return self._repeats.watched(self._causes.watched(read))

    def attempts(self) -> Iterator[tuple[Row, float]]:
        """Each row with the number of its attempt."""
        return ((row, self.students.attempt(row)) for row in self.rows())

    def keep(self, kept: str, scored: Iterable[tuple[Row, float]]) -> None:
        """From now on one row of each student, that with the highest score."""
        self._kept = kept
        self._left_out = attempts.left_out(scored, self.students)

    def remarks(self) -> list[str]:
        """What is to be said of the file and its rows."""
        remarks = [f"{self.name}: {remark}" for remark in self._table.remarks]
        remarks += self._gaps.remarks
        for watcher in (self._decimals, self._causes, self._repeats):
            remarks += watcher.remarks()
        if self._left_out:
            lines = Lines()
            for line in sorted(self._left_out):
                lines.add(line)
            kept = f"of each student the {self._kept} attempt is marked"
            remarks.append(f"{kept}; left out: {count(lines.many, 'row')} ({lines.places()})")
        return remarks

    def _apart(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows, each part of a question with gaps in a cell of its own."""
        if not self._gaps:
            return iter(rows)
        return (row._replace(cells=self._gaps.cells(row.cells)) for row in rows)

    def _begin(self) -> None:
        places = [] if isinstance(self._table, Folder) else [*self.columns.numbers]
        self._decimals = Decimals(places, self._sample, self._choice)
        self._causes = Causes(_file if self._named and isinstance(self._table, Folder) else None)
        self._repeats = Repeats(self.students, named=self._named)

    def _opened(
        self, path: Path, scheme: Scheme, decimal: Choice, *, again: bool
    ) -> "Table | Workbook | Folder":
        if path.is_dir():
            return Folder(folder.sheets(path), scheme, decimal)
        if path.suffix.lower() in _SHEETS:
            return Folder([path], scheme, decimal, alone=True)
        self._source = Source(path, again=again)
        if self._source.head.startswith(encoding.EXCEL):
            from handcalc.grading.reading.excel import Workbook

            return Workbook(self._source)
        return Table(self._source)

    def _keys_down(self, scheme: Scheme) -> bool:
        """Do keys stand down the first column, and not along the first row? Then it is one sheet."""
        names, known = self._table.names, {*keys(scheme), *scheme.answers}
        down = [names[0], *(row.cells[0].strip() for row in self._sample)]
        if any("=" in cell.split(":")[0] or ":" in cell for cell in names[:1]):
            down = [cell.replace(":", "=").split("=")[0].strip() for cell in down]
        keys_down = sum(cell in known for cell in down)
        return keys_down > sum(name in known for name in names) and 2 * keys_down >= len(down)


def _file(row: Row) -> str:
    return printable(row.cells[0])
