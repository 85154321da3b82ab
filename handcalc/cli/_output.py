"""Where a solution goes: standard output in whatever it can show, or a file, whole or not at all."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from handcalc import formats
from handcalc.cli._pager import paged
from handcalc.cli._writing import refuse_existing, write_file
from handcalc.document import Document
from handcalc.errors import FileError, UsageError


def emit(
    document: Document,
    format: formats.Format | None,
    output: Path | None,
    *,
    force: bool,
    width: int | None,
    ascii: bool,
    paper: str | None = None,
    preamble: str | None = None,
    pager: bool | None = False,
) -> None:
    """Write the document in a format, to a file or to standard output; perhaps through a pager."""
    chosen: formats.Format = format or (formats.of_file(output) if output else "terminal")
    _refuse_pages(chosen, paper, preamble)
    pages = {"paper": paper or "a4", "preamble": preamble or "article"}
    if output is not None:
        refuse_existing(output, force=force)
        content = formats.encoded(document, chosen, width=width or 80, ascii=ascii, **pages)
        write_file(output, content, force=force)
        if chosen in formats.PICTURES:
            _print(f"{output} shows {formats.caption(document)}.\n")
        return
    if chosen in formats.BYTES and not _is_terminal():
        sys.stdout.buffer.write(formats.encoded(document, chosen, **pages))
        return
    size = width or (min(shutil.get_terminal_size().columns, 120) if _is_terminal() else _columns())
    options = {"width": size, "color": _wants_color(), **pages}
    text = formats.write(document, chosen, ascii=ascii, **options)
    encoding = sys.stdout.encoding or "ascii"
    if not _encodes(text, encoding):
        # Windows consoles and LANG=C cannot show ∂: the ASCII spelling loses nothing.
        text = formats.write(document, chosen, ascii=True, **options)
    if not paged(text, pager):
        _print(text)


def _refuse_pages(chosen: formats.Format, paper: str | None, preamble: str | None) -> None:
    """An option that changes nothing is a mistake of whoever types it."""
    if paper and chosen not in formats.PAPER:
        raise UsageError(f"{chosen} has no pages; leave --paper out, or write -o solution.pdf")
    if preamble and chosen != "latex":
        raise UsageError(f"{chosen} has no preamble; leave it out, or write --format latex")


def _print(text: str) -> None:
    """Print a text; characters that there are not are written as their codes."""
    encoding = sys.stdout.encoding or "ascii"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def refuse_reports(places: Sequence[Path], others: Sequence[Path | str], *, force: bool) -> None:
    """Whatever is wrong with the name of a report is said before a class is marked."""
    taken = [Path(other).resolve() for other in others]
    for place in places:
        if formats.of_file(place) in formats.PICTURES:
            raise UsageError(f"{place}: a report is no picture; write .html, .md, .csv or .txt")
        if formats.of_file(place) == "pdf":
            from handcalc.formats import pdf

            pdf.require()
        if place.resolve() in taken:
            raise UsageError(f"{place} stands for two things; write another name for the report")
        if not place.resolve().parent.is_dir():
            raise FileError(f"{place}: there is no such folder; make it, or write another name")
        taken.append(place.resolve())
        refuse_existing(place, force=force)


def refuse_drawing(place: Path, others: Sequence[Path | str], *, force: bool) -> None:
    """Whatever is wrong with the name of a drawing is said before the work begins."""
    if formats.ENDINGS.get(place.suffix.lower()) != "svg":
        raise UsageError(f"{place}: a curve is drawn as SVG; write a name that ends in .svg")
    if place.resolve() in [Path(other).resolve() for other in others]:
        raise UsageError(f"{place} stands for two things; write another name for the curve")
    if not place.resolve().parent.is_dir():
        raise FileError(f"{place}: there is no such folder; make it, or write another name")
    refuse_existing(place, force=force)


def write_drawing(document: Document, place: Path, *, force: bool) -> None:
    """What a document draws, as SVG."""
    write_file(place, formats.encoded(document, "svg"), force=force)


@contextmanager
def progress(what: str, *, shown: bool) -> Iterator[Callable[[int], None]]:
    """Counts on a terminal, on long work, and is gone when all is done."""
    if not (shown and sys.stderr.isatty()):
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda more: bar.advance(task, more)


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
