"""The networks of a problem for batches of measured samples, one for each number of samples at once."""

from collections.abc import Iterator
from functools import cached_property
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handcalc.data import Examples, Form, form, parted, wrong
from handcalc.errors import UsageError, count
from handcalc.fields import Array, Shape
from handcalc.learning.drawing import masks
from handcalc.network import build
from handcalc.network.graph import MOST_NUMBERS, Network
from handcalc.problem import Problem, ends
from handcalc.problem.model import Sample

if TYPE_CHECKING:
    from handcalc.arrays import Array as Numpy

FEW = 2
"""Samples of the network that is looked at for shapes and first numbers; of one no variance is found."""


class Networks:
    """Networks by their number of samples; `in_use` they drop nothing and keep their running values."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._built: dict[tuple[int, bool], Network] = {}
        self._beside: dict[tuple[int, bool], dict[str, Numpy]] = {}
        _refuse(problem)

    @cached_property
    def form(self) -> Form:
        """What it takes."""
        return form(self.problem)

    @cached_property
    def few(self) -> Network:
        """A small one, whose weights are those that training begins with."""
        network = self._build(FEW, in_use=False)
        _refuse_unknown(network)
        return network

    @cached_property
    def first(self) -> "dict[str, Numpy]":
        """What is learned, or kept beside it, before the first step."""
        given, shared = self.few.given, self.few.of_kind("learned", "state")
        return {q.name: given[q.name][0].floats().reshape(q.shape) for q in shared}

    def of(self, samples: int, *, in_use: bool = False) -> Network:
        """The network for so many samples."""
        place = samples, in_use
        if place not in self._built:
            self.refuse_large(samples)
            self._built[place] = self._build(samples, in_use=in_use)
            self._beside[place] = _beside(self._built[place])
        return self._built[place]

    def given(
        self, network: Network, batch: Examples, step: int, *, in_use: bool = False
    ) -> "dict[str, Numpy]":
        """The numbers of a batch, and what of the file stands beside them; what reads numbers has these."""
        import numpy as np

        found = self._beside[network.samples, in_use] | masks(network, step)
        found |= dict(self._inputs(network, batch))
        targets = np.asarray(batch.targets, dtype=np.float64)
        for held, own in zip(
            network.of_kind("target"), parted(targets, self.form.targets), strict=True
        ):
            found[held.name] = own
        network.read(found)
        return found

    def _inputs(self, network: Network, batch: Examples) -> "Iterator[tuple[str, Numpy]]":
        """The numbers of each input."""
        own = parted(batch.numbers, list(self.form.inputs.values()))
        for quantity, numbers in zip(network.inputs, own, strict=True):
            yield quantity.name, numbers

    def refuse_astray(self, path: Path, examples: Examples) -> None:
        """Whole numbers of an input that name no row of a table."""
        import numpy as np

        tables = list(self._tables())
        # All numbers at once are made only where somebody looks at them.
        given = dict(self._inputs(self.few, examples)) if tables else {}
        for name, most in tables:
            numbers = given[name].reshape(len(examples), -1)
            astray = ((numbers < 0) | (numbers >= most) | (numbers != np.floor(numbers))).any(
                axis=1
            )
            if astray.any():
                said = f"sample {int(astray.argmax()) + 1} has inputs that name no row of the embedding"
                raise wrong(path, f"{said}; give whole numbers from 0 to {most - 1}")

    def _tables(self) -> Iterator[tuple[str, int]]:
        """The inputs that name rows, and how many rows there are."""
        names = [quantity.name for quantity in self.few.inputs]
        for node in self.few.nodes:
            shapes = [self.few.quantities[name].shape for name in node.inputs]
            most = node.operation.choices(*shapes)
            if most is not None and node.inputs[node.operation.value_slot] in names:
                yield node.inputs[node.operation.value_slot], most

    def _build(self, samples: int, *, in_use: bool) -> Network:
        """Samples of zeros hold the places of those that come."""
        inputs = {name: _zeros(shape) for name, shape in self.form.inputs.items()}
        targets = {name: _zeros(own.target) for name, own in self.form.outputs.items()}
        alone = inputs.get(ends.INPUT)
        zeros: dict[str, Any] = {"inputs": inputs} if alone is None else {"input": alone}
        zeros |= {"target": targets[""]} if "" in targets else {"targets": targets}
        own: dict[str, Any] = {"samples": (Sample.model_construct(**zeros),) * samples}
        own |= {"input": None, "inputs": None, "target": None}
        if in_use:
            own["layers"] = tuple(layer.in_use() for layer in self.problem.layers)
        return build(self.problem.model_copy(update=own))

    def refuse_large(self, samples: int) -> None:
        """Batches whose values would not fit the memory."""
        own = (q.shape for q in self.few.quantities.values() if self.few.per_sample(q.name))
        largest = max(map(prod, own), default=1)
        if largest * samples > MOST_NUMBERS:
            fits = max(1, MOST_NUMBERS // largest)
            said = f"{count(samples, 'sample')} at a time have {largest * samples:,} numbers in one layer"
            raise UsageError(f"{said}, and {MOST_NUMBERS:,} fit; add --batch-size {min(fits, 32)}")


def _beside(network: Network) -> "dict[str, Numpy]":
    """Numbers of the file that stay what they are: settings, and what is given beside the input."""
    import numpy as np

    found = {q.name: network.given[q.name][0].floats() for q in network.of_kind("setting")}
    for q in network.of_kind("input"):
        if q.layer:
            found[q.name] = np.stack([a.floats() for a in network.given[q.name]])
    return found


def _zeros(shape: Shape) -> Array:
    texts: Any = "0"
    for size in reversed(shape):
        texts = (texts,) * size
    return Array(texts, shape)


def _refuse(problem: Problem) -> None:
    """Problems that are no network with one input, one output and an optimizer."""
    path = problem.origin.path
    if problem.optimizer is None:
        instead = "write optimizer: {sgd: {learning_rate: 0.1}}"
        raise UsageError(f"{path}: nothing is trained; {instead}")
    if not ends.has_loss(problem) and problem.rule is None:
        instead = "write loss: categorical_crossentropy, or another one, behind the last layer"
        raise UsageError(f"{path}: there is no loss of an output to train with; {instead}")


def _refuse_unknown(network: Network) -> None:
    """Layers whose weights the file neither has nor draws, or that are only counted."""
    path = network.problem.origin.path
    for q in network.of_kind("learned", "state"):
        if None in network.sources[q.name]:
            said = f"layer {q.layer} has no {q.label.word.replace('_', ' ')} to begin with"
            instead = "write {random: {seed: 1}} there"
            raise UsageError(f"{path}: {said}; {instead}")
    for q in network.counted:
        said = f"layer {q.layer} has no numbers, so that it is counted and not worked out"
        instead = "write weights: {random: {seed: 1}} there"
        raise UsageError(f"{path}: {said}; {instead}")
