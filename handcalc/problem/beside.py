"""Files beside a problem, images, learned numbers and data: in its folder or below, and nowhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
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
DATA = Kind(
    "file",
    "a data file",
    "digits.csv",
    frozenset({".csv", ".tsv", ".npz", ".gz", ".idx"}),
    "give fewer samples",
    2**30,
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
    with _explained():
        place = located(folder, name, kind)
        if not place.is_file():
            raise UnreadError(f"is not a file; write the name of {kind.what}")
        with place.open("rb") as file:
            found = file.read(kind.most + 1)
    if len(found) > kind.most:
        raise UnreadError(f"is larger than {kind.most // 10**6} MB; {kind.smaller}")
    return found


def located(folder: Path, name: str, kind: Kind) -> Path:
    """The file or the folder of that name, and whatever lies in that, if no link leads out of the first."""
    outside = "is a link out of the folder of the problem; put the file itself there"
    with _explained():
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise UnreadError(outside)
        if not place.exists():
            raise UnreadError(_not_there(folder, name, kind))
        inside = place.iterdir() if place.is_dir() else ()
        if not all(part.resolve().is_relative_to(place) for part in inside):
            raise UnreadError(outside.replace("is", "has", 1))
    return place


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, names too long
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        raise UnreadError(f"cannot be read: {reason}; check the file") from None


def _not_there(folder: Path, name: str, kind: Kind) -> str:
    near = nearest(name, set(_alike(folder, kind)) - {name})
    instead = f"did you mean '{printable(near)}'?" if near else "put it there, or correct the name"
    return f"is not in the folder of the problem; {instead}"


def _alike(folder: Path, kind: Kind) -> Iterator[str]:
    for path in islice(folder.iterdir(), MOST_LISTED):
        if path.suffix.lower() in kind.suffixes:
            yield path.name
