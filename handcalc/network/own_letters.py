"""Values and weights with letters of their own: h₂[1] for lstm1_h2[1], W_f[1,2], μ[3], Q₁[2,3].

The key begins with the layer; on a page the letter is enough where no other layer has it too. Gates of
single numbers are f₁, f₂; where that could be a cell or another name, all gates are a_g1, a_g2.
"""

import re
from functools import cached_property
from math import prod

from handcalc.formula import Symbol
from handcalc.layers._label import Label
from handcalc.network.graph import Network, Quantity
from handcalc.operations._tensor import Index

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_RAISED = {"in": "ⁱⁿ", "net": "ⁿᵉᵗ", "z": "ᶻ"}
_ARROWS = {"": "", "forward": "→", "backward": "←"}


class OwnLetters:
    """The names of quantities whose labels have `own`."""

    def __init__(self, network: Network, weighted_sum: str) -> None:
        self._network, self._weighted_sum = network, weighted_sum
        self._layers: dict[str, set[str]] = {}
        for quantity in network.quantities.values():
            if quantity.label.own:
                letter = _letter(quantity.label)
                self._layers.setdefault(letter, set()).add(quantity.layer)

    def whole(self, quantity: Quantity) -> str:
        """The key of all of them: lstm1_f_in2."""
        label = quantity.label
        return f"{quantity.layer}_{label.called(self._weighted_sum)}"

    def parts(self, quantity: Quantity, index: Index) -> tuple[str, str, str, str]:
        """Base, key, lower and upper index; of a single number no place is said."""
        label, place = quantity.label, _place(quantity, index)
        key = self.whole(quantity) + (f"[{place}]" if place else "")
        close = place if max(quantity.shape, default=0) > 9 else place.replace(",", "")
        lower = ",".join(filter(None, (label.below, self._at(label), close)))
        upper = () if self._alone(quantity) else (quantity.layer,)
        stage = (self._weighted_sum,) if label.stage else ()
        return label.letter + _ARROWS[label.way], key, lower, ",".join((*upper, *stage))

    def name(self, quantity: Quantity, index: Index) -> str:
        """On a line of text: h₂ⁱⁿ[1]; with the layer, as in the key, where another one has the letter."""
        place = _place(quantity, index)
        return self._name(quantity) + (f"[{place}]" if place else "")

    def symbol(self, quantity: Quantity, sample: int | None) -> Symbol:
        """All of them as one symbol: h₂."""
        label = quantity.label
        base, _, _, upper = self.parts(quantity, tuple(0 for _ in quantity.shape))
        lower = ",".join(filter(None, (label.below, self._at(label))))
        name = self._name(quantity)
        return Symbol(base, self.whole(quantity), lower, upper, sample, name=name)

    def _name(self, quantity: Quantity) -> str:
        label = quantity.label
        if not self._alone(quantity):
            return self.whole(quantity)
        raised = _RAISED[self._weighted_sum] if label.stage else ""
        at = self._at(label)
        lowered = f"_{at}" if at and not at.isdecimal() else at.translate(_LOWERED)
        return f"{_letter(label)}{lowered}{raised}"

    def _at(self, label: Label) -> str:
        """The number of a time, a head or a gate; g1 of a gate where 1 alone could be a cell."""
        if label.at is None:
            return ""
        return (
            f"g{label.at}" if label.counts == "gate" and self._gates_are_marked else str(label.at)
        )

    @cached_property
    def _gates_are_marked(self) -> bool:
        """Does a value with gates have cells, or is something else called like one of its gates?"""
        quantities = self._network.quantities.values()
        gates = [q for q in quantities if q.label.counts == "gate"]
        others = [q for q in quantities if q.label.counts != "gate"]
        values = {q.layer for q in gates}
        if any(q.layer in values and q.shape for q in others):
            return True
        letters = "|".join(re.escape(name) for q in gates for name in (q.layer, q.label.letter))
        numbered = re.compile(rf"(?:{letters})_?[0-9]+")
        names = (name for q in others for name in (q.layer, q.label.letter, q.label.stem))
        return any(map(numbered.fullmatch, names))

    def _alone(self, quantity: Quantity) -> bool:
        return len(self._layers[_letter(quantity.label)]) == 1


def _letter(label: Label) -> str:
    """W_f; h→; γ."""
    letter = label.letter + _ARROWS[label.way]
    return f"{letter}_{label.below}" if label.below else letter


def _place(quantity: Quantity, index: Index) -> str:
    if prod(quantity.shape) == 1:
        return ""
    return ",".join(str(i + 1) for i in index)
