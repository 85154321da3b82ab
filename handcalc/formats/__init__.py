"""The formats: one file each, listed here. The word behind `--format` is the name of its module."""

from importlib import import_module

from handcalc.document import Document
from handcalc.errors import UsageError, did_you_mean

FORMATS = ("terminal", "markdown", "json")


def write(document: Document, word: str, **options: object) -> str:
    """The document as text in one of the formats."""
    if word not in FORMATS:
        raise UsageError(f"there is no format '{word}'{did_you_mean(word, FORMATS)}")
    written: str = import_module(f"handcalc.formats.{word}").write(document, **options)
    return written
