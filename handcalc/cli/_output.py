"""Where a solution goes: standard output in whatever it can show, or a file, whole or not at all."""

import io
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO

from handcalc import formats
from handcalc.cli._options import Format
from handcalc.document import Document
from handcalc.errors import FileError, UsageError, listed

_BY_SUFFIX: dict[str, Format] = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".json": "json",
    ".txt": "terminal",
    ".png": "png",
}


def emit(
    document: Document,
    format: Format | None,
    output: Path | None,
    *,
    force: bool,
    width: int | None,
    ascii: bool,
) -> None:
    """Write the document in a format, to a file or to standard output."""
    chosen: Format = format or (_by_suffix(output) if output else "terminal")
    if output is not None:
        refuse_existing(output, force=force)
        content = formats.encoded(document, chosen, width=width or 80, ascii=ascii)
        write_file(output, content, force=force)
        if chosen in formats.PICTURES:
            _print(f"{output} shows {formats.caption(document)}.\n")
        return
    if chosen in formats.PICTURES and not _is_terminal():
        sys.stdout.buffer.write(formats.encoded(document, chosen))
        return
    size = width or (min(shutil.get_terminal_size().columns, 120) if _is_terminal() else _columns())
    text = formats.write(document, chosen, width=size, ascii=ascii, color=_wants_color())
    encoding = sys.stdout.encoding or "ascii"
    if not _encodes(text, encoding):
        # Windows consoles and LANG=C cannot show ∂: the ASCII spelling loses nothing.
        text = formats.write(document, chosen, width=size, ascii=True, color=_wants_color())
    _print(text)


def _by_suffix(path: Path) -> Format:
    """The format that the name of a file asks for; without a suffix it is text."""
    suffix = path.suffix.lower()
    if suffix and suffix not in _BY_SUFFIX:
        said = f"{path}: no format is written under names that end in {path.suffix}"
        raise UsageError(f"{said}; write one of {listed(list(_BY_SUFFIX))}, or add --format")
    return _BY_SUFFIX.get(suffix, "terminal")


def _print(text: str) -> None:
    """Print a text; characters that there are not are written as their codes."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def refuse_existing(path: Path, *, force: bool) -> None:
    """Nothing is overwritten unasked."""
    if path.exists() and not force:
        raise FileError(
            f"{path} is there already; add --force to overwrite it, or write another name"
        )


def refuse_input(path: Path | None, *inputs: Path | str) -> None:
    """What is read is not written over, whatever --force says."""
    for other in map(Path, inputs):
        if path is not None and path.exists() and other.exists() and path.samefile(other):
            raise FileError(f"{path} is what is read here; write another name for the output")


def write_file(path: Path, content: str | bytes, *, force: bool) -> None:
    """Write a file as a whole: beside its place first, then moved there; links stay links."""
    content = content.encode() if isinstance(content, str) else content
    if path.exists() and not path.is_file() and not path.is_dir():
        refuse_existing(path, force=force)
        # A device or a pipe takes the content and stays what it is.
        path.write_bytes(content)
        return
    with _beside(path, force=force) as file:
        file.write(content)


@contextmanager
def writing(path: Path, *, force: bool) -> Iterator[TextIO]:
    """A text file that is written piece by piece, and stands in its place when all is written."""
    with _beside(path, force=force) as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        yield text


@contextmanager
def _beside(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file beside the place, moved there at the end; if anything fails nothing is there."""
    refuse_existing(path, force=force)
    if path.is_dir():
        raise FileError(f"{path} is a folder; write the name of a file in it")
    place = path.resolve()
    try:
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}.", suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
            part.chmod(_mode(place))
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            f"{path}: cannot be written: {error.strerror or error}; check the folder"
        ) from None


def make_folder(path: Path) -> None:
    """A folder for several files, with those above it."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{path}: cannot be made: {error.strerror}; check the name") from None


@contextmanager
def progress(what: str, *, shown: bool) -> Iterator[Callable[[], None]]:
    """Counts on a terminal, on long work, and is gone when all is done."""
    if not (shown and sys.stderr.isatty()):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda: bar.advance(task)


def _mode(path: Path) -> int:
    """The rights of the file that is replaced, or those of any new file."""
    if path.exists():
        return stat.S_IMODE(path.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _is_terminal() -> bool:
    return sys.stdout.isatty()


def _columns() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdigit() and 40 <= int(columns) <= 400 else 80


def _wants_color() -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (
        _is_terminal() and os.environ.get("TERM") != "dumb"
    )


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
