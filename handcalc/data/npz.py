"""numpy's .npz: an array of inputs and one of targets, x and y or inputs and targets; no pickles."""

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from handcalc import arrays
from handcalc.data._examples import Examples, Wanted
from handcalc.data._fitting import inputs_of
from handcalc.data._source import content, wrong
from handcalc.errors import listed, printable

if TYPE_CHECKING:
    from handcalc.arrays import Array

OPTIONS = ()
NAMES = (("x", "y"), ("inputs", "targets"))


def suits(path: Path) -> bool:
    """Does its name end in .npz?"""
    return path.suffix.lower() == ".npz"


def read(path: Path, wanted: Wanted) -> Examples:
    """The two arrays; of several inputs and outputs one each, x_left and y_size, side by side."""
    try:
        found = arrays.read(content(path))
    except arrays.ArraysError as error:
        raise wrong(path, printable(str(error))) from None
    inputs = {f"x_{name}": shape for name, shape in wanted.inputs.items()}
    outputs = [f"y_{name}" for name in wanted.outputs]
    pair = next((pair for pair in NAMES if set(pair) <= set(found)), ("x", "y"))
    names = [*(inputs or pair[:1]), *(outputs or pair[1:])]
    if not set(names) <= set(found):
        there = printable(listed(list(found))) or "no arrays"
        say = ", ".join(f"{name}=…" for name in names)
        if not (inputs or outputs):
            say = "x=inputs, y=targets"
        raise wrong(path, f"has {there}; write numpy.savez(file, {say})")
    lengths = {found[name].shape[:1] for name in names}
    if lengths == {()} or len(lengths) > 1:
        sizes = " and ".join(f"{name} of shape {found[name].shape}" for name in names)
        raise wrong(path, f"has {sizes}; give each a row for each sample")
    x = [inputs_of(path, found[name], shape, name) for name, shape in inputs.items()]
    y = [found[name] for name in outputs]
    widths = tuple(prod(array.shape[1:]) for array in y)
    return Examples(
        _beside(x) if x else found[pair[0]], _beside(y) if y else found[pair[1]], widths=widths
    )


def _beside(several: Sequence["Array"]) -> "Array":
    """Arrays side by side, a row a sample."""
    import numpy as np

    return np.concatenate([array.reshape(len(array), -1) for array in several], axis=1)
