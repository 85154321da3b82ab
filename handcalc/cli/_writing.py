"""Files that are written whole or not at all, and never over what is read or what somebody else wrote.

Where the system can, a file has no name until it is complete, so that nothing is left of a run that is
cut short; elsewhere it has a name that begins with a dot, and the next run clears it away.
"""

import io
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO

from handcalc.errors import FileError, printable

PART = ".part"
STALE = 10.0
"""Seconds after which a part that nobody holds was left by a run that was cut short."""
UNHELD = 3600.0
"""The same where the system does not say who holds it."""


def refuse_existing(path: Path, *, force: bool) -> None:
    """Nothing is overwritten unasked."""
    if path.exists() and not force:
        raise _there(path)


def refuse_input(path: Path | None, *inputs: Path | str) -> None:
    """What is read is not written over, whatever --force says."""
    for other in map(Path, inputs):
        if path is not None and path.exists() and other.exists() and path.samefile(other):
            advice = "write another name for the output"
            raise FileError(f"{_shown(path)} is what is read here; {advice}")


def refuse_among(path: Path | None, sheets: Path) -> None:
    """Nothing is written into a folder whose files are read as sheets, by this run or the next."""
    if path is not None and sheets.is_dir() and path.resolve().parent == sheets.resolve():
        place = f"lies in {_shown(sheets)}, whose sheets are read"
        raise FileError(f"{_shown(path)} {place}; write the output elsewhere, -o NAME")


def write_file(path: Path, content: str | bytes, *, force: bool) -> None:
    """Write a file as a whole; links stay links, a device or a pipe takes the content."""
    with _part(path, force=force) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def writing(path: Path, *, force: bool, encoding: str = "utf-8") -> Iterator[TextIO]:
    """A text file that is written piece by piece; what its encoding has no letter for becomes a ?."""
    with _part(path, force=force) as file:
        text = io.TextIOWrapper(file, encoding, "replace", newline="")
        yield text
        text.detach()


@contextmanager
def folder(path: Path, *, force: bool) -> Iterator[Callable[[str, str], None]]:
    """A folder of pages: takes the name and the text of each, and has all of them in the end or none."""
    if path.exists() and not path.is_dir():
        raise FileError(f"{_shown(path)} is no folder; write another name")
    with _explained(path):
        path.resolve().parent.mkdir(parents=True, exist_ok=True)
        _clear(path.resolve())
        part = Path(tempfile.mkdtemp(prefix=_prefix(path), suffix=PART, dir=path.resolve().parent))

    def write(name: str, text: str) -> None:
        page = part / Path(name).name
        with (
            _explained(path / name, "; no page is written, and no marks"),
            page.open("x", encoding="utf-8", newline="") as file,
        ):
            file.write(text)

    try:
        with _held(part):
            yield write
            with _explained(path, "; the pages are not all in their place"):
                _move(part, path, force=force)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _move(part: Path, path: Path, *, force: bool) -> None:
    """All pages to their place; pages that are there stay there, unless others come in their stead."""
    made = sorted(part.iterdir())
    for page in made:
        refuse_existing(path / page.name, force=force)
    if path.is_dir():
        for page in made:
            page.replace(path / page.name)
    else:
        part.chmod(0o777 & ~_mask())
        part.rename(path.resolve())


@contextmanager
def _part(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file that takes its place at the end; if anything fails nothing is there."""
    refuse_existing(path, force=force)
    if path.is_dir():
        raise FileError(f"{_shown(path)} is a folder; write the name of a file in it")
    with _explained(path):
        place = path.resolve()
        if place.exists() and not place.is_file():
            with path.open("wb") as file:
                yield file
            return
        _clear(place)
        with _nameless(place, force=force) as part:
            yield part


@contextmanager
def _nameless(place: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file that has no name before its own, where there are such files."""
    try:
        # Such a file gets its name by way of its number.
        Path("/proc/self/fd").stat()
        handle = os.open(place.parent, os.O_TMPFILE | os.O_RDWR, 0o666)
    except (AttributeError, OSError):
        with _hidden(place, force=force) as part:
            yield part
        return
    with os.fdopen(handle, "w+b") as file:
        yield file
        file.flush()
        if not (force and place.exists()):
            _link(handle, place)
            return
        os.fchmod(handle, _mode(place))
        # What has no name cannot take the place of another file at one stroke.
        hidden = place.with_name(f"{_prefix(place)}{os.getpid()}{PART}")
        _link(handle, hidden)
        hidden.replace(place)


@contextmanager
def _hidden(place: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file with a hidden name."""
    handle, name = tempfile.mkstemp(prefix=_prefix(place), suffix=PART, dir=place.parent)
    part = Path(name)
    try:
        with _held(part), os.fdopen(handle, "w+b") as file:
            yield file
        part.chmod(_mode(place))
        if not force:
            os.close(os.open(place, os.O_CREAT | os.O_EXCL))
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _link(handle: int, place: Path) -> None:
    """Name a file that has no name; FileExistsError where the name is taken."""
    beside = os.open(place.parent, os.O_RDONLY)
    try:
        os.link(f"/proc/self/fd/{handle}", place.name, src_dir_fd=beside, dst_dir_fd=beside)
    finally:
        os.close(beside)


@contextmanager
def _held(part: Path) -> Iterator[None]:
    """While it is written nobody clears it away."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    handle = os.open(part, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _clear(place: Path) -> None:
    """Clear away what runs that were cut short have left of this file or folder."""
    with suppress(OSError):
        for entry in os.scandir(place.parent):
            is_part = entry.name.startswith(_prefix(place)) and entry.name.endswith(PART)
            if is_part and _is_left(Path(entry.path)):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink(missing_ok=True)


def _is_left(part: Path) -> bool:
    """Was it left by a run that was cut short?"""
    age = time.time() - part.stat().st_mtime
    try:
        import fcntl
    except ImportError:
        return age > UNHELD
    handle = os.open(part, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(handle)
    return age > STALE


@contextmanager
def _explained(path: Path, more: str = "; check the folder") -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise _there(path) from None
    except OSError as error:
        wrong = f"cannot be written: {error.strerror or error}"
        raise FileError(f"{_shown(path)}: {wrong}{more}") from None


def _there(path: Path) -> FileError:
    advice = "add --force to overwrite it, or write another name"
    return FileError(f"{_shown(path)} is there already; {advice}")


def _mode(path: Path) -> int:
    """The rights of the file that is replaced, or those of any new file."""
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o666 & ~_mask()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _prefix(place: Path) -> str:
    # Names end at 255 bytes; what is added must fit.
    return f".{place.name[:60]}."


def _shown(path: Path) -> str:
    return printable(str(path))
