"""Another activation than the one that is meant."""

from collections.abc import Iterator
from typing import ClassVar

from handcalc.formula import Formula
from handcalc.grading.mistakes import _activations
from handcalc.grading.mistakes._mistake import Mistake
from handcalc.grading.step import Step
from handcalc.network import Element, Ref
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation

_TAKEN = {
    "sigmoid": ("tanh", "relu", "step"),
    "tanh": ("sigmoid", "relu"),
    "relu": ("leaky_relu", "sigmoid", "tanh"),
    "leaky_relu": ("relu", "elu"),
    "elu": ("relu", "leaky_relu"),
    "softplus": ("relu", "sigmoid"),
    "step": ("sigmoid", "relu"),
    "relu6": ("relu", "sigmoid"),
    "selu": ("elu", "relu"),
    "gelu": ("relu", "silu", "sigmoid"),
    "silu": ("sigmoid", "relu", "gelu"),
    "mish": ("silu", "softplus", "relu"),
    "hard_sigmoid": ("sigmoid", "hard_tanh", "relu"),
    "hard_tanh": ("tanh", "hard_sigmoid", "relu"),
    "hard_silu": ("silu", "hard_sigmoid", "relu"),
    "log_sigmoid": ("sigmoid", "softplus"),
    "softsign": ("tanh", "sigmoid"),
    "threshold": ("relu", "step"),
    "softmax": ("sigmoid",),
}
"""What each is taken for."""
_MOST_TAKEN = max(map(len, _TAKEN.values()))


class OtherActivation(Mistake):
    """tanh(z) in place of σ(z), max(0, z) in place of a leaky ReLU; 1 - a² in place of a(1 - a)."""

    said: ClassVar[str] = "another activation was used than the one that is meant"

    def told(self, step: Step) -> str:
        met = (*_activations.of_values(step), *_activations.of_slopes(step))
        return f"another activation was used in place of {_activations.named(met)}"

    def formulas(self, step: Step) -> Iterator[Formula]:
        for choice in range(_MOST_TAKEN):

            def value(ref: Ref, own: Operation, choice: int = choice) -> Formula | None:
                other = _other(own, choice)
                z = step.steps.leaf(_activations.argument(step, ref))
                return None if other is None else other.of(z)

            yield from _activations.layer_by_layer(step, value)

            def slope(ref: Ref, _: Ref, choice: int = choice) -> Formula | None:
                found = step.slope_of_activation(ref)
                other = None if found is None else _other(found[0], choice)
                return None if found is None or other is None else other.slope(*found[1:])

            yield from step.rewritten(slope)
        yield from _activations.layer_by_layer(step, lambda ref, own: _shares(step, ref, own))


def _other(own: Operation, choice: int) -> Elementwise | None:
    """One of those that it is taken for, with the same α where both have one."""
    others = _TAKEN.get(_activations.word_of(own), ())
    if choice >= len(others):
        return None
    other = _activations.made(others[choice], alpha=getattr(own, "alpha", None))
    assert isinstance(other, Elementwise)
    return other


def _shares(step: Step, ref: Ref, own: Operation) -> Formula | None:
    """The softmax of a list in place of a sigmoid for each of its values."""
    if _activations.word_of(own) != "sigmoid" or not isinstance(ref, Element):
        return None
    shape = step.steps.network.quantities[ref.quantity].shape
    wide = len(shape) == 1 and 1 < shape[0] <= _activations.MOST_SHARES
    return step.remade(ref, _activations.made("softmax")) if wide else None
