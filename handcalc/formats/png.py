"""A picture, as a PNG: the smallest value is black, the largest white, those between them gray.

So every matrix can be seen, whatever its numbers: pixel = 255·(value - smallest)/(largest - smallest),
rounded; a matrix of equal values is black. Three channels are red, green and blue, on one scale. The
file says in words which numbers black and white stand for.
"""

from io import BytesIO
from itertools import chain

from handcalc.document import Document, Grid, Plot
from handcalc.errors import UsageError
from handcalc.number import tidy


def write(document: Document, **_: object) -> bytes:
    """The picture as the bytes of a PNG file."""
    try:
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo
    except ImportError:
        said = 'a picture needs Pillow to be written; run: pip install "handcalc[image]"'
        raise UsageError(said) from None
    grid = _of(document)
    low, high = _range(grid)
    rows, columns = len(grid.channels[0]), len(grid.channels[0][0])
    flat = (chain.from_iterable(channel) for channel in grid.channels)
    # Pixel by pixel, the channels of each side by side.
    values = chain.from_iterable(zip(*flat, strict=True))
    pixels = bytes(_pixel(value, low, high) for value in values)
    image = Image.frombytes("L" if len(grid.channels) == 1 else "RGB", (columns, rows), pixels)
    words = PngInfo()
    words.add_text("Description", caption(document))
    content = BytesIO()
    image.save(content, "PNG", pnginfo=words)
    return content.getvalue()


def caption(document: Document) -> str:
    """What the picture shows, and the numbers behind black and white."""
    grid = _of(document)
    low, high = (f"{tidy(value):.6g}" for value in _range(grid))
    return f"{grid.key} of {document.problem}, black is {low}, white is {high}"


def _of(document: Document) -> Grid:
    if document.picture is None:
        raise UsageError("the question alone has no picture; write handcalc solve in place of show")
    try:
        return document.picture()
    except UsageError as error:
        if any(isinstance(block, Plot) for block in document.blocks):
            raise UsageError(
                f"{error}; the plot of this solution is written with -o plot.svg"
            ) from None
        raise


def _range(grid: Grid) -> tuple[float, float]:
    values = [value for channel in grid.channels for row in channel for value in row]
    return min(values), max(values)


def _pixel(value: float, low: float, high: float) -> int:
    # Halves: the difference of two numbers may be larger than any float.
    size = high / 2 - low / 2
    return round(255 * ((value / 2 - low / 2) / size)) if size else 0
