"""The configuration in a model's file, within bounds: a `.keras` archive, or JSON.

An archive is opened for one member, `config.json`; nothing is unpacked, no path of it is followed and
weights are not read.
"""

import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from handcalc.errors import FileError

MAX_BYTES = 64 * 2**20
CONFIG = "config.json"


def read(path: Path) -> dict[str, Any]:
    """The configuration as plain data; FileError says why there is none."""
    try:
        text = _archived(path) if zipfile.is_zipfile(path) else _plain(path)
    except OSError as error:
        said = error.strerror or "it cannot be opened"
        raise FileError(f"{path}: cannot be read: {said}; check the name") from None
    if len(text) > MAX_BYTES:
        raise FileError(f"{path}: its configuration is larger than {MAX_BYTES // 2**20} MB")
    if text[:4] == b"\x89HDF":
        said = "is an HDF5 file; save the model as .keras, or write model.to_json() to a file"
        raise FileError(f"{path}: {said}")
    try:
        found = json.loads(text.decode("utf-8-sig"))
        if isinstance(found, str):  # model.to_json() written by json.dump
            found = json.loads(found)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        said = "is neither a .keras archive nor the JSON of model.to_json()"
        raise FileError(f"{path}: {said}; save the model as .keras")
    return found


def _plain(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _archived(path: Path) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            return _member(archive)
    except KeyError:
        said = f"is an archive without {CONFIG}; save the model as .keras with Keras 3"
        raise FileError(f"{path}: {said}") from None
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        ValueError,
    ):
        raise FileError(f"{path}: is a damaged archive; save the model again") from None


def _member(archive: zipfile.ZipFile) -> bytes:
    """The configuration, packed as Keras packs it."""
    packed = archive.getinfo(CONFIG).compress_type
    if packed not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    with archive.open(CONFIG) as member:
        # The size that the archive claims may be a lie: no more is ever read.
        return member.read(MAX_BYTES + 1)
