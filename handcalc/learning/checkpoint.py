"""A run in a .npz file: what is learned under the names of its layers, and below `run/` how to go on."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from handcalc.arrays import ArraysError, read
from handcalc.data import content, wrong
from handcalc.learning.measure import Measure
from handcalc.learning.run import Run, State

if TYPE_CHECKING:
    from handcalc.arrays import Array

RUN = "run/"
_STEP, _MARK, _SO_FAR, _CURVE, _MEMORY = (
    RUN + word for word in ("step", "mark", "so_far", "curve", "memory/")
)


def called(quantity: str) -> str:
    """The name of an array: layer.weights; numbers of no layer are learned.x."""
    return quantity.replace(":", ".")


def arrays(run: Run) -> "dict[str, Array]":
    """What is learned, and the state of the run."""
    import numpy as np

    state = run.state
    found = {called(name): array for name, array in state.learned.items()}
    found |= {
        f"{_MEMORY}{called(name)}/{word}": array for (name, word), array in state.memory.items()
    }
    curve = [[_row(measure) for measure in pair] for pair in state.curve]
    return found | {
        _STEP: np.asarray(state.step),
        _MARK: np.frombuffer(mark(run), dtype=np.uint8),
        _SO_FAR: np.array(_row(state.so_far)),
        _CURVE: np.array(curve, dtype=np.float64).reshape(len(curve), 2, 4),
    }


def resumed(run: Run, path: Path) -> None:
    """Let a run go on where a file has left it."""
    if not path.exists():
        raise wrong(
            path, "is not there, so that there is nothing to go on with; leave out --resume"
        )
    try:
        found = read(content(path))
    except ArraysError as error:
        raise wrong(path, str(error)) from None
    if {_STEP, _MARK, _SO_FAR, _CURVE} - set(found):
        raise wrong(path, "has no run to go on with; leave out --resume, or write its name")
    if found[_MARK].tobytes() != mark(run):
        said = "is of another run: problem, data, batch size, seed or validation differ"
        raise wrong(path, f"{said}; give what it was begun with, or leave out --resume")
    try:
        run.state = _state(run, found)
    except (KeyError, ValueError, TypeError):
        raise wrong(path, "is damaged; leave out --resume, and begin anew") from None


def _state(run: Run, found: "dict[str, Array]") -> State:
    """The state in which a run was saved; ValueError and the like if it is none."""
    import numpy as np

    step = int(found[_STEP])
    if step < 1:
        raise ValueError(step)
    learned = {
        name: found[called(name)].astype(np.float64).reshape(array.shape)
        for name, array in run.state.learned.items()
    }
    words = optimizer.state if (optimizer := run.networks.problem.optimizer) else {}
    memory = {
        (name, word): found[place].astype(np.float64).reshape(learned[name].shape)
        for name in learned
        for word in words
        if (place := f"{_MEMORY}{called(name)}/{word}") in found
    }
    curve = tuple((_measure(own), _measure(held)) for own, held in found[_CURVE])
    return State(step, learned, memory, _measure(found[_SO_FAR]), curve)


def mark(run: Run) -> bytes:
    """What tells this run from any other, whatever the number of its steps."""
    batches, examples = run.batches, run.examples
    hashed = hashlib.sha256(run.networks.problem.origin.text.encode())
    order = (batches.samples, batches.size, batches.order, batches.seed, examples.divide)
    hashed.update(repr(order).encode())
    for own in (examples, run.held):
        for array in (own.inputs, own.targets):
            hashed.update(repr((array.shape, array.dtype.str)).encode())
            # Row by row: what is chosen out of a file need not lie in one piece.
            for row in array:
                hashed.update(row.tobytes())
    return hashed.digest()


def _row(measure: Measure) -> list[float]:
    return [measure.samples, measure.total, measure.answers, measure.right]


def _measure(row: "Array") -> Measure:
    samples, total, answers, right = map(float, row)
    return Measure(int(samples), total, int(answers), int(right))
