"""A formula gate by gate: every operation in it is a value with a name, as a circuit is drawn."""

from itertools import count
from math import prod

from handcalc.formula.greek import lettered
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder
from handcalc.operations._handle import Handle
from handcalc.operations._rearranged import Rearranged
from handcalc.operations._reduction import Reduction
from handcalc.operations.add import Add
from handcalc.operations.constant import Constant
from handcalc.operations.multiply import Multiply
from handcalc.operations.negative import Negative
from handcalc.operations.norm import Norm
from handcalc.operations.subtract import Subtract
from handcalc.operations.variance import Variance


def gates_of(builder: Builder, whole: Handle, letter: str) -> Handle:
    """The last operation of a formula, over gates that are named one after the other."""
    named: dict[int, Handle] = {}
    places = count(1)

    def gate(handle: Handle) -> Handle:
        """The handle with everything behind it named."""
        if handle.name or not handle.inputs:
            return handle
        if isinstance(handle.operation, Add | Multiply):
            return in_pairs(handle.operation, handle.inputs)
        # What a sum of a single number adds up is no gate before it.
        before = gate if _is_of_one_number(handle) else given
        inputs = tuple(before(part) for part in handle.inputs)
        return Handle(handle.shape, operation=handle.operation, inputs=inputs)

    def in_pairs(operation: Add | Multiply, parts: tuple[Handle, ...]) -> Handle:
        """A sum or a product of many as a gate of two, one behind the other; a minus makes it a difference."""
        found = given(parts[0])
        for place, part in enumerate(parts[1:], 2):
            if isinstance(operation, Add) and isinstance(part.operation, Negative):
                found = Subtract()(found, given(part.inputs[0]))
            else:
                found = operation(found, given(part))
            if place < len(parts):
                found = new(found)
        return found

    def given(handle: Handle) -> Handle:
        """What goes into a gate: a name, a number, or a gate before."""
        if handle.name or isinstance(handle.operation, Constant):
            return handle
        if isinstance(handle.operation, Rearranged):
            # A number read from a list, or going along, is no gate of its own.
            return gate(handle)
        if id(handle) not in named:
            named[id(handle)] = new(gate(handle))
        return named[id(handle)]

    def new(inner: Handle) -> Handle:
        """The next gate."""
        label = Label(
            "",
            "gates",
            lettered(letter),
            at=next(places),
            counts="gate",
            own=True,
            of_file=True,
        )
        return builder.name(inner, label)

    return gate(whole)


def _is_of_one_number(handle: Handle) -> bool:
    """Does it only pass a number on, as the sum, the mean and the product of a single one do?"""
    operation = handle.operation
    if not isinstance(operation, Reduction) or isinstance(operation, Norm | Variance):
        return False
    return all(prod(part.shape) == prod(handle.shape) for part in handle.inputs)
