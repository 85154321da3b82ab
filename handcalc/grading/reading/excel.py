"""The rows of an Excel file (.xlsx), within bounds: what its cells show; no formula is worked out.

A number in a cell has lost the zeros it was typed with, and has the 15 digits that Excel keeps. openpyxl
is imported when such a file is read, and only then.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from handcalc.errors import FileError, count, printable
from handcalc.grading.reading.dialect import Dialect
from handcalc.grading.reading.rows import MOST_COLUMNS, Row
from handcalc.grading.reading.source import BLOCK, Source

MAX_BYTES = 128 * 2**20
"""Of all parts of the archive together, unpacked."""
MAX_PARTS = 2_000
MAX_ROWS = 1_048_576
MAX_CELLS = 40_000_000
MAX_TEXT = 1_000
"""Characters of a cell that are kept."""
_DECLARED = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
_DAMAGED = "is no Excel file that can be read; save it again as .xlsx, or as CSV"
# What zipfile, the reader of XML and openpyxl raise for broken parts.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    NotImplementedError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)


class Workbook:
    """The first worksheet as a class: its names of columns, its rows."""

    dialect = Dialect(marked=True)
    """Marks go out as CSV; Excel opens UTF-8 by its mark."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.uneven = 0
        """Rows with more cells than there are names."""
        with _broken(source.name):
            computed = _checked(source.whole, source.name)
            self._sheet, self.remarks = _first_sheet(source)
            self._formulas = _unworked(self._sheet) if computed else {}
            if self._formulas:
                first = ", ".join(list(self._formulas)[:3])
                many = count(len(self._formulas), "formula")
                advice = "save the file once in Excel"
                self.remarks.append(f"{many} without a kept result ({first}); {advice}")
        names = next((cells for _, cells in self.cells() if any(cells)), [])
        while names and not names[-1]:
            names.pop()
        if not names:
            advice = "write name, h1_in, h2_in in its first row"
            raise FileError(f"{source.name}: has no row of keys; {advice}")
        self.names = tuple(name.strip() for name in names)

    def rows(self) -> Iterator[Row]:
        """Every row below the names that holds anything."""
        columns, self.uneven = len(self.names), 0
        filled = ((line, cells) for line, cells in self.cells() if any(cells))
        next(filled, None)
        for line, cells in filled:
            if any(cells[columns:]):
                self.uneven += 1
                wrong = (
                    f"has {count(len(cells), 'cell')} where the first row has {columns}; not marked"
                )
                yield Row(line, [cells[0], *[""] * (columns - 1)], wrong)
            else:
                yield Row(line, [*cells[:columns], *[""] * (columns - len(cells))])

    def cells(self) -> Iterator[tuple[int, list[str]]]:
        """The texts of each row with its number."""
        many = 0
        with _broken(self.source.name):
            for line, row in enumerate(self._sheet.iter_rows(values_only=True), 1):
                many += len(row)
                if line > MAX_ROWS or len(row) > MOST_COLUMNS or many > MAX_CELLS:
                    bounds = f"{MAX_ROWS:,} rows, {MOST_COLUMNS:,} columns or {MAX_CELLS:,} cells"
                    raise FileError(f"{self.source.name}: has more than {bounds}")
                texts = [*map(_text, row)]
                if self._formulas:
                    texts = [text or self._formula(line, i) for i, text in enumerate(texts)]
                yield line, texts

    def _formula(self, line: int, place: int) -> str:
        from openpyxl.utils import get_column_letter

        return self._formulas.get(f"{get_column_letter(place + 1)}{line}", "")


@contextmanager
def _broken(name: str) -> Iterator[None]:
    try:
        yield
    except _BROKEN:
        raise FileError(f"{name}: {_DAMAGED}") from None


def _checked(file: IO[bytes], name: str) -> bool:
    """Is there a formula in it? Refuses what is no workbook, and what unpacks to more than a class."""
    formulas = False
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        archive.getinfo("xl/workbook.xml")
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_BYTES:
            raise FileError(f"{name}: unpacks to more than {MAX_BYTES // 2**20} MB")
        for part in parts:
            if part.flag_bits & 1 or part.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise zipfile.BadZipFile
            with archive.open(part) as opened:
                before = b""
                # No more than the size that was added up above is ever unpacked.
                while content := opened.read(BLOCK):
                    whole = before + content
                    if _DECLARED.search(whole):
                        # Excel declares no entities; they are how few bytes become very many.
                        raise zipfile.BadZipFile
                    formulas = formulas or (b"<f>" in whole or b"<f " in whole)
                    before = content[-16:]
    return formulas


def _first_sheet(source: Source) -> tuple[Any, list[str]]:
    """The worksheet that is read, and what is to be said of the choice."""
    import warnings

    try:
        from openpyxl import load_workbook
    except ImportError:
        advice = "needs openpyxl to be read: pip install 'handcalc[excel]'; or save it as CSV"
        raise FileError(f"{source.name}: {advice}") from None
    with warnings.catch_warnings():
        # Styles and extensions that openpyxl does not know hold no answers.
        warnings.simplefilter("ignore")
        book = load_workbook(source.whole, read_only=True, data_only=True, keep_links=False)
    sheet = book.worksheets[0]
    # The size that a sheet claims may be a lie.
    sheet.reset_dimensions()
    many = len(book.worksheets)
    remark = f"the first of {many} worksheets is read, '{printable(sheet.title)[:40]}'"
    return sheet, [remark] if many > 1 else []


def _unworked(sheet: Any) -> dict[str, str]:
    """The formulas whose result was not kept, by their cells."""
    from xml.etree.ElementTree import iterparse  # declarations were refused above

    formulas: dict[str, str] = {}
    with sheet._get_source() as part:  # noqa: SLF001  # openpyxl gives either results or formulas
        for _, element in iterparse(part):  # noqa: S314
            if element.tag.endswith("}c") and not element.findtext("{*}v"):
                formula = element.find("{*}f")
                if formula is not None:
                    formulas[element.get("r", "")] = f"={formula.text or ''}"[:MAX_TEXT]
            elif element.tag.endswith("}row"):
                element.clear()
    return formulas


def _text(value: Any) -> str:
    """A cell as Excel shows it, with the 15 digits that it keeps of a number."""
    if value is None:
        return ""
    if isinstance(value, float):
        return format(value, ".15g")
    return str(value)[:MAX_TEXT].strip()
