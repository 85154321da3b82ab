"""An image file beside a problem: in its folder or below, and nowhere else."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from handcalc.errors import nearest, printable
from handcalc.problem.pixels import ImageError

MAX_BYTES = 20 * 10**6
MOST_LISTED = 1000
"""Files of a folder among which the one is looked for that may have been meant."""
_SUFFIXES = {".png", ".jpg", ".jpeg", ".gif", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".webp"}


def content(folder: Path, name: str) -> bytes:
    """The bytes of a file that lies in a folder or below it, within bounds."""
    try:
        place = (folder / name).resolve()
        if not place.is_relative_to(folder.resolve()):
            raise ImageError(
                "is a link out of the folder of the problem; put the file itself there"
            )
        if not place.is_file():
            raise ImageError(_not_there(folder, name, place))
        with place.open("rb") as file:
            found = file.read(MAX_BYTES + 1)
    except (OSError, RuntimeError, ValueError) as error:  # links in a circle, names too long
        reason = getattr(error, "strerror", None) or "it cannot be opened"
        raise ImageError(f"cannot be read: {reason}; check the file") from None
    if len(found) > MAX_BYTES:
        raise ImageError(f"is larger than {MAX_BYTES // 10**6} MB; make the image smaller")
    return found


def _not_there(folder: Path, name: str, place: Path) -> str:
    if place.exists():
        return "is not a file; write the name of an image file"
    near = nearest(name, set(_images(folder)) - {name})
    instead = f"did you mean '{printable(near)}'?" if near else "put it there, or correct the name"
    return f"is not in the folder of the problem; {instead}"


def _images(folder: Path) -> Iterator[str]:
    for path in islice(folder.iterdir(), MOST_LISTED):
        if path.suffix.lower() in _SUFFIXES:
            yield path.name
