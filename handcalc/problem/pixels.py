"""The pixels of an image file as whole numbers from 0 (black) to 255 (white).

Gray is 0.299·R + 0.587·G + 0.114·B. What is transparent lies on white, a photograph stands as its
camera was held, and of an animation the first frame counts.
"""

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    Pixels: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

Color: TypeAlias = Literal["gray", "rgb"]
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "PPM", "TIFF", "WEBP")  # PPM includes PGM
MOST_PIXELS = 1_000_000


class UnreadError(Exception):
    """A file beside a problem that is not read: what is wrong; what to do instead."""


def pixels(content: bytes, color: Color) -> "Pixels":
    """H × W numbers, or H × W × 3 of an image in color."""
    try:
        from PIL import Image
    except ImportError:
        raise UnreadError('needs Pillow to be read; run: pip install "handcalc[image]"') from None
    damaged = "is damaged and cannot be read; save it anew"
    large = f"has too many pixels; up to {MOST_PIXELS:,} are read, make it smaller"
    unknown = f"is no image that can be read; save it as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}"
    with warnings.catch_warnings():
        # Remarks about small faults of a file are nothing for its reader; too many pixels are.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            # The header alone: pixels are decoded when their number is known.
            image = Image.open(BytesIO(content), formats=FORMATS)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise UnreadError(large) from None
        except Exception:  # noqa: BLE001  # a file that is no image may break a reader in any way
            raise UnreadError(unknown) from None
        if image.width * image.height > MOST_PIXELS:
            raise UnreadError(large.replace("too many", f"{image.width:,} × {image.height:,}"))
        try:
            return _plain(image, color)
        except UnreadError:
            raise
        except Exception:  # noqa: BLE001  # nor is there an end to what damage does to a decoder
            raise UnreadError(damaged) from None


def _plain(image: "Image", color: Color) -> "Pixels":
    """The pixels with 8 bits, upright and without transparency."""
    import numpy as np
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode == "F" or image.mode.startswith("I"):
        image = Image.fromarray(_upper_bits(np.asarray(image)))
    if "transparency" in image.info or image.mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    if image.mode not in ("1", "L"):
        image = image.convert("RGB")
    return np.asarray(image.convert("L" if color == "gray" else "RGB"))


def _upper_bits(values: "np.ndarray[tuple[int, ...], np.dtype[np.generic]]") -> "Pixels":
    """The upper 8 of 16 bits, as Pillow reads 16 bits in color; gray ones it would cut off at 255."""
    import numpy as np

    if values.dtype.kind == "f" or values.min() < 0 or values.max() > 0xFFFF:
        raise UnreadError("has pixels of more than 16 bits; save it with 8 bits a color")
    return (values.astype(np.int64) >> 8).astype(np.uint8)
