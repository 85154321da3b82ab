"""Inputs from images: `input: {image: FILE}` becomes the numbers of its pixels.

This happens before anything else looks at the input, so that all that follows sees numbers alone.
"""

from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, ValidationError

from handcalc.errors import nearest
from handcalc.fields import Array, Given, Strict, Texts, mistake, quoted
from handcalc.number import plain, round_to
from handcalc.problem.beside import IMAGE, content, place_of
from handcalc.problem.exact_yaml import Path as Place
from handcalc.problem.pixels import Color, UnreadError, pixels

DECIMALS = 4
"""Decimals of a pixel value that has been divided."""


def _file(value: object) -> str:
    return place_of(value, IMAGE)


def _divisor(given: Given) -> Given:
    if not 0.001 <= given.value <= 100_000:
        raise mistake(f"is {given.text}; write a number from 0.001 to 100000, such as 255")
    return given


Divisor = Annotated[Given, AfterValidator(_divisor)]


class Picture(Strict):
    """An image in the folder of the problem: its file, gray or in color, what divides its values."""

    image: Annotated[str, PlainValidator(_file)]
    color: Color = "gray"
    divide: Divisor = Given.of(1)


def into_numbers(
    data: dict[str, Any], folder: Path
) -> tuple[dict[str, Any], list[tuple[Place, str]]]:
    """The file with numbers where an input is an image, and what is wrong with that image.

    Without the numbers the file has no such input; the rest of it can be read all the same.
    """
    notation = data.get("notation")
    first = isinstance(notation, dict) and notation.get("channels") == "first"
    wrong: list[tuple[Place, str]] = []

    def read(fields: dict[str, Any], place: Place) -> dict[str, Any]:
        """Some inputs by their names, those that are images as numbers."""
        found = {}
        for name, given in fields.items():
            if not isinstance(given, dict) or not _is_picture(given):
                found[name] = given
                continue
            try:
                picture = Picture.model_validate(given)
                found[name] = _numbers(picture, folder, channels_first=first)
            except ValidationError as error:
                wrong.extend(((*place, name, *e["loc"]), e["ctx"]["what"]) for e in error.errors())
            except UnreadError as error:
                wrong.append(((*place, name, "image"), f"{quoted(given['image'])} {error}"))
        return found

    found = dict(data)
    if "input" in data:
        del found["input"]
        found |= read({"input": data["input"]}, ())
    if isinstance(data.get("inputs"), dict):
        found["inputs"] = read(data["inputs"], ("inputs",))
    return found, wrong


def _is_picture(given: dict[str, Any]) -> bool:
    """Does a mapping mean an image, if perhaps misspelt, and not a shape?"""
    known = (*Picture.model_fields, "shape", "symbol", "random")
    return "image" in given or "image" in {nearest(str(key), known) for key in given}


def _numbers(picture: Picture, folder: Path, *, channels_first: bool) -> Array:
    """The pixels as typed numbers: H × W, and in color H × W × 3 or 3 × H × W."""
    found = pixels(content(folder, picture.image), picture.color)
    if channels_first and found.ndim == 3:
        found = found.transpose(2, 0, 1)
    written = [plain(round_to(value / picture.divide.value, DECIMALS)) for value in range(256)]

    def texts(rows: Any) -> Texts:
        return tuple(map(texts, rows)) if isinstance(rows, list) else written[rows]

    return Array(texts(found.tolist()), found.shape)
