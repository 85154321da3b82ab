"""What the mistakes about optimizers share: the rows of a step with something else in them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from handcalc.formula import Call, Formula, Partial, Power, Symbol, number
from handcalc.formula.walk import rebuilt
from handcalc.grading.step import Step
from handcalc.network import After, Ref, Stage, updating
from handcalc.optimizers._optimizer import NEW, Optimizer


def optimizer_of(step: Step) -> Optimizer | None:
    """The optimizer of the file, where there is one."""
    return step.steps.network.problem.optimizer


def word_of(step: Step, ref: Ref) -> str:
    """Which row of the optimizer a step is; none for anything else."""
    if isinstance(ref, After) and step.steps.kind(ref.of) == "learned":
        return NEW
    return ref.word if isinstance(ref, Stage) and not ref.old and ref.word != "norm" else ""


def changed(step: Step, change: Callable[[Ref, Formula], Formula | None]) -> Iterator[Formula]:
    """The step with a row changed, its own or one behind it that is not on the sheet."""

    def other(ref: Ref, _: Ref) -> Formula | None:
        word = word_of(step, ref)
        formula = step.steps.formula(ref) if word else None
        return None if formula is None else change(ref, formula)

    yield from step.rewritten(other)


def with_others(
    step: Step,
    others: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    *,
    optimizer: Optimizer | None = None,
    only: Collection[str] = (),
) -> Iterator[Formula]:
    """The step as it is where other letters, or another form of the optimizer, stand in its rows."""

    def change(ref: Ref, formula: Formula) -> Formula | None:
        word = word_of(step, ref)
        if only and word not in only:
            return None
        assert isinstance(ref, After | Stage)
        made = updating.rows(step.steps, ref.of, optimizer, others, before).get(word)
        return None if made == formula else made

    if optimizer_of(step) is not None:
        yield from changed(step, change)


def without_roots(formula: Formula) -> Formula:
    """The same with what stands under each root in its place."""
    return rebuilt(
        formula, lambda f: f.arguments[0] if isinstance(f, Call) and f.name == "sqrt" else f
    )


def without_squares(formula: Formula) -> Formula:
    """The same with the square of a gradient as the gradient; β² is a power of another kind."""

    def bare(f: Formula) -> Formula:
        if not isinstance(f, Power) or f.exponent != number(2):
            return f
        return f.base if isinstance(f.base, Partial) or _is_row(f.base) else f

    return rebuilt(formula, bare)


def _is_row(base: Formula) -> bool:
    """Is it the gradient as it was cut off, or what the velocity was changed by?"""
    return isinstance(base, Symbol) and base.key.startswith(("g_", "Delta_"))
