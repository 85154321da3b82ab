"""Answers of another size than asked for: wrong in all cells, and which mistake gives that size."""

from handcalc.fields import Shape
from handcalc.grading.diagnosis import MOST_NAMED
from handcalc.grading.own_figures import OwnFigures
from handcalc.grading.scheme import Asked, Figure, Scheme
from handcalc.grading.wrong_figures import WrongFigures
from handcalc.network import Element


def mistakes_of(scheme: Scheme, answer: Asked, typed: Shape) -> tuple[str, ...]:
    """The mistakes by which a layer's output gets this size; of more than two none."""
    ref = answer.steps[0].ref
    own = OwnFigures(scheme)
    layer = scheme.network.quantities[ref.quantity].layer if isinstance(ref, Element) else ""
    if layer not in own.names:
        return ()
    number = own.names.index(layer) + 1
    right = own.right[layer].gives
    if _plain(right) != _plain(answer.shape):
        return ()
    figure = Figure(f"{layer}_shape", "shapes", number, right, 0.0, "")
    accounts = WrongFigures(own).of(figure)
    words = [w for size, own in accounts.items() if _plain(size) == _plain(typed) for w in own]
    known = tuple(dict.fromkeys(words))
    return known if len(known) <= MOST_NAMED else ()


def _plain(shape: Shape) -> Shape:
    """A single channel is not written down."""
    return tuple(size for size in shape if size != 1) or (1,)
