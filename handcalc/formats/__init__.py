"""The formats: one file each, listed here. The word behind `--format` is the name of its module."""

from importlib import import_module
from typing import Any

from handcalc.document import Document
from handcalc.errors import UsageError, did_you_mean

FORMATS = ("terminal", "markdown", "html", "latex", "typst", "pdf", "csv", "json", "png", "svg")
PICTURES = ("png",)
"""The formats that show a matrix and nothing else."""
BYTES = (*PICTURES, "pdf")
"""The formats that are bytes, not text."""
PAPER = ("latex", "typst", "pdf")
"""The formats that are printed on pages."""


def write(document: Document, word: str, **options: object) -> str:
    """The document as text in one of the formats."""
    if word in PICTURES:
        raise UsageError(f"{word} is a picture, not text; write it to a file: -o picture.{word}")
    if word in BYTES:
        raise UsageError(f"{word} is not text; write it to a file: -o solution.{word}")
    text: str = _module(word).write(document, **options)
    return text


def encoded(document: Document, word: str, **options: object) -> bytes:
    """The document as the content of a file in one of the formats."""
    if word not in BYTES:
        return write(document, word, **options).encode()
    content: bytes = _module(word).write(document, **options)
    return content


def _module(word: str) -> Any:
    if word not in FORMATS:
        raise UsageError(f"there is no format '{word}'{did_you_mean(word, FORMATS)}")
    return import_module(f"handcalc.formats.{word}")


def caption(document: Document) -> str:
    """What is to be said beside a picture, which cannot say it itself."""
    from handcalc.formats import png

    return png.caption(document)
