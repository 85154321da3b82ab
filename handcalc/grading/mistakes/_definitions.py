"""What mistakes about formulas of one's own share: a value made by another formula, and its slopes."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from handcalc.formula import Call, Formula, Leaf, Power, Quotient, Symbol, is_long, leaves
from handcalc.formula.calculus import derivative
from handcalc.formula.walk import parts, with_parts
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._uses import each_once
from handcalc.grading.step import Step
from handcalc.network import Element, Gradient, Local, Ref
from handcalc.network.graph import LOSS

MOST_VALUES = 3
"""Values, from a step backwards, whose formulas are changed one by one."""
MOST_FORMS = 8
"""Forms of one formula that are tried."""

Change = Callable[[Formula], Iterable[Formula]]
"""The wrong formulas for one that is right."""
Slope = Callable[[Formula, Symbol], Iterable[Formula]]
"""The wrong slopes of a formula by a symbol in it."""


def with_changed(step: Step, change: Change) -> Iterator[Formula]:
    """The step's formulas with one of its own formulas changed, in the value and in its slopes."""

    def slopes(formula: Formula, by: Symbol) -> Iterator[Formula]:
        return (derivative(other, by) for other in change(formula))

    yield from _rewritten(step, change, slopes)


def with_values(step: Step, change: Change) -> Iterator[Formula]:
    """The step's formulas with one of its own formulas changed in the value alone."""
    yield from _rewritten(step, change, lambda _, __: ())


def with_slopes(step: Step, slopes: Slope) -> Iterator[Formula]:
    """The step's formulas with wrong slopes of one of the file's own formulas."""
    yield from _rewritten(step, lambda _: (), slopes)


def _rewritten(step: Step, values: Change, slopes: Slope) -> Iterator[Formula]:
    if not step.steps.network.of_values:
        return
    known: dict[Ref, list[Formula]] = {}

    def found(ref: Ref) -> list[Formula]:
        if ref not in known:
            own = _forms(step, ref, values, slopes)
            known[ref] = list(islice(each_once(own), MOST_FORMS))
        return known[ref]

    of = step.met(lambda ref: made.quantity if found(ref) and (made := _made(step, ref)) else None)

    def formulas() -> Iterator[Formula]:
        for quantity in of[:MOST_VALUES]:
            own = (ref for ref, _ in step.way if _is_of(step, ref, quantity))
            for choice in range(max((len(found(ref)) for ref in own), default=0)):

                def other(
                    ref: Ref, _: Ref, quantity: str = quantity, choice: int = choice
                ) -> Formula | None:
                    forms = found(ref) if _is_of(step, ref, quantity) else []
                    return forms[choice] if choice < len(forms) else None

                yield from step.rewritten(other)

    yield from each_once(formulas())


def _is_of(step: Step, ref: Ref, quantity: str) -> bool:
    made = _made(step, ref)
    return made is not None and made.quantity == quantity


def _forms(step: Step, ref: Ref, values: Change, slopes: Slope) -> Iterator[Formula]:
    """What stands wrong in place of a value, or of a slope of it."""
    made = _made(step, ref)
    formula = None if made is None else step.steps.formula(made)
    if formula is None or is_long(formula):
        return
    by = _by(ref)
    if by is None:
        yield from values(formula)
        return
    leaf = step.steps.leaf(by)
    if isinstance(leaf, Symbol) and leaf in leaves(formula):
        yield from slopes(formula, leaf)


def _made(step: Step, ref: Ref) -> Element | None:
    """The value of the file that a step is, or whose slope it is; None for all others."""
    made: Element | None = None
    match ref:
        case Element():
            made = ref
        case Local():
            made = ref.of
        case Gradient(by=by, via=None):
            paths = step.steps.paths(by)
            made = paths[0] if len(paths) == 1 and paths[0].quantity == LOSS else None
        case Gradient(via=Element() as via):
            made = via if via.quantity == LOSS else None
        case _:
            return None
    if made is None or step.steps.is_given(made):
        return None
    operation = step.maker(made)
    is_activation = _activations.of(step, made) is not None
    is_function = _activations.word_of(operation) == "function"
    return None if operation is None or (is_activation and not is_function) else made


def _by(ref: Ref) -> Element | None:
    return ref.by if isinstance(ref, Gradient | Local) else None


def changed_once(formula: Formula, change: Change) -> Iterator[Formula]:
    """A formula with one of its parts changed, the outer ones first."""
    yield from change(formula)
    for place, part in enumerate(parts(formula)):
        for other in changed_once(part, change):
            yield _with_part(formula, place, other)


def _with_part(formula: Formula, place: int, other: Formula) -> Formula:
    counted = iter(range(1_000_000))
    return with_parts(formula, lambda part: other if next(counted) == place else part)


def inner_parts(formula: Formula, by: Leaf) -> Iterator[tuple[Formula, Formula, Symbol]]:
    """Each inner function of a symbol: the formula with another symbol for it, what it is, and that symbol."""
    inside = Symbol("u", "inner part")

    def is_inner(part: Formula) -> bool:
        return part != by and by in leaves(part)

    def opened(part: Formula) -> Iterator[Formula]:
        match part:
            case Call(arguments=(argument,)) if is_inner(argument):
                yield Call(part.name, (inside,))
            case Power() if is_inner(part.base):
                yield Power(inside, part.exponent)
            case Quotient() if is_inner(part.bottom) and by not in leaves(part.top):
                yield Quotient(part.top, inside)

    for other in changed_once(formula, opened):
        yield other, _what_is(formula, other, inside), inside


def _what_is(formula: Formula, other: Formula, inside: Symbol) -> Formula:
    """The part of a formula in whose place a symbol stands in the other one."""
    if other == inside:
        return formula
    pairs = zip(parts(formula), parts(other), strict=True)
    own, changed = next((a, b) for a, b in pairs if a != b)
    return _what_is(own, changed, inside)
