"""A layer that is used twice with the same weights: side by side on two inputs, or one use behind the other.

∂E/∂w is the sum over both uses: δ'_i x'_j + δ''_i x''_j.
"""

import random
from dataclasses import dataclass

from simulated.layer import (
    Dense,
    Loss,
    Put,
    Vector,
    back_through,
    forward,
    passed_back,
    table,
    tenths,
    update,
)
from simulated.student import Notes, dusty, exactly

Values = tuple[Vector, Vector]


@dataclass(frozen=True)
class Network:
    """g and h are the same layer; side by side d = g - h, else h reads g; o reads the last of them."""

    left: Vector
    right: Vector
    g: Dense
    side_by_side: bool
    o: Dense
    target: Vector
    loss: Loss
    rate: float

    def text(self, decimals: int) -> str:
        """The problem file."""
        if self.side_by_side:
            given = f"inputs: {{left: {self.left}, right: {self.right}}}\n"
            first, more = ", from: left", "layer: g, from: right, name: h"
            rest = "  - subtract: {name: d, from: [g, h]}\n"
        else:
            given, first, more, rest = f"input: {self.left}\n", "", "layer: g, name: h", ""
        return (
            f"{given}layers:\n{self.g.text(first)}  - use: {{{more}}}\n{rest}{self.o.text()}"
            f"target: {self.target}\n{self.loss.text()}"
            f"optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\nrounding: {{decimals: {decimals}}}\n"
        )

    def forwards(self, notes: Notes, put: Put) -> tuple[Values, Values, Vector, Values]:
        """Z and a of both uses, what o reads, z and a of o."""
        g = forward(notes, put, self.g, self.left)
        h = forward(notes, put, self.g, self.right if self.side_by_side else g[1], name="h")
        read = h[1]
        if self.side_by_side:
            read = [
                put(f"d[{i + 1}]", a - b) for i, (a, b) in enumerate(zip(g[1], h[1], strict=True))
            ]
        return g, h, read, forward(notes, put, self.o, read)

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        g, h, read, o = self.forwards(notes, notes.put)
        n = len(g[1])
        notes.put("E", self.loss.value(notes, o[1], self.target))
        slopes = self.loss.slopes(notes, o[1], self.target)
        do = [notes.put(f"dE_do{i + 1}_out", s) for i, s in enumerate(slopes)]
        dz = back_through(notes, self.o, *o, do)
        of_o = (
            [
                [
                    notes.put(f"dE_dw{self.o.weight(i, j)}", dz[i] * read[j])
                    for j in range(len(read))
                ]
                for i in range(len(dz))
            ],
            [notes.put(f"dE_db{self.o.first_bias + i}", dz[i]) for i in range(len(dz))],
        )
        back = passed_back(notes, self.o, dz, self.o.W)
        if self.side_by_side:
            dd = [notes.put(f"dE_dd[{i + 1}]", s) for i, s in enumerate(back)]
            dh = [notes.put(f"dE_dh{i + 1}_out", -s) for i, s in enumerate(dd)]
            dg = [notes.put(f"dE_dg{i + 1}_out", s) for i, s in enumerate(dd)]
            dh_in = back_through(notes, self.g, *h, dh, name="h")
        else:
            dh = [notes.put(f"dE_dh{i + 1}_out", s) for i, s in enumerate(back)]
            dh_in = back_through(notes, self.g, *h, dh, name="h")
            dg = [
                notes.put(f"dE_dg{j + 1}_out", s)
                for j, s in enumerate(passed_back(notes, self.g, dh_in, self.g.W, name="h"))
            ]
        dg_in = back_through(notes, self.g, *g, dg)
        second = 0 if notes.makes("second_use_forgotten") else 1
        below = self.right if self.side_by_side else g[1]
        of_g = (
            [
                [
                    notes.put(
                        f"dE_dw{self.g.weight(i, j)}",
                        dg_in[i] * self.left[j] + second * dh_in[i] * below[j],
                    )
                    for j in range(len(self.left))
                ]
                for i in range(n)
            ],
            [
                notes.put(f"dE_db{self.g.first_bias + i}", dg_in[i] + second * dh_in[i])
                for i in range(n)
            ],
        )
        after = Network(
            self.left,
            self.right,
            update(notes, self.g, *of_g, self.rate),
            self.side_by_side,
            update(notes, self.o, *of_o, self.rate),
            self.target,
            self.loss,
            self.rate,
        )
        again = after.forwards(notes, notes.aside)[-1][1]
        notes.put("E_new", self.loss.value(notes, again, self.target))


def drawn(rng: random.Random) -> Network:
    """Two neurons, used twice; one output."""
    while True:
        side_by_side = rng.random() < 0.5
        g = Dense(
            "g",
            table(rng, 2, 2),
            tenths(rng, 2, -0.5, 0.5),
            rng.choice(("sigmoid", "tanh", "relu")),
        )
        end, word = rng.choice(
            (("sigmoid", "binary_crossentropy"), ("linear", "mean_squared_error"))
        )
        network = Network(
            tenths(rng, 2),
            tenths(rng, 2),
            g,
            side_by_side,
            Dense("o", table(rng, 1, 2), tenths(rng, 1), end, 5, 3),
            [float(rng.randrange(2))],
            Loss(word),
            rng.choice((0.1, 0.3, 0.5)),
        )
        came = exactly(network)
        if not dusty(came) and (end == "linear" or 0.1 < came["o1_out"] < 0.9):
            return network
