"""IDX, the format of MNIST: two zeros, a byte for the kind, one for the rank, the sizes, the numbers."""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from handcalc.data._examples import Examples, Wanted
from handcalc.data._source import content, shown, wrong
from handcalc.errors import FileError, times

if TYPE_CHECKING:
    from handcalc.arrays import Array

OPTIONS = ("labels",)
KINDS = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
"""The third byte, and what numbers it stands for."""
_NAMES = ("-ubyte", "idx")


def suits(path: Path) -> bool:
    """A name with idx, or one that ends in -ubyte."""
    name = path.name.lower().removesuffix(".gz")
    return not path.is_dir() and (name.endswith(_NAMES) or "-idx" in name or ".idx" in name)


def read(path: Path, wanted: Wanted) -> Examples:
    """Inputs from one file, targets from another."""
    if wanted.labels is None:
        add = f"add {wanted.option('labels')} train-labels-idx1-ubyte.gz"
        raise FileError(f"{shown(path)} has no targets; {add}")
    inputs, targets = array(path), array(wanted.labels)
    if len(inputs) != len(targets):
        said = f"has {len(targets):,} targets for {len(inputs):,} samples of {shown(path)}"
        raise wrong(wanted.labels, f"{said}; give the file that belongs to it")
    return Examples(inputs, targets)


def array(path: Path) -> "Array":
    """The numbers of one file."""
    import numpy as np

    found = content(path)
    kind, rank = (found[2], found[3]) if len(found) >= 4 else (0, 0)
    if found[:2] != b"\0\0" or kind not in KINDS or not rank:
        said = f"begins with {found[:4].hex(' ') or 'nothing'}, which is no IDX file"
        raise wrong(
            path, f"{said}; one of images begins with 00 00 08 03, one of labels with 00 00 08 01"
        )
    begin = 4 + 4 * rank
    if len(found) < begin:
        raise wrong(path, "ends within its sizes; load it down anew")
    shape = tuple(int(n) for n in np.frombuffer(found, ">u4", rank, 4))
    dtype = np.dtype(KINDS[kind])
    announced, there = prod(shape) * dtype.itemsize, len(found) - begin
    if announced != there:
        said = f"announces {times(shape)} numbers, {announced:,} bytes, and has {there:,}"
        raise wrong(path, f"{said}; load it down anew")
    return np.frombuffer(found, dtype, offset=begin).reshape(shape)
