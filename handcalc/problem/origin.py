"""Where a problem came from, so that a mistake found later still points into its file."""

from dataclasses import dataclass
from functools import lru_cache

from handcalc.errors import Mistake
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
            place = (*self.layers[int(place[1])], *place[2:])
        places = _places(self.text)
        while place and place not in places:
            place = place[:-1]
        line, column = places.get(place, (0, 0))
        return exact_yaml.at(self.text, line, column, what)
