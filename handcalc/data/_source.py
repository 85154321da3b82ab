"""The bytes of a data file, within bounds; what is packed is unpacked no further than these."""

import gzip
import io
import zlib
from pathlib import Path

from handcalc.errors import FileError, printable

MOST_BYTES = 2**30
_PACKED = b"\x1f\x8b"


def shown(path: Path) -> str:
    """The name of a file in a message."""
    return printable(str(path))[:200]


def wrong(path: Path, what: str) -> FileError:
    """`file: what is wrong; what to write instead`."""
    return FileError(f"{shown(path)}: {what}")


def content(path: Path, most: int = MOST_BYTES) -> bytes:
    """What a file holds; of a .gz what is packed in it."""
    large = f"has more than {most:,} bytes; give a smaller file"
    try:
        if not path.is_file():
            raise wrong(path, "is not a file; write the name of a data file")
        with path.open("rb") as file:
            found = file.read(most + 1)
    except OSError as error:
        raise wrong(path, f"cannot be read: {error.strerror}; check the file") from None
    if len(found) > most:
        raise wrong(path, large)
    if not found.startswith(_PACKED):
        return found
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(found)) as packed:
            found = packed.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise wrong(path, "is packed, and damaged or cut short; load it down anew") from None
    if len(found) > most:
        raise wrong(path, large)
    return found
