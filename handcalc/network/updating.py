"""The rows of an optimizer as formulas: from a gradient, or a rule's signal, to the new value."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from handcalc.formula import Formula, number, sqrt, summed, total
from handcalc.network.graph import LOSS, RATE, TARGET
from handcalc.network.refs import After, Element, Gradient, Local, Stage
from handcalc.optimizers._optimizer import NEW, Optimizer, Step

if TYPE_CHECKING:
    from handcalc.network.formulas import Formulas


def rows(
    formulas: "Formulas",
    parameter: Element,
    optimizer: Optimizer | None = None,
    others: Mapping[str, Any] | None = None,
    others_before: Mapping[str, Any] | None = None,
) -> dict[str, Formula]:
    """The rows that lead to the new value of a parameter, each written with those before it.

    Mistakes have another optimizer, and others in the place of single letters of this step and the one before.
    """
    own, network, leaf = optimizer or formulas.optimizer, formulas.network, formulas.leaf
    old = {word: leaf(Stage(parameter, word, old=True)) for word in own.state}
    old |= others_before or {}
    known: dict[str, Any] = {
        "w": leaf(parameter),
        **_driven_by(formulas, parameter),
        "rate": leaf(Element(RATE)),
        "t": network.t,
        **{name: leaf(Element(name)) for name in own.settings},
    }
    if own.clip_norm is not None:
        known["norm"] = leaf(Stage(Element(LOSS), "norm"))
    s, made = Step({**known, **(others or {})}, Step(old)), dict[str, Formula]()
    for word, row in own.step(s):
        made[word] = row
        s.values[word] = leaf(Stage(parameter, word)) if word != NEW else row
    if "Delta" not in made:
        change = own.change(s)
        made["Delta"] = leaf(After(parameter)) - leaf(parameter) if change is None else change
    return made


def length(formulas: "Formulas") -> Formula:
    """√(Σ g²) over the gradients by all that is learned."""
    every = formulas.learned_elements
    return sqrt(summed(len(every), lambda i: formulas.leaf(Gradient(every[i])) ** 2))


def _driven_by(formulas: "Formulas", parameter: Element) -> dict[str, Formula]:
    """The gradient by a parameter; where a rule moves it, its signal times its input."""
    rule, network, leaf = formulas.network.problem.rule, formulas.network, formulas.leaf
    if rule is None:
        return {"g": leaf(Gradient(parameter))}
    node, parts = network.affine, list[Formula]()
    slot = node.inputs.index(parameter.quantity)
    for sample in formulas.samples or (None,):
        for z in formulas.reached(node, slot, replace(parameter, sample=sample)):
            x = formulas.formula(Local(z, parameter))
            y, t = (Element(name, z.index, sample) for name in (network.output, TARGET))
            signal = rule.signal(leaf(z), leaf(y), leaf(t))
            parts.append(signal if x == number(1) or x is None else signal * x)
    return {"pull": formulas.over_samples(total(parts)) if formulas.samples else total(parts)}
