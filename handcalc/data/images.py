"""A folder of images by class: a folder for each class, named like it, with its images."""

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from handcalc.data._examples import MOST_NUMBERS, Examples, Wanted
from handcalc.data._source import wrong
from handcalc.errors import printable, times
from handcalc.problem.beside import SUFFIXES, content
from handcalc.problem.pixels import Color, UnreadError, pixels

if TYPE_CHECKING:
    from handcalc.arrays import Array

OPTIONS = ()
MOST_FILES = 1_000_000


def suits(path: Path) -> bool:
    """Is it a folder?"""
    return path.is_dir()


def read(path: Path, wanted: Wanted) -> Examples:
    """The pixels of all images, classes and files in the order of their names."""
    import numpy as np

    # What begins with a dot is not the user's.
    own = [p for p in sorted(path.iterdir()) if p.is_dir() and not p.name.startswith(".")]
    if len(own) < 2:
        has = f"only the class {printable(own[0].name)}" if own else "no folders"
        said = f"has {has}; make a folder for each class"
        raise wrong(path, f"{said}, such as {printable(path.name)[:40]}/cats and …/dogs")
    color: Color = "rgb" if _is_color(wanted) else "gray"
    numbers, classes = list["Array"](), list[int]()
    shape: tuple[int, ...] = ()
    for number, folder in enumerate(own):
        images = _images(folder)
        if not images:
            raise wrong(folder, "has no images; put some there, or take the folder away")
        for name in images:
            found = _pixels(folder, name, color)
            if shape not in ((), found.shape):
                said = f"has {times(found.shape[:2])} pixels, the first image {times(shape[:2])}"
                raise wrong(folder / name, f"{said}; give all images the same size")
            shape = found.shape
            numbers.append(found)
            classes.append(number)
            if found.size * len(numbers) > MOST_NUMBERS:
                raise wrong(path, f"has more than {MOST_NUMBERS:,} numbers; give fewer images")
    inputs = np.stack(numbers)
    if wanted.channels_first and color == "rgb":
        inputs = inputs.transpose(0, 3, 1, 2)
    return Examples(inputs, np.array(classes), tuple(printable(p.name) for p in own))


def _is_color(wanted: Wanted) -> bool:
    """Has the input of the network three channels?"""
    return len(wanted.shape) == 3 and wanted.shape[0 if wanted.channels_first else -1] == 3


def _images(folder: Path) -> list[str]:
    files = islice(folder.iterdir(), MOST_FILES)
    return sorted(
        p.name for p in files if p.suffix.lower() in SUFFIXES and not p.name.startswith(".")
    )


def _pixels(folder: Path, name: str, color: Color) -> "Array":
    try:
        return pixels(content(folder, name), color)
    except UnreadError as error:
        raise wrong(folder / name, str(error)) from None
