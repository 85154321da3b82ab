"""Numbers gate by gate, {f: [[…]], i: [[…]]}, or stacked in one array in the order of the gates."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from math import prod
from typing import Annotated, Any, TypeAlias

from pydantic import PlainValidator, WithJsonSchema

from handcalc.errors import did_you_mean, listed, numbers_in, times
from handcalc.fields import Array, Random, Shape, below, mistake, read_array
from handcalc.layers._fitted import Numbers, fitted
from handcalc.layers._layer import Misfit

Stored: TypeAlias = Numbers | Mapping[str, Numbers]


def _read(value: object) -> Stored:
    if not isinstance(value, dict) or set(value) == {"random"}:
        return read_array(value)
    made: dict[str, Numbers] = {}
    for gate, numbers in value.items():
        if not isinstance(gate, str):
            raise mistake("expects the letters of the gates; write {f: [[0.1, 0.2]], i: …}")
        made[gate] = below(gate, lambda numbers=numbers: read_array(numbers))  # type: ignore[misc]
    return made


_OTHER_LETTERS = {"c": "gn", "a": "gn", "h": "n", "n": "g", "g": "n", "u": "z"}
"""What other books call a gate, and the letters that it can have here: the candidate is c̃, ĥ, g or n."""

ByGate = Annotated[
    Array | Random | dict[str, Array | Random],
    PlainValidator(_read),
    WithJsonSchema({"type": ["array", "number", "string", "object"]}),
]


def by_gate(
    stored: Stored | None, gates: Sequence[str], shape: Shape, axis: int
) -> dict[str, Numbers | None]:
    """The numbers of each gate with this shape; None for a gate whose numbers there are not, or do not fit."""
    if stored is None or isinstance(stored, Random):
        return dict.fromkeys(gates, stored)
    if not isinstance(stored, Array):
        return {gate: fitted(stored.get(gate), shape) for gate in gates}
    sizes = [n * (len(gates) if at == axis else 1) for at, n in enumerate(shape)]
    whole = fitted(stored, tuple(sizes))
    if not isinstance(whole, Array):
        return dict.fromkeys(gates)
    return dict(zip(gates, _cut(whole, len(gates), axis), strict=True))


def _cut(whole: Array, count: int, axis: int) -> Iterator[Array]:
    """Equal parts of an array along an axis."""
    size = whole.shape[axis] // count
    shape = (*whole.shape[:axis], size, *whole.shape[axis + 1 :])
    for k in range(count):
        run = slice(k * size, (k + 1) * size)
        texts: Any = whole.texts[run] if axis == 0 else tuple(row[run] for row in whole.texts)
        yield Array(texts, shape)


def misfits(
    field: str, stored: Stored | None, gates: Sequence[str], shape: Shape, axis: int, called: str
) -> Iterator[Misfit]:
    """Gates that there are not, gates that are missing, and arrays of another size."""
    if stored is None or isinstance(stored, Random):
        return
    if isinstance(stored, Array):
        if None in by_gate(stored, gates, shape, axis).values():
            sizes = tuple(n * (len(gates) if at == axis else 1) for at, n in enumerate(shape))
            said = (
                f"{called} has {numbers_in(stored.shape)} for its {field}, but takes {times(sizes)}"
            )
            if len(gates) > 1:
                said += f": {times(shape)} for each of {listed(list(gates))}"
            yield Misfit((field,), f"{said}; write as many")
        return
    if len(gates) == 1:
        yield Misfit((field,), f"{called} has no gates; write its {field} as {numbers_in(shape)}")
        return
    meant: list[str] = []
    for gate in stored:
        if gate not in gates:
            ours = [letter for letter in _OTHER_LETTERS.get(gate, "") if letter in gates]
            meant += ours
            hint = f"; write {ours[0]}" if ours else did_you_mean(gate, gates)
            said = f"{called} has no gate '{gate}'{hint}"
            yield Misfit((field, gate), said if hint else f"{said}; its gates are {listed(gates)}")
    missing = [gate for gate in gates if gate not in stored and gate not in meant]
    if missing:
        said = f"{called} has no {field} for {listed(missing)}"
        yield Misfit((field,), f"{said}; write one for each of {listed(list(gates))}")
    for gate in (gate for gate in gates if gate in stored):
        numbers = stored[gate]
        if isinstance(numbers, Array) and fitted(numbers, shape) is None:
            said = f"{called} has {numbers_in(numbers.shape)} here, but takes {times(shape)}"
            yield Misfit((field, gate), f"{said}; write as many")


def given(*stored: Stored | None) -> bool:
    """Are there numbers, or a seed to draw them from?"""
    return any(part is not None for part in stored)


def units_of(stored: Stored | None, gates: Sequence[str], axis: int) -> int | None:
    """How many units the numbers are for, if that can be told."""
    if isinstance(stored, Array):
        size = stored.shape[axis] if len(stored.shape) > axis else prod(stored.shape)
        return size // len(gates) if size % len(gates) == 0 else None
    if isinstance(stored, Mapping):
        arrays = (numbers for numbers in stored.values() if isinstance(numbers, Array))
        first = next(chain(arrays), None)
        return units_of(first, ("",), axis) if first is not None else None
    return None
