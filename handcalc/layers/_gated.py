"""A formula gate by gate: every operation in it is a value with a name, as a circuit is drawn."""

from math import prod

from handcalc.formula.greek import lettered
from handcalc.layers._label import Label
from handcalc.layers._layer import Builder
from handcalc.operations._handle import Handle
from handcalc.operations._rearranged import Rearranged
from handcalc.operations._reduction import Reduction
from handcalc.operations.constant import Constant
from handcalc.operations.norm import Norm
from handcalc.operations.variance import Variance


def gates_of(builder: Builder, whole: Handle, letter: str) -> Handle:
    """The last operation of a formula, over gates that are named one after the other."""
    named: dict[int, Handle] = {}

    def gate(handle: Handle) -> Handle:
        """The handle with everything behind it named."""
        if handle.name or not handle.inputs:
            return handle
        # What a sum of a single number adds up is no gate before it.
        before = gate if _is_of_one_number(handle) else given
        inputs = tuple(before(part) for part in handle.inputs)
        return Handle(handle.shape, operation=handle.operation, inputs=inputs)

    def given(handle: Handle) -> Handle:
        """What goes into a gate: a name, a number, or a gate before."""
        if handle.name or isinstance(handle.operation, Constant):
            return handle
        if isinstance(handle.operation, Rearranged):
            # A number read from a list, or going along, is no gate of its own.
            return gate(handle)
        if id(handle) not in named:
            inner = gate(handle)
            label = Label(
                "",
                "gates",
                lettered(letter),
                at=len(named) + 1,
                counts="gate",
                own=True,
                of_file=True,
            )
            named[id(handle)] = builder.name(inner, label)
        return named[id(handle)]

    return gate(whole)


def _is_of_one_number(handle: Handle) -> bool:
    """Does it only pass a number on, as the sum, the mean and the product of a single one do?"""
    operation = handle.operation
    if not isinstance(operation, Reduction) or isinstance(operation, Norm | Variance):
        return False
    return all(prod(part.shape) == prod(handle.shape) for part in handle.inputs)
