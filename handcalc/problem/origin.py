"""Where a problem came from, so that a mistake found later still points into its file."""

from dataclasses import dataclass
from functools import lru_cache

from handcalc.errors import Mistake
from handcalc.fields.strict import KEY
from handcalc.formula.greek import spelled
from handcalc.formula.tokens import Within
from handcalc.problem import exact_yaml

_places = lru_cache(maxsize=4)(exact_yaml.places)
_content = lru_cache(maxsize=4)(exact_yaml.read)


def _as_typed(data: object, place: exact_yaml.Path) -> exact_yaml.Path:
    """A path as the file has it: `input:` for inputs by name, α for alpha, the item of a list for its name."""
    found: list[str | int] = []
    for name in place:
        if name in (KEY, "[key]"):
            # An item of a list has no name of its own.
            found += [] if found and isinstance(found[-1], int) else [KEY]
            break
        key = name
        if isinstance(data, dict) and name not in data:
            others = [other for other in data if spelled(str(other)) == name]
            others += ["input"] if name == "inputs" and "input" in data else []
            key = others[0] if others else name
        elif isinstance(data, list) and isinstance(name, str):
            items = [i for i, item in enumerate(data) if spelled(str(item)) == name]
            key = items[0] if items else name
        found.append(key)
        inside = isinstance(data, dict) and key in data
        inside |= isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data)
        data = data[key] if inside else None  # type: ignore[index]  # looked up just above
    return tuple(found)


@dataclass(frozen=True)
class Origin:
    """The name of a problem, the path and the text of its file."""

    name: str
    path: str
    text: str
    layers: tuple[exact_yaml.Path, ...] = ()
    """The place of each layer, where blocks are repeated."""
    letters: tuple[str, ...] = ()
    """The letters that stand for sizes."""
    windows: tuple[str, ...] = ()
    """Those of them that stand for the size or the stride of a window."""
    sample: str = ""
    """Which of the samples stands here alone, in words."""

    def mistake(self, place: exact_yaml.Path, what: str) -> Mistake:
        """A mistake at the nearest place of the file that the path leads to."""
        if self.layers and place[:1] == ("layers",) and len(place) > 1:
            own, rest = self.layers[int(place[1])], place[2:]
            # The name of a value is its key.
            place = (*own, KEY) if own[:1] == ("values",) and "name" in rest else (*own, *rest)
        inside = next((part for part in place if isinstance(part, Within)), None)
        place = place if inside is None else place[: place.index(inside)]
        places = _places(self.text)
        place = _as_typed(self._data, place)
        whole = place
        while place and place not in places:
            place = place[:-1]
        line, column = places.get(place, (0, 0))
        if inside is not None and all(part == "formula" for part in whole[len(place) :]):
            column += self._column_within(line, column, inside)
        return exact_yaml.at(self.text, line, column, what)

    @property
    def _data(self) -> object:
        return _content(self.path, self.text)

    def _column_within(self, line: int, column: int, inside: int) -> int:
        """How far inside of a text on one line something stands, its quote included; 0 where that is open."""
        rest = self.text.split("\n")[line][column:]
        quote = rest[:1] in ("'", '"')
        return inside + quote if inside + quote < len(rest) + 1 and rest[:1] not in "|>&!" else 0
