"""A question with several gaps in Moodle: `part 1: 0.43; part 2: 0.605` in a cell is several answers."""

import re
from collections.abc import Iterable, Sequence

from handcalc.grading.reading import headings

_PART = re.compile(r"(?:^|;\s*)[^\W\d]{1,20} ([0-9]{1,4}): ")
MOST_PARTS = 1_000


class Gaps:
    """The columns of responses with their parts, where those are as many as there are answers."""

    def __init__(
        self, names: Sequence[str], cells: Iterable[Sequence[str]], keys: Sequence[str]
    ) -> None:
        rows, places = list(cells), headings.responses(names)
        parts = {i: max((len(_parts(row[i])) for row in rows), default=0) for i in places}
        whole = sum(max(1, many) for many in parts.values())
        self._parts = parts if whole == len(keys) > len(places) else {}
        left = iter(keys)
        self.names: list[str] = []
        for place, name in enumerate(names):
            many = max(1, parts[place]) if place in self._parts else 0
            self.names += [next(left) for _ in range(many)] if many else [name]
        first = headings.shown(names[places[0]]) if self._parts else ""
        self.remarks = [f"the parts of {first} read as the answers in their order"] if first else []

    def __bool__(self) -> bool:
        return bool(self._parts)

    def cells(self, cells: Sequence[str]) -> list[str]:
        """The cells of a row, each part in one of its own."""
        apart: list[str] = []
        for place, cell in enumerate(cells):
            many = self._parts.get(place, 0)
            if many:
                parts = _parts(cell)
                apart += [parts.get(part, "") for part in range(1, many + 1)]
            else:
                apart.append(cell)
        return apart


def _parts(cell: str) -> dict[int, str]:
    """The texts of a cell by the numbers of their parts; none where it has no parts."""
    if ": " not in cell[:30]:
        return {}
    pieces = _PART.split(cell)
    if pieces[0].strip():
        return {}
    parts = {
        int(number): text.strip() for number, text in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    # Parts are numbered from 1 on without a hole.
    return parts if set(parts) == set(range(1, len(parts) + 1)) and len(parts) <= MOST_PARTS else {}
