"""Files beside a problem, images and learned numbers: in its folder or below, and nowhere else."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PureWindowsPath

from handcalc.errors import nearest, printable
from handcalc.fields import mistake, quoted
from handcalc.problem.pixels import UnreadError

MOST_LISTED = 1000
"""Files of a folder among which the one is looked for that may have been meant."""
SUFFIXES = frozenset(
    {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".webp"}
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is, for messages, and how large it may be."""

    noun: str
    what: str
    example: str
    suffixes: frozenset[str]
    smaller: str
    most: int


IMAGE = Kind("image", "an image file", "house.png", SUFFIXES, "make the image smaller", 20 * 10**6)
ARRAYS = Kind(
    "file",
    "a .npz file",
    "trained.npz",
    frozenset({".npz"}),
    "keep the arrays that are used",
    100 * 10**6,
)


def place_of(value: object, kind: Kind) -> str:
    """A place in the folder of the problem, on every system."""
    if not isinstance(value, str):
        raise mistake(f"expects the name of {kind.what}; write one such as {kind.example}")
    path = PureWindowsPath(value)  # knows both kinds of slashes
    if path.anchor or ".." in path.parts:
        said = f"{quoted(value)} leads out of the folder of the problem"
        raise mistake(
            f"{said}; put the {kind.noun} there and write its name, such as {kind.example}"
        )
    return value


def content(folder: Path, name: str, kind: Kind = IMAGE) -> bytes:
    """The bytes of a file that lies in a folder or below it, within bounds."""
    try:
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise UnreadError(
                "is a link out of the folder of the problem; put the file itself there"
            )
        if not place.is_file():
            raise UnreadError(_not_there(folder, name, place, kind))
        with place.open("rb") as file:
            found = file.read(kind.most + 1)
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, names too long
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        raise UnreadError(f"cannot be read: {reason}; check the file") from None
    if len(found) > kind.most:
        raise UnreadError(f"is larger than {kind.most // 10**6} MB; {kind.smaller}")
    return found


def _not_there(folder: Path, name: str, place: Path, kind: Kind) -> str:
    if place.exists():
        return f"is not a file; write the name of {kind.what}"
    near = nearest(name, set(_alike(folder, kind)) - {name})
    instead = f"did you mean '{printable(near)}'?" if near else "put it there, or correct the name"
    return f"is not in the folder of the problem; {instead}"


def _alike(folder: Path, kind: Kind) -> Iterator[str]:
    for path in islice(folder.iterdir(), MOST_LISTED):
        if path.suffix.lower() in kind.suffixes:
            yield path.name
