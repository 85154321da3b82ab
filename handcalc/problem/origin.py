"""Where a problem came from, so that a mistake found later still points into its file."""

from dataclasses import dataclass
from functools import lru_cache

from handcalc.errors import Mistake
from handcalc.fields.strict import KEY
from handcalc.formula.tokens import Within
from handcalc.problem import exact_yaml

_places = lru_cache(maxsize=4)(exact_yaml.places)


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

    def mistake(self, place: exact_yaml.Path, what: str) -> Mistake:
        """A mistake at the nearest place of the file that the path leads to."""
        if self.layers and place[:1] == ("layers",) and len(place) > 1:
            own, rest = self.layers[int(place[1])], place[2:]
            # The name of a value is its key.
            place = (*own, KEY) if own[:1] == ("values",) and "name" in rest else (*own, *rest)
        inside = next((part for part in place if isinstance(part, Within)), None)
        place = place if inside is None else place[: place.index(inside)]
        places, whole = _places(self.text), place
        while place and place not in places:
            place = place[:-1]
        line, column = places.get(place, (0, 0))
        if inside is not None and all(part == "formula" for part in whole[len(place) :]):
            column += self._column_within(line, column, inside)
        return exact_yaml.at(self.text, line, column, what)

    def _column_within(self, line: int, column: int, inside: int) -> int:
        """How far inside of a text on one line something stands, its quote included; 0 where that is open."""
        rest = self.text.split("\n")[line][column:]
        quote = rest[:1] in ("'", '"')
        return inside + quote if inside + quote < len(rest) + 1 and rest[:1] not in "|>&!" else 0
