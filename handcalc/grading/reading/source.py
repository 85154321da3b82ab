"""A file, a pipe or standard input, opened once and read in blocks of whole lines, in UTF-8.

What is read once from a pipe is gone, so whoever reads twice asks for it (`again`), and a pipe is then
kept in a file of its own.
"""

import codecs
import sys
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import IO, Self

from handcalc.errors import FileError, printable
from handcalc.grading.reading import encoding
from handcalc.grading.reading.encoding import UTF8, WINDOWS, Encoding

HEAD = 2**20
"""Bytes by which the encoding is decided."""
BLOCK = 2**16
"""Bytes that are cut into cells at once: as many as stay in the processor's cache."""
MAX_LINE = 2**20


class Source:
    """The bytes of one file; `blocks` begins at its beginning each time."""

    def __init__(self, path: Path, *, again: bool = False) -> None:
        self.name = printable(str(path))
        try:
            self._file: IO[bytes] = sys.stdin.buffer if str(path) == "-" else path.open("rb")
            if again and not self._file.seekable():
                self._file = _kept(self._file)
            self.head = self._file.read(HEAD)
        except OSError as error:
            reason = error.strerror or "it cannot be opened"
            raise FileError(f"{self.name}: cannot be read: {reason}; check the name") from None
        self._past = False
        """Has anything behind the first block been read?"""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not sys.stdin.buffer:
            self._file.close()

    @cached_property
    def encoding(self) -> Encoding:
        """The encoding, by the first block."""
        return encoding.of(self.head, self.name)

    def content(self, most: int) -> bytes:
        """All of it; FileError if that is more than a sheet is."""
        content = self.head + (self._file.read(most) if len(self.head) == HEAD else b"")
        if len(content) > most:
            raise FileError(f"{self.name}: is larger than {most // 2**20} MB; a sheet is smaller")
        return content

    @property
    def whole(self) -> IO[bytes]:
        """The file from its beginning, for readers that jump about in it."""
        if not self._file.seekable():
            self._file = _kept(self._file, self.head)
        self._file.seek(0)
        return self._file

    @cached_property
    def first(self) -> bytes:
        """The first megabyte, as the blocks give it."""
        return b"".join(self._parts(_sliced(self.head)))

    def blocks(self) -> Iterator[bytes]:
        """Whole lines, some at a time; of a line without end no more than is said of it."""
        rest = b""
        for part in self._parts(self._raw()):
            cut = part.rfind(b"\n") + 1
            if cut:
                yield rest + part[:cut]
                rest = part[cut:]
            elif len(rest) <= MAX_LINE:
                rest += part
        if rest:
            yield rest

    def _parts(self, raw: Iterable[bytes]) -> Iterator[bytes]:
        """The file in UTF-8, without its mark, lines ending in a line feed; Windows text as it is."""
        taken = self.encoding
        # Old Macs end lines with a carriage return alone.
        old = b"\r" in self.head and b"\n" not in self.head
        decode = None
        if taken.name not in (UTF8, WINDOWS):
            decode = codecs.getincrementaldecoder(taken.name)("replace").decode
        for number, part in enumerate(raw):
            text = part if number else part[len(taken.mark) :]
            if decode:
                text = decode(text).encode(UTF8, "replace")
            yield text.replace(b"\r", b"\n") if old else text

    def _raw(self) -> Iterator[bytes]:
        yield from _sliced(self.head)
        if len(self.head) < HEAD:
            return
        if self._past:
            self._file.seek(len(self.head))
        self._past = True
        while part := self._file.read(BLOCK):
            yield part


def _sliced(content: bytes) -> Iterator[bytes]:
    return (content[i : i + BLOCK] for i in range(0, len(content), BLOCK))


def _kept(file: IO[bytes], head: bytes = b"") -> IO[bytes]:
    """What a pipe gives, in a file that nobody else sees."""
    import tempfile

    kept = tempfile.TemporaryFile()  # noqa: SIM115  # closed with its source
    kept.write(head)
    while part := file.read(BLOCK):
        kept.write(part)
    kept.seek(0)
    return kept
