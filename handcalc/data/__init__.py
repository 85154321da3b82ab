"""Data to train on: one file a format, listed here."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from handcalc.data._examples import Examples, Wanted
from handcalc.data._fitting import fitted
from handcalc.data._form import Form, Output, parted
from handcalc.data._source import content, shown, wrong
from handcalc.data._told import Source, form, source
from handcalc.errors import FileError, UsageError, listed

__all__ = [
    "FORMATS",
    "Examples",
    "Form",
    "Output",
    "Source",
    "Wanted",
    "content",
    "fitted",
    "form",
    "parted",
    "read",
    "source",
    "taken",
    "wrong",
]

FORMATS = {
    "images": "a folder with a folder of images for each class",
    "npz": "a .npz file with the arrays x and y",
    "csv": "a .csv file with names in its first line",
    "idx": "an IDX file such as train-images-idx3-ubyte.gz",
}
"""Each module has `suits(path)`, `OPTIONS` (what beside the path it looks at) and `read(path, wanted)`."""


def taken(source: Source, form: Form) -> Examples:
    """The samples as a network takes them."""
    found = replace(read(source.path, source.wanted(form)), divide=source.divide)
    return fitted(source.path, found, form)


def read(path: Path, wanted: Wanted) -> Examples:
    """The samples of a file or folder, whole or not at all."""
    if not path.exists():
        raise FileError(f"{shown(path)}: there is no such file or folder; check the name")
    for word in FORMATS:
        format: Any = import_module(f"handcalc.data.{word}")
        if format.suits(path):
            _refuse_others(path, wanted, format.OPTIONS)
            examples: Examples = format.read(path, wanted)
            return examples
    raise FileError(f"{shown(path)}: is none of the files that are read; give {listed(_kinds())}")


def _kinds() -> list[str]:
    return [*FORMATS.values()]


def _refuse_others(path: Path, wanted: Wanted, options: tuple[str, ...]) -> None:
    for option, given in (("target", wanted.target), ("labels", wanted.labels)):
        if given and option not in options:
            word = wanted.option(option)
            said = f"{word} says nothing of {shown(path)}, which has its targets in itself"
            raise UsageError(f"{said}; leave it out")
