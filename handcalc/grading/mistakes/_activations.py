"""What the mistakes about activations share: which of them make the values, and what each is called."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from handcalc import operations
from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.layers._label import Label
from handcalc.network import After, Element, Local, Ref
from handcalc.operations._along import Along
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation
from handcalc.operations.masked_softmax import MaskedSoftmax
from handcalc.operations.softmax import Softmax

MOST_LAYERS = 3
"""Layers of activations, from a step backwards, in which a mistake is looked for one by one."""
MOST_SHARES = 64
"""Values of one row up to which they are weighed against each other in another way."""

_CALLED = {
    "sigmoid": "the sigmoid",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "elu": "ELU",
    "prelu": "PReLU",
    "relu6": "ReLU6",
    "selu": "SELU",
    "gelu": "GELU",
    "silu": "SiLU",
    "mish": "Mish",
    "hard_sigmoid": "the hard sigmoid",
    "hard_tanh": "the hard tanh",
    "hard_silu": "the hard SiLU",
    "log_sigmoid": "the logarithm of the sigmoid",
    "exponential": "the exponential function",
    "threshold": "the threshold function",
    "step": "the step function",
    "linear": "the linear function",
    "softmax": "the softmax",
    "log_softmax": "the logarithm of the softmax",
    "masked_softmax": "the softmax",
    "normalize": "the division by the sum",
}


def word_of(operation: Operation | None) -> str:
    """The word of an operation, which is the name of its module."""
    return type(operation).__module__.rpartition(".")[2]


def made(word: str, **options: Any) -> Operation:
    """An operation by its word, with those of the options that it has."""
    kind = operations.load(word)
    known = {name: value for name, value in options.items() if name in kind.model_fields}
    found = kind(**{name: value for name, value in known.items() if value is not None})
    assert isinstance(found, Operation)
    return found


def called(operation: Operation) -> str:
    """The sigmoid, ReLU, tanh."""
    word = word_of(operation)
    return _CALLED.get(word, word.replace("_", " "))


def named(operations: Iterable[Operation]) -> str:
    """What they are called if it is one; else the activation."""
    names = set(map(called, operations))
    return names.pop() if len(names) == 1 else "the activation"


def of(step: Step, ref: Ref) -> Operation | None:
    """The activation that makes a value; what leaves it as it is makes none."""
    found = step.maker(ref)
    is_one = isinstance(found, Elementwise | Along) or word_of(found) == "prelu"
    return found if is_one and word_of(found) != "linear" else None


def argument(step: Step, ref: Ref) -> Ref:
    """The value that goes into the activation behind a value."""
    element = ref.of if isinstance(ref, After) else ref
    assert isinstance(element, Element)
    node = step.steps.network.producer(element.quantity)
    z = Element(node.inputs[0], element.index, element.sample)
    return step.steps.same(After(z) if isinstance(ref, After) else z)


def slope_of(step: Step, ref: Ref) -> Operation | None:
    """The activation whose slope a step is."""
    if not isinstance(ref, Local):
        return None
    node = step.steps.network.producer(ref.of.quantity)
    return of(step, ref.of) if ref.by.quantity == node.inputs[0] else None


def unmasked(own: MaskedSoftmax) -> Softmax:
    """The softmax of all scores."""
    return Softmax(axis=own.axis)


def few_shares(step: Step, ref: Ref, own: Along) -> bool:
    """Are there few enough values in a row to weigh them in another way?"""
    if not isinstance(ref, Element):
        return False
    row = own.row(ref.index, step.steps.network.quantities[ref.quantity].shape)
    return 1 < len(row) <= MOST_SHARES


Remake = Callable[[Ref, Operation], Formula | None]
"""Another formula for a value, of the activation that makes it."""


def layer_by_layer(step: Step, remake: Remake) -> Iterator[Formula]:
    """The step's formulas with other values behind the activations of one layer at a time."""

    def layer_of(ref: Ref) -> tuple[str, Label] | None:
        operation = of(step, ref)
        if operation is None or remake(ref, operation) is None:
            return None
        element = ref.of if isinstance(ref, After) else ref
        if not isinstance(element, Element):
            return None
        quantity = step.steps.network.quantities[element.quantity]
        # All times and all heads of a layer are one.
        return quantity.layer, replace(quantity.label, at=None)

    for layer in step.met(layer_of)[:MOST_LAYERS]:

        def other(ref: Ref, _: Ref, layer: tuple[str, Label] = layer) -> Formula | None:
            operation = of(step, ref)
            own = operation is not None and layer_of(ref) == layer
            return remake(ref, operation) if own and operation is not None else None

        yield from step.rewritten(other)


def of_values(step: Step) -> list[Operation]:
    """The activations behind the values on the way."""
    return step.met(lambda ref: of(step, ref))


def of_slopes(step: Step) -> list[Operation]:
    """The activations whose slopes stand on the way."""
    return step.met(lambda ref: slope_of(step, ref))
