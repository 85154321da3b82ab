"""What mistakes share in which one value is used for another: a formula with others in it.

Labels tell what a value is: `at` its time or head, `below` the gate of its weights, `stage` a weighted sum.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import chain
from typing import Any

from handcalc.formula import Formula
from handcalc.grading.step import Step
from handcalc.layers._label import Label
from handcalc.network import Element, Local, Ref

Other = Callable[[Element, Element], Formula | None]
"""Another formula for a value, used where a second one is made, or in its slope; None to leave it."""


def with_others(
    step: Step, other: Other, *, values: bool = True, slopes: bool = True
) -> Iterator[Formula]:
    """The step's formulas with others in what its `values` are made of, and in the `slopes` on the way back.

    What a value is made of may be taken wrong whether it stands on the sheet or not.
    """

    def rewrite(ref: Ref, inside: Ref) -> Formula | None:
        wanted = slopes if isinstance(inside, Local) else values
        made = inside.of if isinstance(inside, Local) else inside
        if not wanted or ref == inside or not isinstance(made, Element):
            return None
        return other(ref, made) if isinstance(ref, Element) else None

    yield from step.rewritten(rewrite, uses=True)


def each_once(formulas: Iterable[Formula]) -> Iterator[Formula]:
    """Formulas without those that came before."""
    seen: list[Formula] = []
    for formula in formulas:
        if formula not in seen:
            seen.append(formula)
            yield formula


def label(step: Step, element: Element) -> Label:
    """What readers see of a value."""
    return step.steps.network.quantities[element.quantity].label


def is_learned(step: Step, ref: Ref) -> bool:
    """Is it a weight or a bias?"""
    return isinstance(ref, Element) and step.steps.kind(ref) == "learned"


def beside(step: Step, element: Element, **changes: Any) -> Element | None:
    """The element in the same place of what differs in its label alone: of another time, head or gate."""
    quantities = step.steps.network.quantities
    own = quantities[element.quantity]
    name = element.quantity.removesuffix(own.label.unique) + replace(own.label, **changes).unique
    other = quantities.get(name)
    if other is None or name == element.quantity or len(other.shape) != len(element.index):
        return None
    fits = all(i < n for i, n in zip(element.index, other.shape, strict=True))
    return replace(element, quantity=name) if fits else None


def leaf(step: Step, element: Element | None) -> Formula | None:
    """Its symbol, if there is such an element."""
    return None if element is None else step.steps.leaf(element)


# --- through time ---------------------------------------------------------------------------------


def through_time(step: Step) -> bool:
    """Does the network read sequences?"""
    return step.steps.network.reads_sequences


def time(step: Step, element: Element) -> int | None:
    """The time of a value; None for all that has none."""
    own = label(step, element)
    return own.at if own.counts == "time" else None


def gates(step: Step, layer: str) -> tuple[str, ...]:
    """The letters of the gates and candidates of a layer: those below its weights."""
    own = (q.label for q in step.steps.network.parameters if q.layer == layer)
    return tuple(dict.fromkeys(w.below for w in own if w.letter == "W" and w.below))


def is_gate(step: Step, element: Element) -> bool:
    """Is it the value of a gate or a candidate, at some time?"""
    own = step.steps.network.quantities[element.quantity]
    if time(step, element) is None or own.label.stage or own.label.below:
        return False
    return own.label.word in gates(step, own.layer)


def is_state(step: Step, element: Element) -> bool:
    """Is it a state, h or c, at some time?"""
    own = step.steps.network.quantities[element.quantity]
    plain = not own.label.stage and not own.label.below
    return plain and time(step, element) is not None and not is_gate(step, element)


def states_moved(step: Step, by: int) -> Iterator[Formula]:
    """The step's formulas with the states of `by` times later in place of its own: all, or h or c alone."""

    def moved(word: str) -> Iterator[Formula]:
        def other(used: Element, _: Element) -> Formula | None:
            own = time(step, used) if is_state(step, used) else None
            if own is None or word not in ("", label(step, used).word):
                return None
            return leaf(step, beside(step, used, at=own + by))

        # Forwards a state that is still to be worked out cannot be used.
        return with_others(step, other, values=by < 0)

    if through_time(step):
        yield from each_once(chain.from_iterable(map(moved, ("", "h", "c"))))
