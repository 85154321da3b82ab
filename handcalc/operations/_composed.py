"""Several operations as one step: the unnamed handles inside an equation."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import SkipValidation

from handcalc.formula import Formula
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index, Shape, Tensor

if TYPE_CHECKING:
    from handcalc.operations._operation import Array


@dataclass(frozen=True, slots=True)
class Inside:
    """One operation inside: what it is applied to, by place among the inputs and the results before."""

    operation: Operation
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Inner:
    """What an operation inside makes, element by element."""

    shape: Shape
    at: Callable[[Index], Formula]
    met: dict[Index, Formula] = field(default_factory=dict)
    """What has been looked at, made once: softmax looks at each of its numbers from everywhere."""

    def __getitem__(self, index: int | Index) -> Formula:
        place = (index,) if isinstance(index, int) else index
        if place not in self.met:
            self.met[place] = self.at(place)
        return self.met[place]


class Composed(Operation):
    """y = f(g(x), …): definitions put into each other, the chain rule inside. Its slopes are derived."""

    arity: int
    shared: tuple[bool, ...] = ()
    """Of each input: have all samples it in common?"""
    program: Annotated[tuple[Inside, ...], SkipValidation]

    def output_shape(self, *shapes: Shape) -> Shape:
        return self._shapes(shapes)[-1]

    def forward(self, *arrays: "Array") -> "Array":
        return self._run(arrays)[-1]

    def backward(self, gradient: "Array", output: "Array", *arrays: "Array") -> tuple["Array", ...]:
        made, in_common = self._run(arrays), self._in_common()
        arriving: dict[int, Array] = {len(made) - 1: gradient}
        for place in range(len(made) - 1, self.arity - 1, -1):
            inside = self.program[place - self.arity]
            taken, result, upstream = (
                [made[p] for p in inside.places],
                made[place],
                arriving.pop(place),
            )
            if in_common[place]:
                taken = [_for_each(array, len(upstream)) for array in taken]
                result = _for_each(result, len(upstream))
            parts = inside.operation.backward(upstream, result, *taken)
            for p, part in zip(inside.places, parts, strict=True):
                arriving[p] = arriving[p] + part if p in arriving else part
        return tuple(arriving[slot] for slot in range(self.arity))

    def at_corner(self, *arrays: "Array") -> bool:
        """Does an operation inside lie at a corner?"""
        import numpy as np

        with np.errstate(all="ignore"):
            made = self._run(arrays)
            return any(
                inside.operation.at_corner(*(made[p] for p in inside.places))
                for inside in self.program
            )

    def no_value(self, *arrays: "Array") -> str:
        """What the first operation inside says whose inputs are finite and whose result is not."""
        import numpy as np

        with np.errstate(all="ignore"):
            made = self._run(arrays)
        for inside, result in zip(self.program, made[self.arity :], strict=True):
            taken = [made[p] for p in inside.places]
            if not np.isfinite(result).all() and all(np.isfinite(array).all() for array in taken):
                return inside.operation.no_value(*taken)
        return ""

    def definition(self, index: Index, *tensors: Tensor) -> Formula:
        shapes = self._shapes(tuple(tensor.shape for tensor in tensors))
        made: list[Tensor] = list(tensors)
        for inside, shape in zip(self.program, shapes[self.arity :], strict=True):
            taken = [made[p] for p in inside.places]
            made.append(_Inner(shape, _defined(inside.operation, taken)))
        return made[-1][index]

    def reached(self, slot: int, index: Index, *shapes: Shape) -> Sequence[Index]:
        """The places that each operation inside reaches, one behind the other."""
        made = self._shapes(shapes)
        met: dict[int, set[Index]] = {slot: {index}}
        for place, inside in enumerate(self.program, self.arity):
            taken = [made[p] for p in inside.places]
            for own, p in enumerate(inside.places):
                for at in met.get(p, ()):
                    met.setdefault(place, set()).update(inside.operation.reached(own, at, *taken))
        return sorted(met.get(len(made) - 1, ()))

    def _shapes(self, shapes: tuple[Shape, ...]) -> list[Shape]:
        made = list(shapes)
        for inside in self.program:
            made.append(inside.operation.output_shape(*(made[p] for p in inside.places)))
        return made

    def _run(self, arrays: "tuple[Array, ...]") -> "list[Array]":
        made, in_common = list(arrays), self._in_common()
        for place, inside in enumerate(self.program, self.arity):
            taken = [made[p] for p in inside.places]
            if in_common[place]:
                made.append(inside.operation.forward(*(array[None] for array in taken))[0])
            else:
                made.append(inside.operation.forward(*taken))
        return made

    def _in_common(self) -> list[bool]:
        """Of each input and each operation inside: is it made of what all samples have in common alone?"""
        made = list(self.shared or (False,) * self.arity)
        for inside in self.program:
            made.append(all(made[p] for p in inside.places))
        return made


def _for_each(array: "Array", samples: int) -> "Array":
    """What all samples have in common, once for each of them."""
    import numpy as np

    return np.broadcast_to(array[None], (samples, *array.shape))


def _defined(operation: Operation, taken: list[Tensor]) -> Callable[[Index], Formula]:
    return lambda index: operation.definition(index, *taken)


def as_node(handle: Handle) -> tuple[Operation, tuple[str, ...]]:
    """The one operation that makes a handle from named quantities, and their names."""
    assert handle.operation is not None
    if all(part.name for part in handle.inputs):
        return handle.operation, tuple(part.name for part in handle.inputs)
    return _composed(handle)


def _composed(handle: Handle) -> tuple[Operation, tuple[str, ...]]:
    """The operations inside a handle as one, and the names of the quantities that it is made of."""
    order = list(_inside(handle))
    names = tuple(dict.fromkeys(part.name for h in order for part in h.inputs if part.name))
    place = {id(h): len(names) + i for i, h in enumerate(order)}
    program = tuple(
        Inside(
            h.operation,
            tuple(names.index(p.name) if p.name else place[id(p)] for p in h.inputs),
        )
        for h in order
        if h.operation is not None
    )
    shared = {part.name: part.shared for h in order for part in h.inputs if part.name}
    all_shared = tuple(shared[name] for name in names)
    if all(all_shared):
        # Then it is an ordinary operation, on what belongs to no sample.
        all_shared = ()
    return Composed(arity=len(names), shared=all_shared, program=program), names


def _inside(handle: Handle) -> Iterator[Handle]:
    """The unnamed handles, each after those that it is made of, each once."""
    done: set[int] = set()
    waiting = [(handle, False)]
    while waiting:
        at, ready = waiting.pop()
        if at.name or id(at) in done:
            continue
        if ready:
            done.add(id(at))
            yield at
        else:
            waiting += [(at, True), *((part, False) for part in reversed(at.inputs))]
