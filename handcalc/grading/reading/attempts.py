"""Students who are there more than once, with their lines; the one attempt that is marked.

Who a student is, is said by an id, or an address, or else by the name. Of each row 16 bytes are kept.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from handcalc.errors import count, printable
from handcalc.grading.reading.causes import Lines
from handcalc.grading.reading.rows import Row

Choice = Literal["all", "last", "best"]
MOST_SAID = 5
RECENT = 50_000
"""Students who are remembered by name; of earlier ones there is a hash and a line."""
MOST_KEPT = 1_000
"""Students whose lines are kept."""
_IDS = frozenset(
    [
        "id",
        "sid",
        "sis id",
        "student id",
        "student number",
        "user id",
        "username",
        "login",
        "login id",
        "sis login id",
        "email",
        "e-mail",
        "email address",
        "e-mail address",
        "e-mail-adresse",
        "matrikelnummer",
        "matriculation number",
    ]
)
_NAMES = frozenset(
    [
        "name",
        "student",
        "student name",
        "full name",
        "first name",
        "last name",
        "surname",
        "family name",
        "given name",
        "vorname",
        "nachname",
        "vollständiger name",
        "nom",
        "prénom",
        "nombre",
        "apellido",
        "apellidos",
        "nome",
        "cognome",
    ]
)
_NUMBERS = frozenset({"attempt", "attempt number", "versuch", "submission count"})


class Students:
    """Who the student of a row is."""

    def __init__(self, names: Sequence[str], about: Sequence[int]) -> None:
        words = {place: names[place].strip().casefold().replace("_", " ") for place in about}
        self._ids = [place for place in about if words[place] in _IDS]
        self._names = [place for place in about if words[place] in _NAMES] or (
            [] if self._ids else list(about)
        )
        self._numbers = [place for place in about if words[place] in _NUMBERS]

    def name(self, row: Row) -> str:
        """As the row names the student, by name before id."""
        places = self._names or self._ids
        if len(places) == 1:
            return row.cells[places[0]]
        return " ".join([row.cells[place].strip() for place in places])

    def who(self, row: Row) -> str:
        """The same text for the same student; empty where the row does not say."""
        cells = row.cells
        for place in self._ids:
            if text := cells[place].strip():
                return f"{place} {text.casefold()}"
        if len(self._names) == 1:
            return cells[self._names[0]].strip().casefold()
        return " ".join([cells[place].strip() for place in self._names]).strip().casefold()

    def attempt(self, row: Row) -> float:
        """The number of the attempt, where a column holds it; else the line."""
        for place in self._numbers:
            text = row.cells[place].strip()
            if text.isdecimal() and len(text) < 10:
                return float(text)
        return float(row.line)


class Repeats:
    """Sees all rows pass and says which students are there more than once."""

    def __init__(self, students: Students, *, named: bool = True) -> None:
        self._students, self._named = students, named
        self._recent: dict[int, int] = {}
        """By hash the line of each recent student."""
        self._names: dict[int, str] = {}
        self._again: dict[int, list[int]] = {}
        """Further lines of recent students."""
        self._earlier: tuple[Any, Any] | None = None
        """The hashes of all others in order, with their lines."""
        self._found: dict[int, tuple[str, Lines]] = {}
        self._more = 0

    def watched(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The same rows."""
        recent, names = self._recent, self._names
        who, name = self._students.who, self._students.name
        for row in rows:
            if student := who(row):
                key = hash(student)
                if key in recent:
                    self._again.setdefault(key, []).append(row.line)
                else:
                    recent[key] = row.line
                    names[key] = name(row)
                    if len(recent) == RECENT:
                        self._set_aside()
            yield row

    def remarks(self) -> list[str]:
        """A remark a student, and how many more there are."""
        self._set_aside()
        remarks = [
            f"{name if self._named else 'a student'} is there {_times(lines.many)} ({lines.places()})"
            for name, lines in [*self._found.values()][:MOST_SAID]
        ]
        more = len(self._found) - len(remarks) + self._more
        if more:
            remarks.append(f"{count(more, 'more student')} there more than once")
        if remarks:
            remarks[-1] += (
                "; every row is marked, --attempt last or --attempt best keeps one of them"
            )
        return remarks

    def _set_aside(self) -> None:
        """Of students of whom there were many since, a hash and a line are enough."""
        first = self._first_lines()
        for key in dict.fromkeys([*first, *self._again]):
            if key not in self._found and len(self._found) == MOST_KEPT:
                self._more += 1
                continue
            name = printable(self._names[key].strip())[:60]
            known = [first[key]] if key in first and key not in self._found else []
            _, lines = self._found.setdefault(key, (name, Lines()))
            for place in (*known, self._recent[key], *self._again.get(key, ())):
                lines.add(place)
        for kept in (self._recent, self._names, self._again):
            kept.clear()

    def _first_lines(self) -> dict[int, int]:
        """The recent students who were there earlier, each with the first line; all are earlier ones then."""
        if len(self._recent) < RECENT and self._earlier is None:
            return {}
        import numpy as np

        keys = np.fromiter(self._recent, np.int64, len(self._recent))
        lines = np.fromiter(self._recent.values(), np.int64, len(self._recent))
        if self._earlier is None:
            order = np.argsort(keys)
            self._earlier = keys[order], lines[order]
            return {}
        others, their = self._earlier
        places = np.minimum(np.searchsorted(others, keys), len(others) - 1)
        there = others[places] == keys
        first = dict(zip(keys[there].tolist(), their[places[there]].tolist(), strict=True))
        whole = np.concatenate((others, keys[~there]))
        order = np.argsort(whole, kind="stable")
        self._earlier = whole[order], np.concatenate((their, lines[~there]))[order]
        return first


def left_out(scored: Iterable[tuple[Row, float]], students: Students) -> set[int]:
    """The lines of all attempts but one of each student: that with the most, or the later of two equal ones."""
    import numpy as np

    keys, scores, lines = array("q"), array("d"), array("q")
    for row, score in scored:
        if who := students.who(row):
            keys.append(hash(who))
            scores.append(score)
            lines.append(row.line)
    if not keys:
        return set()
    line, key = np.asarray(lines), np.asarray(keys)
    order = np.lexsort((line, np.asarray(scores), key))
    others = key[order][1:] == key[order][:-1]
    return set(line[order][:-1][others].tolist())


def _times(many: int) -> str:
    return {2: "twice", 3: "three times"}.get(many, f"{many} times")
