"""A folder of sheets, or a single one, as the rows of a class, in the order of their names."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from handcalc.errors import FileError, HandcalcError, printable, safe
from handcalc.grading.reading import sheet
from handcalc.grading.reading.decimal_signs import Choice
from handcalc.grading.reading.dialect import Dialect
from handcalc.grading.reading.rows import Row
from handcalc.grading.reading.sheet import Sheet
from handcalc.grading.reading.texts import Texts, placed
from handcalc.grading.scheme import Scheme

SUFFIXES = (".yaml", ".yml", ".json", ".csv", ".tsv", ".txt", ".xlsx")

_PLACED = re.compile(r"(?::([0-9]+))?(?::[0-9]+)?: (.*)")
"""path: what, path:line: what, path:line:column: what."""


def sheets(path: Path) -> list[Path]:
    """The sheets of a folder; hidden files, and what Excel keeps beside an open file, are none."""
    try:
        files = sorted(path.iterdir())
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}; check the folder"
        raise FileError(f"{printable(str(path))}: {wrong}") from None
    return [
        file
        for file in files
        if file.suffix.lower() in SUFFIXES and file.is_file() and file.name[0] not in ".~"
    ]


class Folder:
    """The sheets with their files and names, then a column a key: steps on the way too, if answered.

    What is wrong with a sheet is said in its row; `alone` there are no others for which to go on.
    """

    dialect = Dialect()
    uneven = 0
    remarks: tuple[str, ...] = ()

    def __init__(
        self, paths: Sequence[Path], scheme: Scheme, decimal: Choice, *, alone: bool = False
    ) -> None:
        self._read = [_one(path, scheme, decimal, alone=alone) for path in paths]
        asked = [*scheme.figures, *(s.key for a in scheme.answers.values() for s in a.steps)]
        others = (ref for texts, _, _ in self._read if texts for ref in texts.others)
        self._keys = list(dict.fromkeys([*asked, *map(scheme.steps.key, others)]))
        self._files = [path.name for path in paths]
        self._key = scheme.steps.key
        self.names = ("file", "name", *self._keys)

    def rows(self) -> Iterator[Row]:
        """A row a sheet, those that cannot be read too."""
        for number, (file, (texts, name, wrong)) in enumerate(
            zip(self._files, self._read, strict=True), 1
        ):
            by_key = {self._key(ref): text for ref, text in texts.numbers.items()} if texts else {}
            by_key |= texts.figures if texts else {}
            cells = [file, name, *(by_key.get(key, "") for key in self._keys)]
            yield Row(number, cells, wrong, texts.comma if texts else None)


def _one(
    path: Path, scheme: Scheme, decimal: Choice, *, alone: bool
) -> tuple[Texts | None, str, str]:
    """What a sheet says, whose it is, and what is wrong with it."""
    try:
        typed: Sheet = sheet.load(path, scheme, decimal)
    except HandcalcError as error:
        if alone:
            raise
        # The file has a column of its own.
        message = str(error).splitlines()[0].removeprefix(printable(str(path)))
        placed_at = _PLACED.fullmatch(message)
        line, wrong = placed_at.groups() if placed_at else ("", message)
        return None, "", safe(f"line {line}: {wrong}" if line else wrong)
    texts = placed(scheme, typed)
    return texts, typed.name, safe("; ".join(texts.remarks))
