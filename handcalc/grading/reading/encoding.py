"""The encoding of a file that somebody saved: UTF-8, UTF-16, UTF-32, else Windows text.

A mark at the beginning says it; without one the zeros between the letters do, since headings and keys
are plain letters. What is no text is refused: read as text it would be a class of zeros.
"""

import codecs
from dataclasses import dataclass

from handcalc.errors import FileError, printable

UTF8 = "utf-8"
WINDOWS = "cp1252"
_MARKS = (
    ("utf-32-le", codecs.BOM_UTF32_LE),
    ("utf-32-be", codecs.BOM_UTF32_BE),
    (UTF8, codecs.BOM_UTF8),
    ("utf-16-le", codecs.BOM_UTF16_LE),
    ("utf-16-be", codecs.BOM_UTF16_BE),
)
# Where the zeros of plain letters stand among four bytes.
_ZEROS = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}
EXCEL = b"PK\x03\x04"
"""What an Excel file begins with, and other archives."""
_NO_TEXT = {
    b"\xd0\xcf\x11\xe0": "is an old Excel file, or one with a password; save it as .xlsx or CSV",
    b"%PDF": "is a PDF; save the sheet as CSV",
    b"\x1f\x8b": "is compressed; unpack it first",
}
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class Encoding:
    """The name of the encoding, and the mark with which the file begins."""

    name: str = UTF8
    mark: bytes = b""

    @property
    def remark(self) -> str:
        """What was taken, where it is not plain UTF-8."""
        if self.name == WINDOWS:
            return "is not UTF-8 text and is read as Windows text (cp1252)"
        return "" if self.name == UTF8 else f"is read as {self.name[:6].upper()}"


def of(head: bytes, name: str) -> Encoding:
    """The encoding of a file from its first bytes; FileError for what is no text."""
    for signature, advice in _NO_TEXT.items():
        if head.startswith(signature):
            raise FileError(f"{printable(name)}: {advice}")
    taken = next((Encoding(*pair) for pair in _MARKS if head.startswith(pair[1])), None)
    taken = taken or _without_mark(head)
    start = head[len(taken.mark) :][:_SAMPLE]
    shown = start[: len(start) & ~3].decode(taken.name, "replace")
    # Tabs and ends of lines belong to text; a stray control character is said with its line.
    strange = sum(c < " " and c not in "\t\n\r\f\x1b" for c in shown)
    if strange > 2 + len(shown) / 10:
        raise FileError(f"{printable(name)}: is no text; save the sheet as CSV in UTF-8")
    return taken


def decoded(content: bytes, name: str) -> tuple[str, Encoding]:
    """A whole file as text with plain ends of lines."""
    taken = of(content, name)
    text_bytes = content[len(taken.mark) :]
    if taken.name == UTF8:
        text = "\n".join(line(raw)[0] for raw in text_bytes.split(b"\n"))
    else:
        text = text_bytes.decode(taken.name, "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n"), taken


def line(raw: bytes) -> tuple[str, bool]:
    """The text of one line, and whether it is UTF-8; if not, it is read as Windows text."""
    try:
        return raw.decode(UTF8), True
    except UnicodeDecodeError:
        return raw.decode(WINDOWS, "replace"), False


def _without_mark(head: bytes) -> Encoding:
    sample = head[:_SAMPLE]
    zeros = [sample[i::4].count(0) > len(sample[i::4]) / 2 for i in range(4)]
    if len(sample) >= 4 and tuple(zeros) in _ZEROS:
        return Encoding(_ZEROS[zeros[0], zeros[1], zeros[2], zeros[3]])
    # The last letter of a part of a file may be cut in two.
    try:
        codecs.getincrementaldecoder(UTF8)().decode(head)
    except UnicodeDecodeError:
        return Encoding(UTF8 if any(map(_is_utf8, head.split(b"\n"))) else WINDOWS)
    return Encoding()


def _is_utf8(raw: bytes) -> bool:
    """Is it UTF-8 text that Windows text would not be?"""
    return not raw.isascii() and line(raw)[1]
