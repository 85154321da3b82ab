"""The formats: one file each, listed here. The word behind `--format` is the name of its module."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from handcalc.errors import UsageError, did_you_mean, listed

if TYPE_CHECKING:
    from handcalc.document import Document

Format = Literal[
    "terminal", "markdown", "html", "latex", "typst", "pdf", "notebook", "csv", "json", "png", "svg"
]
FORMATS: tuple[Format, ...] = get_args(Format)
Report = Literal["terminal", "markdown", "html", "latex", "typst", "pdf", "csv", "json"]
"""Those of a page that is marks, not a solution."""
PICTURES = ("png",)
"""The formats that show a matrix and nothing else."""
BYTES = (*PICTURES, "pdf")
"""The formats that are bytes, not text."""
PAPER = ("latex", "typst", "pdf")
"""The formats that are printed on pages."""
ENDINGS: dict[str, Format] = {
    ".html": "html",
    ".htm": "html",
    ".ipynb": "notebook",
    ".csv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".tex": "latex",
    ".typ": "typst",
    ".pdf": "pdf",
    ".json": "json",
    ".txt": "terminal",
    ".png": "png",
    ".svg": "svg",
}
"""The format that the name of a file asks for."""


def endings(*words: str) -> str:
    """How names of files in these formats end, each format in one way: .md, .html and .txt."""
    first = {word: ending for ending, word in reversed(ENDINGS.items())}
    return listed([first[word] for word in FORMATS if word in words])


def of_file(path: Path) -> Format:
    """The format that the name of a file asks for; without an ending it is text."""
    ending = path.suffix.lower()
    if ending and ending not in ENDINGS:
        said = f"{path}: no format is written under names that end in {path.suffix}"
        raise UsageError(
            f"{said}; write one of {listed(list(ENDINGS), len(ENDINGS))}, or add --format"
        )
    return ENDINGS.get(ending, "terminal")


def write(document: "Document", word: str, **options: object) -> str:
    """The document as text in one of the formats."""
    if word in PICTURES:
        raise UsageError(f"{word} is a picture, not text; write it to a file: -o picture.{word}")
    if word in BYTES:
        raise UsageError(f"{word} is not text; write it to a file: -o solution.{word}")
    text: str = _module(word).write(document, **options)
    return text


def encoded(document: "Document", word: str, **options: object) -> bytes:
    """The document as the content of a file in one of the formats."""
    if word not in BYTES:
        return write(document, word, **options).encode()
    content: bytes = _module(word).write(document, **options)
    return content


def _module(word: str) -> Any:
    if word not in FORMATS:
        raise UsageError(f"there is no format '{word}'{did_you_mean(word, FORMATS)}")
    return import_module(f"handcalc.formats.{word}")


def caption(document: "Document") -> str:
    """What is to be said beside a picture, which cannot say it itself."""
    from handcalc.formats import png

    return png.caption(document)
