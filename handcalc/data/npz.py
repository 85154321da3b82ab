"""numpy's .npz: an array of inputs and one of targets, x and y or inputs and targets; no pickles."""

from pathlib import Path

from handcalc import arrays
from handcalc.data._examples import Examples, Wanted
from handcalc.data._source import content, wrong
from handcalc.errors import listed, printable

OPTIONS = ()
NAMES = (("x", "y"), ("inputs", "targets"))


def suits(path: Path) -> bool:
    """Does its name end in .npz?"""
    return path.suffix.lower() == ".npz"


def read(path: Path, wanted: Wanted) -> Examples:  # noqa: ARG001  # every format has it
    """The two arrays."""
    try:
        found = arrays.read(content(path))
    except arrays.ArraysError as error:
        raise wrong(path, printable(str(error))) from None
    pair = next((pair for pair in NAMES if set(pair) <= set(found)), None)
    if pair is None:
        there = printable(listed(list(found))) or "no arrays"
        raise wrong(path, f"has {there}; write numpy.savez(file, x=inputs, y=targets)")
    inputs, targets = (found[name] for name in pair)
    if not inputs.ndim or not targets.ndim or len(inputs) != len(targets):
        sizes = " and ".join(f"{name} of shape {found[name].shape}" for name in pair)
        raise wrong(path, f"has {sizes}; give both a row for each sample")
    return Examples(inputs, targets)
