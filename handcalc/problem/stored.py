"""Learned numbers from a file: `weights: {from: trained.npz}` becomes the numbers of that array.

This happens before anything else looks at the layers, so that all that follows sees numbers alone. An array is
called as `handcalc train` calls it, h.weights for the weights of layer h; `array:` names another one, and
`decimals: 3` rounds what is to be worked out by hand.
"""

from collections.abc import Iterator, Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import Field, PlainValidator, ValidationError

from handcalc import arrays, layers
from handcalc.errors import did_you_mean, printable
from handcalc.fields import Array, Decimals, Strict, Texts, Words, quoted
from handcalc.problem import uses
from handcalc.problem.beside import ARRAYS, content, place_of
from handcalc.problem.exact_yaml import Path as Place
from handcalc.problem.pixels import UnreadError

if TYPE_CHECKING:
    from handcalc.arrays import Array as Numpy

Arrays: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Named arrays by the name of their file."""

MOST_NUMBERS = 1_000_000
"""Numbers of one array."""
_KEYS = {"from", "array", "decimals"}


def _file(value: object) -> str:
    return place_of(value, ARRAYS)


class Stored(Strict):
    """An array in a file in the folder of the problem, perhaps rounded to what a person writes."""

    from_: Annotated[str, PlainValidator(_file)] = Field(alias="from")
    array: Words = ""
    decimals: Decimals | None = None


class _Reader:
    """Puts numbers in the place of what names them; each file is read once."""

    def __init__(self, folder: Path, there: Arrays) -> None:
        self.folder, self.wrong = folder, list[tuple[Place, str]]()
        self._files = dict(there)

    def within(self, fields: dict[str, Any], place: Place, owner: str) -> dict[str, Any]:
        """The fields below a place, what is stored as numbers."""
        return {name: self._value(fields[name], (*place, name), owner) for name in fields}

    def _value(self, value: Any, place: Place, owner: str) -> Any:
        name = str(place[-1])
        if not isinstance(value, dict):
            return value
        if _is_stored(value):
            numbers = self._numbers(value, place, f"{owner}.{name}")
            # What could not be read stays, and is no number to whoever reads on.
            return value if numbers is None else numbers
        if name.endswith("layer"):
            # A layer inside of another one has its word between.
            return {
                word: self.within(own, (*place, word), owner) if isinstance(own, dict) else own
                for word, own in value.items()
            }
        return self.within(value, place, f"{owner}.{name}")

    def _numbers(self, value: dict[str, Any], place: Place, name: str) -> Array | None:
        try:
            stored = Stored.model_validate(value)
            return _typed(self._array(stored.from_, stored.array or name), stored.decimals)
        except ValidationError as error:
            self.wrong += [((*place, *e["loc"]), e["ctx"]["what"]) for e in error.errors()]
        except (UnreadError, arrays.ArraysError) as error:
            said = f"{quoted(value['from'])} {printable(str(error))}"
            self.wrong.append(((*place, "from"), said))
        return None

    def _array(self, file: str, name: str) -> "Numpy":
        if file not in self._files:
            self._files[file] = arrays.read(content(self.folder, file, ARRAYS), ARRAYS.most)
        there = self._files[file]
        if name not in there:
            learned = [other for other in there if "/" not in other]
            raise UnreadError(f"has no array {quoted(name)}{did_you_mean(name, learned)}")
        return there[name]


def into_numbers(
    data: dict[str, Any], folder: Path, arrays: Arrays
) -> tuple[dict[str, Any], list[tuple[Place, str]]]:
    """The file with numbers where it names arrays, and what is wrong with these; some may be there already."""
    reader, found = _Reader(folder, arrays), dict(data)
    items = data.get("layers")
    if isinstance(items, list):
        found["layers"] = [
            {word: reader.within(options, ("layers", i, word), name)} if word else item
            for i, (item, word, options, name) in enumerate(_named(items))
        ]
    if isinstance(data.get("learned"), dict):
        found["learned"] = reader.within(data["learned"], ("learned",), "learned")
    return found, reader.wrong


def _named(items: list[Any]) -> Iterator[tuple[Any, str, dict[str, Any], str]]:
    """Each layer with its word, its options and the name that it will have; "" for what has no options."""
    counts: dict[str, int] = {}
    families: dict[str, str] = {}
    for item in items:
        word, options = next(iter(item.items())) if isinstance(item, dict) and item else (item, {})
        own = options if isinstance(options, dict) else {}
        family = families.get(str(own.get("layer")), "") if word == uses.WORD else _family(word)
        counts[family] = counts.get(family, 0) + 1
        name = str(own.get("name") or f"{family}{counts[family]}")
        families[name] = family
        yield item, str(word) if isinstance(item, dict) and own else "", own, name


def _family(word: object) -> str:
    kind: Any = layers.load(word) if isinstance(word, str) and word in layers.LAYERS else None
    return (kind.called or str(word)) if kind is not None else str(word)


def _is_stored(value: object) -> bool:
    return isinstance(value, dict) and "from" in value and set(value) <= _KEYS


def _typed(numbers: "Numpy", decimals: int | None) -> Array:
    """The numbers as a person would type them: rounded, or the shortest decimals that lead to the same floats."""
    import numpy as np

    if prod(numbers.shape) > MOST_NUMBERS:
        raise UnreadError(
            f"has more than {MOST_NUMBERS:,} numbers in this array; give a smaller one"
        )
    if not prod(numbers.shape):
        raise UnreadError("has no numbers in this array; give one that has some")
    if not np.isfinite(numbers).all():
        raise UnreadError("has NaN or infinity in this array; train it anew")

    def texts(rows: Any) -> Texts:
        if isinstance(rows, list):
            return tuple(map(texts, rows))
        return repr(rows) if decimals is None else f"{rows:z.{decimals}f}"

    whole = numbers.dtype.kind in "biu"
    return Array(texts(numbers.astype(int if whole else float).tolist()), numbers.shape)
