"""One step's numbers from the texts of all students: each different text is read once.

A class types the same few numbers again and again; what a text says is looked up in a table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from handcalc.grading.answer import UnreadableError, is_blank, number

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

MOST_TEXTS = 200_000
"""Different texts that are remembered."""


@dataclass(slots=True)
class Column:
    """One number of the sheet as all students typed it; where nothing is given the value is nan."""

    value: "Array"
    decimals: "Array"
    unit: "Array"
    given: "Array"
    unreadable: "Array"

    def of(self, rows: "Array") -> "Column":
        """The numbers of some students."""
        return Column(
            self.value[rows],
            self.decimals[rows],
            self.unit[rows],
            self.given[rows],
            self.unreadable[rows],
        )


class Reader:
    """Reads columns of texts; `commas` says whose decimal point is a comma, where that is known."""

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        import numpy as np

        self._places: dict[bool | None, dict[str, int]] = {None: {}, False: {}, True: {}}
        self._known = 0
        self._table = Column(
            np.empty(64),
            np.empty(64, np.int32),
            np.empty(64),
            np.empty(64, bool),
            np.empty(64, bool),
        )

    def column(self, texts: Sequence[str], commas: Sequence[bool | None] = ()) -> Column:
        """The numbers of one step."""
        import numpy as np

        if self._known > MOST_TEXTS:
            self._clear()
        signs = set(commas) or {None}
        if len(signs) == 1:
            return self._learned(self._at(texts, signs.pop()))
        places = np.empty(len(texts), np.int64)
        for sign in signs:
            rows = [row for row, comma in enumerate(commas) if comma is sign]
            places[rows] = self._at([texts[row] for row in rows], sign)
        return self._learned(places)

    def _learned(self, places: "Array") -> Column:
        """These places of the table, which grows while texts are looked up."""
        return self._table.of(places)

    def _at(self, texts: Sequence[str], comma: bool | None) -> "Array":
        """Where the texts stand in the table; those that were not met before are read."""
        import numpy as np

        places = self._places[comma]
        try:
            return np.fromiter(map(places.__getitem__, texts), np.int64, len(texts))
        except KeyError:
            for text in set(texts).difference(places):
                self._learn(text, comma)
        return np.fromiter(map(places.__getitem__, texts), np.int64, len(texts))

    def _learn(self, text: str, comma: bool | None) -> None:
        import numpy as np

        place = self._places[comma][text] = self._known
        self._known += 1
        if place >= self._table.value.size:
            self._table = self._table.of(np.arange(2 * place) % place)
        table = self._table
        (
            table.value[place],
            table.decimals[place],
            table.unit[place],
            table.given[place],
            table.unreadable[place],
        ) = _read(text, comma)


def _read(text: str, comma: bool | None) -> tuple[float, int, float, bool, bool]:
    """Value, decimals, unit of the last digit, whether something is given, and whether it is unreadable."""
    if is_blank(text):
        return float("nan"), 0, 0.0, False, False
    try:
        typed = number(text, comma)
    except UnreadableError:
        return float("nan"), 0, 0.0, True, True
    return typed.value, typed.decimals, typed.unit, True, False
