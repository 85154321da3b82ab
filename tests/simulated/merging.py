"""Two layers looked at together, with a way past one of them: m = g ∘ h, s = m + g, o = dense([s, h]).

∘ is the sum, the product or the difference. What is used several times gathers a gradient from each use.
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
    gradients,
    passed_back,
    table,
    tenths,
    update,
)
from simulated.student import Notes, dusty, exactly


@dataclass(frozen=True)
class Network:
    """g and h read x; `merge` puts them together; with `skip` g is added to that."""

    x: Vector
    g: Dense
    h: Dense
    merge: str
    skip: bool
    o: Dense
    target: Vector
    loss: Loss
    rate: float

    def text(self, decimals: int) -> str:
        """The problem file."""
        skip = "  - add: {name: s, from: [m, g]}\n" if self.skip else ""
        last = "s" if self.skip else "m"
        return (
            f"input: {self.x}\nlayers:\n{self.g.text(', from: input')}{self.h.text(', from: input')}"
            f"  - {self.merge}: {{name: m, from: [g, h]}}\n{skip}"
            f"  - concatenate: {{name: c, from: [{last}, h]}}\n{self.o.text()}target: {self.target}\n"
            f"{self.loss.text()}optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\n"
            f"rounding: {{decimals: {decimals}}}\n"
        )

    def merged(self, a: float, b: float) -> float:
        """A + b, a·b or a - b."""
        return {"add": a + b, "multiply": a * b, "subtract": a - b}[self.merge]

    def slopes(self, a: float, b: float) -> tuple[float, float]:
        """The derivatives of that by a and by b."""
        return {"add": (1.0, 1.0), "multiply": (b, a), "subtract": (1.0, -1.0)}[self.merge]

    def forwards(self, notes: Notes, put: Put) -> tuple[tuple[Vector, Vector], ...]:
        """Z and a of g, h and o, and what o reads."""
        g, h = forward(notes, put, self.g, self.x), forward(notes, put, self.h, self.x)
        last = [
            put(f"m[{i + 1}]", self.merged(a, b))
            for i, (a, b) in enumerate(zip(g[1], h[1], strict=True))
        ]
        if self.skip:
            last = [put(f"s[{i + 1}]", m + g[1][i]) for i, m in enumerate(last)]
        c = [put(f"c[{i + 1}]", value) for i, value in enumerate([*last, *h[1]])]
        return g, h, (c, c), forward(notes, put, self.o, c)

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        g, h, (c, _), o = self.forwards(notes, notes.put)
        n, t = len(self.x), self.target
        notes.put("E", self.loss.value(notes, o[1], t))
        slopes = self.loss.slopes(notes, o[1], t)
        do = [notes.put(f"dE_do{i + 1}_out", d) for i, d in enumerate(slopes)]
        dz = back_through(notes, self.o, *o, do)
        of_o = gradients(notes, self.o, dz, c)
        dc = [
            notes.put(f"dE_dc[{j + 1}]", d)
            for j, d in enumerate(passed_back(notes, self.o, dz, self.o.W))
        ]
        n = len(g[1])
        ds = [notes.put(f"dE_d{'s' if self.skip else 'm'}[{i + 1}]", dc[i]) for i in range(n)]
        dm = [notes.put(f"dE_dm[{i + 1}]", ds[i]) for i in range(n)] if self.skip else ds
        by = [self.slopes(a, b) for a, b in zip(g[1], h[1], strict=True)]
        past = 0 if self.skip and notes.makes("skip_forgotten") else int(self.skip)
        beside = 0 if notes.makes("one_use_forgotten") else 1
        dh = [
            notes.put(f"dE_dh{i + 1}_out", dm[i] * by[i][1] + beside * dc[n + i]) for i in range(n)
        ]
        dg = [notes.put(f"dE_dg{i + 1}_out", dm[i] * by[i][0] + past * ds[i]) for i in range(n)]
        of_h = gradients(notes, self.h, back_through(notes, self.h, *h, dh), self.x)
        of_g = gradients(notes, self.g, back_through(notes, self.g, *g, dg), self.x)
        new = [
            update(notes, layer, *own, self.rate)
            for layer, own in ((self.g, of_g), (self.h, of_h), (self.o, of_o))
        ]
        after = Network(
            self.x, new[0], new[1], self.merge, self.skip, new[2], t, self.loss, self.rate
        )
        again = after.forwards(notes, notes.aside)[-1][1]
        notes.put("E_new", self.loss.value(notes, again, t))


def drawn(rng: random.Random) -> Network:
    """Two neurons in each of the two layers, one output."""
    while True:
        g = Dense("g", table(rng, 2, 2), tenths(rng, 2, -0.5, 0.5), rng.choice(_INNER))
        h = Dense("h", table(rng, 2, 2), tenths(rng, 2, -0.5, 0.5), rng.choice(_INNER), 5, 3)
        end, word = rng.choice(
            (("sigmoid", "binary_crossentropy"), ("linear", "mean_squared_error"))
        )
        o = Dense("o", table(rng, 1, 4), tenths(rng, 1), end, 9, 5)
        network = Network(
            tenths(rng, 2),
            g,
            h,
            rng.choice(("add", "multiply", "subtract")),
            rng.random() < 0.5,
            o,
            [float(rng.randrange(2))],
            Loss(word),
            rng.choice((0.1, 0.3, 0.5)),
        )
        came = exactly(network)
        if not dusty(came) and (end == "linear" or 0.1 < came["o1_out"] < 0.9):
            return network


_INNER = ("sigmoid", "tanh", "relu", "linear")
