"""Examples as a network takes them: inputs of its shape, targets as its loss wants them."""

from dataclasses import replace
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from handcalc.data._examples import MOST_NUMBERS, Examples
from handcalc.data._form import Form, parted
from handcalc.data._source import wrong
from handcalc.errors import count, listed, numbers_in, times
from handcalc.fields import Shape
from handcalc.losses._loss import Loss
from handcalc.number import parse

if TYPE_CHECKING:
    from handcalc.arrays import Array

MOST_NAMED = 5
MOST_TRIED = 1000
"""Different targets that are held against what the loss can have."""


def fitted(path: Path, examples: Examples, form: Form) -> Examples:
    """The examples as a network takes them; class numbers become rows with a one.

    Where nothing is aimed at, targets stay as they are.
    """
    if not len(examples):
        raise wrong(path, "has no samples; give some")
    if examples.inputs.size > MOST_NUMBERS:
        raise wrong(path, f"has more than {MOST_NUMBERS:,} numbers; give fewer samples")
    inputs = inputs_of(path, examples.inputs, form.shape, several=len(form.inputs) > 1)
    return replace(examples, inputs=inputs, targets=_all_targets(path, examples, form))


def inputs_of(
    path: Path, inputs: "Array", shape: Shape, name: str = "", *, several: bool = False
) -> "Array":
    """Sizes of 1 can be left out, and a flat list stands for any array."""
    own = inputs.shape[1:] or (1,)
    flat = len(own) == 1 or len(shape) == 1
    same = [n for n in own if n != 1] == [n for n in shape if n != 1]
    if prod(own) != prod(shape) or not (flat or same):
        of = f" of {name}" if name else ""
        said = f"a sample{of} has {numbers_in(own)}, and the problem takes {numbers_in(shape)}"
        instead = f"write input: {{shape: [{listed(list(map(str, own)))}]}}"
        if name or several:
            instead = "give as many"
        raise wrong(path, f"{said}; {instead}")
    _refuse_gaps(path, inputs, "inputs")
    return inputs.reshape(len(inputs), *shape)


def _all_targets(path: Path, examples: Examples, form: Form) -> "Array":
    """The targets of each output; several side by side."""
    import numpy as np

    outputs = list(form.outputs.items())
    if not outputs:
        return examples.targets
    if len(outputs) == 1:
        return _targets(path, examples, outputs[0][1].loss, outputs[0][1].shape)
    if len(examples.widths) != len(outputs):
        names = listed([f"y_{name}" for name in form.outputs])
        said = f"has targets of one output, and the network has {len(outputs)}"
        raise wrong(path, f"{said}; give a .npz file with {names}")
    found = []
    shapes = [(width,) for width in examples.widths]
    for (_, output), own in zip(outputs, parted(examples.targets, shapes), strict=True):
        fit = _targets(path, replace(examples, targets=own), output.loss, output.shape)
        found.append(fit.reshape(len(examples), -1))
    return np.concatenate(found, axis=1)


def _targets(path: Path, examples: Examples, loss: Loss | None, output: Shape) -> "Array":
    """Targets of the shape that the loss wants, each of them one that it can have."""
    targets = examples.targets
    _refuse_gaps(path, targets, "targets")
    shape = output if loss is None else loss.target_shape(output)
    named, outputs = len(examples.classes), output[-1] if output else 1
    if named and named != max(outputs, 2):
        has = f"{count(named, 'class')}, {listed(examples.classes, MOST_NAMED)}"
        said = f"there {'is' if named == 1 else 'are'} {has}, and the network has {count(outputs, 'output')}"
        raise wrong(path, f"{said}; write units: {named} in the last layer, or give other data")
    numbers = targets.reshape(len(targets), -1)
    if numbers.shape[1] == 1 and shape == output and prod(shape) == outputs > 1:
        targets = _hot(path, numbers[:, 0], outputs)
    elif numbers.shape[1] != prod(shape):
        said = f"a sample has {count(numbers.shape[1], 'target')}, and the network takes"
        raise wrong(path, f"{said} {times(shape) or 1}; give as many, or the number of a class")
    found = targets.reshape(len(targets), *shape)
    if loss is not None:
        _refuse_unfit(path, found, loss, output)
    return found


def _hot(path: Path, classes: "Array", count: int) -> "Array":
    """Row i has its one in the place of the class of sample i."""
    import numpy as np

    astray = (classes != np.floor(classes)) | (classes < 0) | (classes >= count)
    if astray.any():
        row = int(astray.argmax())
        said = f"the target of sample {row + 1} is {classes[row]:g}"
        raise wrong(path, f"{said}; classes are whole numbers from 0 to {count - 1}")
    found = np.zeros((len(classes), count), dtype=np.uint8)
    found[np.arange(len(classes)), classes.astype(int)] = 1
    return found


def _refuse_unfit(path: Path, targets: "Array", loss: Loss, output: Shape) -> None:
    """Targets that this loss cannot have."""
    import numpy as np

    values = np.unique(targets)
    # They are sorted: the smallest and the largest are always among those that are tried.
    for target in (*values[:MOST_TRIED], values[-1]):
        said = loss.target_misfit(float(target), output)
        if said:
            row = int((targets.reshape(len(targets), -1) == target).any(axis=1).argmax())
            raise wrong(path, f"sample {row + 1}: {said}")
    if loss.targets_add_to_one and targets.ndim > 1:
        astray = abs(targets.sum(axis=-1) - 1.0).reshape(len(targets), -1).max(axis=1) > 1e-6
        if astray.any():
            row = int(astray.argmax())
            first = targets[row].reshape(-1, targets.shape[-1])[0]
            said = (
                loss.row_misfit([parse(repr(float(t))) for t in first])
                or "its targets do not add to 1"
            )
            raise wrong(path, f"sample {row + 1}: {said}")


def _refuse_gaps(path: Path, numbers: "Array", what: str) -> None:
    """Numbers that are none: NaN and infinity."""
    import numpy as np

    if numbers.dtype.kind != "f":
        return
    # The sum has no finite value if one of them has none; a single pass without a copy.
    with np.errstate(all="ignore"):
        sound = bool(np.isfinite(numbers.sum(dtype=np.float64)))
    if not sound:
        rows = ~np.isfinite(numbers.reshape(len(numbers), -1)).all(axis=1)
        if rows.any():
            said = f"sample {int(rows.argmax()) + 1} has NaN or infinity among its {what}"
            raise wrong(path, f"{said}; leave it out, or write a number")
