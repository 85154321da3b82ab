"""What does not fit a recurrent layer: its input, its weights gate by gate, its initial states."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from handcalc.errors import count, listed, numbers_in, times
from handcalc.fields import Array, Shape
from handcalc.layers import _gates
from handcalc.layers._counted import no_sequence
from handcalc.layers._fitted import fitted
from handcalc.layers._layer import Conventions, Misfit

if TYPE_CHECKING:
    from handcalc.layers._recurrent import Recurrent


def of(
    layer: "Recurrent", received: Shape, conventions: Conventions, called: str
) -> Iterator[Misfit]:
    """Everything that does not fit for a sequence of this shape."""
    if not (len(received) == 1 and layer.reads_numbers(conventions)):
        wrong = list(no_sequence(received, called))
        if wrong:
            yield from wrong
            return
    units = layer.units_in(conventions)
    if units is None:
        yield Misfit((), f"{called} has neither units nor weights; write units: 2")
        return
    order, inputs = layer.order, received[-1] if len(received) > 1 else 1
    across, weights, states = layer.shapes_in(inputs, units, conventions)
    axis = 0 if conventions.product == "Wx" else 1
    for field, shape, along in (
        ("weights", weights, axis),
        ("recurrent_weights", states, axis),
        ("bias", across, 0),
        ("recurrent_bias", across, 0),
    ):
        yield from _gates.misfits(field, getattr(layer, field), order, shape, along, called)
    yield from _of_states(layer, units, called)
    yield from _together(layer, called)


def of_sources(
    layer: "Recurrent", shapes: tuple[Shape, ...], conventions: Conventions, called: str
) -> Iterator[Misfit]:
    """A layer takes a sequence, and its initial states from layers that give them on."""
    words = layer.sources.words or layer.takes[:1]
    allowed = ("input", *(f"{state}0" for state in layer.states))
    wrong = [word for word in words if word not in allowed]
    if wrong or "input" not in words or len(words) != len(shapes):
        written = ", ".join(f"{word}: …" for word in allowed)
        said = f"{called} takes a sequence, and initial states where layers give them on"
        yield Misfit(("from",), f"{said}; write from: {{{written}}}")
        return
    units = layer.units_in(conventions)
    for state, shape in zip(words, shapes, strict=True):
        if state != "input" and units is not None and shape != (units,):
            said = f"{called} has {count(units, 'unit')}, but {state} has {times(shape)} values"
            yield Misfit(("from", state), f"{said}; take a layer with as many")


def _together(layer: "Recurrent", called: str) -> Iterator[Misfit]:
    """Fields that contradict each other, or need one another."""
    if layer.joined and layer.recurrent_weights is not None:
        said = f"{called} has one matrix over {listed(layer.joined)} and recurrent_weights too"
        yield Misfit(("recurrent_weights",), f"{said}; leave one out")
    biased = layer.bias is not None or layer.recurrent_bias is not None
    if layer.joined and "1" in layer.joined and biased:
        said = f"{called} has its bias in the matrix, beside the 1, and a bias too"
        yield Misfit(("bias",), f"{said}; leave one out")
    if layer.weights is not None and not layer.joined and layer.recurrent_weights is None:
        said = f"{called} has weights but no recurrent_weights"
        yield Misfit((), f"{said}; write those of the state, or joined: [x, h] for one matrix")
    if layer.weights is None and layer.recurrent_weights is not None:
        said = f"{called} has recurrent_weights but no weights"
        yield Misfit((), f"{said}; write those of the input")
    if not layer.use_bias and biased:
        yield Misfit(("bias",), f"{called} has a bias and says use_bias: false; leave one out")


def _of_states(layer: "Recurrent", units: int, called: str) -> Iterator[Misfit]:
    """Initial states that there are not, that a layer gives too, or of another size."""
    by_name = isinstance(layer.initial_state, dict)
    for state, numbers in layer.states_given().items():
        place = ("initial_state", state) if by_name else ("initial_state",)
        if state not in layer.states:
            said = f"{called} has no state '{state}'"
            yield Misfit(place, f"{said}; write {listed(layer.states)}")
        elif f"{state}0" in layer.sources.words:
            said = f"{called} takes {state}0 from a layer and has numbers for it"
            yield Misfit(place, f"{said}; leave one out")
        elif isinstance(numbers, Array) and not _is_a_state(numbers, units):
            has = numbers_in(numbers.shape)
            said = f"{called} has {count(units, 'unit')}, but this state has {has}"
            yield Misfit(place, f"{said}; write a list of {units}")


def _is_a_state(numbers: Array, units: int) -> bool:
    """One state for all samples, or one for each of them."""
    return numbers.shape[1:] == (units,) or fitted(numbers, (units,)) is not None
