"""Dropout with a given mask: d_i = m_i h_i/(1 - rate), or m_i h_i with plain scaling; ∂E/∂h_i takes the same way."""

import random
from dataclasses import dataclass

from simulated.layer import (
    Dense,
    Loss,
    Put,
    Vector,
    back_through,
    forward,
    gradients,
    passed_back,
    table,
    tenths,
    update,
)
from simulated.student import Notes, dusty, exactly


@dataclass(frozen=True)
class Network:
    """h = dense(x), d = dropout(h), o = dense(d)."""

    x: Vector
    h: Dense
    rate: float
    mask: tuple[int, ...]
    scaling: str
    o: Dense
    target: Vector
    loss: Loss
    learning_rate: float

    def text(self, decimals: int) -> str:
        """The problem file."""
        return (
            f"input: {self.x}\nlayers:\n{self.h.text()}"
            f"  - dropout: {{name: d, rate: {self.rate}, mask: {list(self.mask)}, scaling: {self.scaling}}}\n"
            f"{self.o.text()}target: {self.target}\n{self.loss.text()}"
            f"optimizer: {{sgd: {{learning_rate: {self.learning_rate}}}}}\n"
            f"rounding: {{decimals: {decimals}}}\n"
        )

    def factor(self, notes: Notes, i: int) -> float:
        """m_i/(1 - rate), or m_i."""
        if self.scaling == "plain" or notes.makes("scaling_forgotten"):
            return self.mask[i]
        return self.mask[i] / (1 - self.rate)

    def forwards(
        self, notes: Notes, put: Put
    ) -> tuple[tuple[Vector, Vector], Vector, tuple[Vector, Vector]]:
        """Z and a of h, what is kept, z and a of o."""
        h = forward(notes, put, self.h, self.x)
        d = [put(f"d[{i + 1}]", self.factor(notes, i) * a) for i, a in enumerate(h[1])]
        return h, d, forward(notes, put, self.o, d)

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        h, d, o = self.forwards(notes, notes.put)
        notes.put("E", self.loss.value(notes, o[1], self.target))
        slopes = self.loss.slopes(notes, o[1], self.target)
        do = [notes.put(f"dE_do{i + 1}_out", s) for i, s in enumerate(slopes)]
        dz = back_through(notes, self.o, *o, do)
        of_o = gradients(notes, self.o, dz, d)
        dd = [
            notes.put(f"dE_dd[{j + 1}]", s)
            for j, s in enumerate(passed_back(notes, self.o, dz, self.o.W))
        ]
        dh = [
            notes.put(
                f"dE_dh{i + 1}_out",
                s * (1 if notes.makes("mask_forgotten_backwards") else self.factor(notes, i)),
            )
            for i, s in enumerate(dd)
        ]
        of_h = gradients(notes, self.h, back_through(notes, self.h, *h, dh), self.x)
        after = Network(
            self.x,
            update(notes, self.h, *of_h, self.learning_rate),
            self.rate,
            self.mask,
            self.scaling,
            update(notes, self.o, *of_o, self.learning_rate),
            self.target,
            self.loss,
            self.learning_rate,
        )
        again = after.forwards(notes, notes.aside)[-1][1]
        notes.put("E_new", self.loss.value(notes, again, self.target))


def drawn(rng: random.Random) -> Network:
    """Three neurons, of which some are kept, and one or two outputs."""
    while True:
        n = rng.choice((1, 2))
        h = Dense("h", table(rng, 3, 2), tenths(rng, 3), rng.choice(("sigmoid", "tanh", "relu")))
        mask = tuple(rng.randrange(2) for _ in range(3))
        end, word = rng.choice(
            (("sigmoid", "binary_crossentropy"), ("linear", "mean_squared_error"))
        )
        network = Network(
            tenths(rng, 2),
            h,
            rng.choice((0.2, 0.5)),
            mask,
            rng.choice(("inverted", "plain")),
            Dense("o", table(rng, n, 3), tenths(rng, n), end, 7, 4),
            [float(rng.randrange(2)) for _ in range(n)],
            Loss(word),
            rng.choice((0.1, 0.3, 0.5)),
        )
        came = exactly(network)
        outputs = [came[f"o{i + 1}_out"] for i in range(n)]
        if (
            any(mask)
            and not dusty(came)
            and (end == "linear" or all(0.1 < v < 0.9 for v in outputs))
        ):
            return network
