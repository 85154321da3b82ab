"""Named arrays in a .npz file: read within bounds and without pickles, written byte for byte alike."""

import io
import zipfile
from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[Any]]

MOST_BYTES = 2**30
"""Bytes of all arrays of one file, unpacked."""
MOST_ARRAYS = 10_000
_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest date of an archive, so that equal numbers are equal files."""
_END = ".npy"
_HEADER = 10_000
"""Characters of the header of an array; those of numbers take about a hundred."""


class ArraysError(Exception):
    """A file whose arrays are not read: what is wrong; what to do instead."""


def read(content: bytes, most: int = MOST_BYTES) -> "dict[str, Array]":
    """The arrays by their names, in the order of the file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _refuse_large(members, most)
            names = [member.filename.removesuffix(_END) for member in members]
            return {
                name: _array(name, archive.read(member))
                for name, member in zip(names, members, strict=True)
            }
    except ArraysError:
        raise
    except Exception:  # noqa: BLE001  # there is no end to what damage does to an archive
        said = "is no .npz archive, or is damaged"
        raise ArraysError(f"{said}; write it with numpy.savez(file, x=…, y=…)") from None


def _refuse_large(members: list[zipfile.ZipInfo], most: int) -> None:
    if len(members) > MOST_ARRAYS:
        raise ArraysError(f"has more than {MOST_ARRAYS:,} arrays; keep those that are used")
    if sum(member.file_size for member in members) > most:
        raise ArraysError(f"has more than {most // 2**20} MB of numbers; keep fewer")


def written(arrays: "Mapping[str, Array]") -> bytes:
    """The content of a .npz file; equal arrays give equal bytes."""
    import numpy as np

    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asarray(array), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name + _END, _DATE), member.getvalue())
    return file.getvalue()


def _array(name: str, content: bytes) -> "Array":
    """The numbers of one array, as many as its header says and as the file has."""
    import numpy as np

    stream = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(stream)
        header = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        shape, by_column, dtype = header(stream, max_header_size=_HEADER)
    except (ValueError, KeyError):
        said = f"has '{name}', which is no array"
        raise ArraysError(f"{said}; write it with numpy.savez(file, x=…, y=…)") from None
    if dtype.kind not in "biuf":
        kind = "objects of Python" if dtype.hasobject else f"values of the kind {dtype}"
        said = f"has {kind} in '{name}', which are not read"
        raise ArraysError(f"{said}; save numbers, as with {name}.astype(float)")
    if (
        any(size < 0 for size in shape)
        or prod(shape) * dtype.itemsize != len(content) - stream.tell()
    ):
        raise ArraysError(f"has another size than it says in '{name}'; save it anew")
    flat = np.frombuffer(content, dtype, offset=stream.tell())
    return flat.reshape(shape, order="F" if by_column else "C")
