"""One time of a recurrent layer, as its textbook has it."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from handcalc.layers._label import Label
from handcalc.layers._layer import Builder
from handcalc.operations._handle import Handle
from handcalc.operations._operation import Operation
from handcalc.operations.affine import Affine
from handcalc.operations.concatenate import Concatenate
from handcalc.operations.tanh import Tanh

if TYPE_CHECKING:
    from handcalc.layers._recurrent import Recurrent
    from handcalc.layers.recurrent import Gru

HEADINGS = {
    "h": "states",
    "c": "cells",
    "f": "forget gates",
    "i": "input gates",
    "o": "output gates",
    "g": "candidates",
    "n": "candidates",
    "z": "update gates",
    "r": "reset gates",
    "tanh_c": "activated cells",
    "act_c": "activated cells",
}


class Cell(ABC):
    """The weights of a layer by letter and gate, and the equations that use them at each time."""

    def __init__(
        self, builder: Builder, layer: "Recurrent", weights: dict[str, dict[str, Handle]]
    ) -> None:
        self.builder, self.layer = builder, layer
        self.W, self.U, self.b, self.d = (weights[letter] for letter in "WUbd")

    @abstractmethod
    def step(self, x: Handle, states: list[Handle], time: int, *, cut: bool) -> list[Handle]:
        """The states at one time from those before; with `cut` no gradient goes back to them."""

    def named(
        self, value: Handle, word: str, time: int, *, stage: bool = False, cut: Handle | None = None
    ) -> Handle:
        """A value of this time with its letter."""
        heading = HEADINGS[word] if not stage else f"weighted sums of the {HEADINGS[word]}"
        label = Label(
            word.partition("_")[0],
            heading,
            word.partition("_")[0],
            own=True,
            below=word.partition("_")[2],
            at=time,
            stage="in" if stage else "",
            passing=stage,
        )
        return self.builder.name(value, label, cut=cut)

    def weighted(self, gate: str, x: Handle, h: Handle) -> Handle:
        """W·x + U·h + b of one gate, or W·[h; x] of a matrix over both."""
        joined = self.layer.joined
        if joined:
            parts = {"x": x, "h": h}
            column = Concatenate()(*(parts[part] for part in joined if part != "1"))
            return self._biased(gate, self.product(self.W[gate], column))
        return self._biased(gate, self.product(self.W[gate], x) + self.product(self.U[gate], h))

    def product(self, W: Handle, x: Handle) -> Handle:
        """W·x, x·W or Wᵀ·x, as the file keeps its matrices."""
        joined = self.layer.joined or ()
        constant = "last" if joined[-1:] == ("1",) else "first" if joined[:1] == ("1",) else ""
        layout = self.builder.conventions.product
        return Affine.model_validate({"layout": layout, "constant": constant})(x, W)

    def _biased(self, gate: str, z: Handle) -> Handle:
        for biases in (self.b, self.d):
            z = z + biases[gate] if gate in biases else z
        return z

    def gate(
        self,
        letter: str,
        activation: Operation,
        x: Handle,
        h: Handle,
        time: int,
        *,
        cut: bool,
    ) -> Handle:
        """f(W·x + U·h + b), the weighted sum by itself first."""
        z = self.weighted(letter, x, h)
        z = self.named(z, letter, time, stage=True, cut=h if cut else None)
        return self.named(activation(z), letter, time)


class SimpleRnnCell(Cell):
    """h = tanh(W·x + U·h + b)."""

    def step(self, x: Handle, states: list[Handle], time: int, *, cut: bool) -> list[Handle]:
        (h,) = states
        z = self.named(self.weighted("", x, h), "h", time, stage=True, cut=h if cut else None)
        return [self.named(self.layer.squash(z), "h", time)]


class LstmCell(Cell):
    """c = f·c + i·g, h = o·tanh(c)."""

    def step(self, x: Handle, states: list[Handle], time: int, *, cut: bool) -> list[Handle]:
        h, c = states
        sigma, tanh = self.layer.gate, self.layer.squash  # type: ignore[attr-defined]  # of gated layers
        f = self.gate("f", sigma, x, h, time, cut=cut)
        i = self.gate("i", sigma, x, h, time, cut=cut)
        g = self.gate("g", tanh, x, h, time, cut=cut)
        o = self.gate("o", sigma, x, h, time, cut=cut)
        c = self.named(f * c + i * g, "c", time, cut=c if cut else None)
        squashed = self.named(tanh(c), "tanh_c" if isinstance(tanh, Tanh) else "act_c", time)
        return [self.named(o * squashed, "h", time), c]


class GruCell(Cell):
    """h = (1 - z)·n + z·h."""

    layer: "Gru"

    def step(self, x: Handle, states: list[Handle], time: int, *, cut: bool) -> list[Handle]:
        (h,) = states
        before = h if cut else None
        sigma, tanh = self.layer.gate, self.layer.squash
        z = self.gate("z", sigma, x, h, time, cut=cut)
        r = self.gate("r", sigma, x, h, time, cut=cut)
        n = self.named(
            tanh(self.named(self._candidate(x, h, r), "n", time, stage=True, cut=before)), "n", time
        )
        old, new = (z, 1 - z) if self.layer.update_gate == "old" else (1 - z, z)
        mixed = new * n + old * h if self.layer.update_gate == "old" else old * h + new * n
        return [self.named(mixed, "h", time, cut=before)]

    def _candidate(self, x: Handle, h: Handle, r: Handle) -> Handle:
        if not self.layer.reset_after:
            return self.weighted("n", x, r * h)
        from_x, from_h = self.product(self.W["n"], x), self.product(self.U["n"], h)
        if "n" in self.b:
            from_x = from_x + self.b["n"]
        if "n" in self.d:
            from_h = from_h + self.d["n"]
        return from_x + r * from_h
