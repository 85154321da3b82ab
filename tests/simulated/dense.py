"""Dense layers one behind the other, with one input or several samples: δ = ∂E/∂z goes back layer by layer."""

import random
from dataclasses import dataclass

from simulated.layer import (
    Dense,
    Loss,
    Matrix,
    Vector,
    back_through,
    forward,
    gradients,
    passed_back,
    table,
    tenths,
    update,
    updated,
)
from simulated.student import Notes, dusty, exactly


@dataclass(frozen=True)
class Network:
    """Inputs x with targets t, layers, a loss and a learning rate; the gradients of samples go into their mean."""

    x: Matrix
    t: Matrix
    layers: tuple[Dense, ...]
    loss: Loss
    rate: float
    way: str = "chain"
    """Behind softmax and behind a sigmoid with cross-entropy: along the `chain`, or `short`, o - t."""

    @property
    def samples(self) -> bool:
        """Are there several?"""
        return len(self.x) > 1

    def text(self, decimals: int) -> str:
        """The problem file."""
        if self.samples:
            given = "samples:\n" + "".join(
                f"  - {{input: {x}, target: {t}}}\n" for x, t in zip(self.x, self.t, strict=True)
            )
        else:
            given = f"input: {self.x[0]}\ntarget: {self.t[0]}\n"
        layers = "".join(layer.text() for layer in self.layers)
        return (
            f"{given}layers:\n{layers}{self.loss.text()}"
            f"optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\nrounding: {{decimals: {decimals}}}\n"
        )

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update, in the order of the page."""
        ends = [f"@{s + 1}" if self.samples else "" for s in range(len(self.x))]
        values = [self._forward(notes, x, at) for x, at in zip(self.x, ends, strict=True)]
        losses = [
            notes.put(f"E{at}", self.loss.value(notes, a[-1][1], t))
            for a, t, at in zip(values, self.t, ends, strict=True)
        ]
        if self.samples:
            notes.put("E", sum(losses) / self._over(notes))
        found = [
            self._backward(notes, x, a, t, at)
            for x, a, t, at in zip(self.x, values, self.t, ends, strict=True)
        ]
        mean = [
            self._mean(notes, layer, [own[k] for own in found])
            for k, layer in enumerate(self.layers)
        ]
        new = [
            update(notes, layer, dW, db, self.rate)
            for layer, (dW, db) in zip(self.layers, mean, strict=True)
        ]
        after = Network(self.x, self.t, tuple(new), self.loss, self.rate)
        again = []
        for x, t in zip(self.x, self.t, strict=True):
            o = after._forward(notes, x, "", aside=True)[-1][1]
            again.append(
                notes.aside("", self.loss.value(notes, o, t))
                if self.samples
                else self.loss.value(notes, o, t)
            )
        notes.put("E_new", sum(again) / (self._over(notes) if self.samples else 1))

    def _over(self, notes: Notes) -> int:
        """1/n Σ over the samples, or by mistake their sum."""
        return 1 if notes.makes("sum_for_mean") else len(self.x)

    def _forward(
        self, notes: Notes, x: Vector, at: str, *, aside: bool = False
    ) -> list[tuple[Vector, Vector]]:
        found = []
        for layer in self.layers:
            found.append(forward(notes, notes.aside if aside else notes.put, layer, x, at))
            x = found[-1][1]
        return found

    def _backward(
        self, notes: Notes, x: Vector, values: list[tuple[Vector, Vector]], t: Vector, at: str
    ) -> list[tuple[Matrix, Vector]]:
        """The gradients of one sample, a pair for each layer."""
        found: list[tuple[Matrix, Vector]] = []
        da = self.loss.slopes(notes, values[-1][1], t)
        da = [notes.put(f"dE_d{self.layers[-1].name}{i + 1}_out{at}", d) for i, d in enumerate(da)]
        for k in reversed(range(len(self.layers))):
            layer, (z, a) = self.layers[k], values[k]
            before = values[k - 1][1] if k else x
            if k == len(self.layers) - 1:
                dz = self._at_the_end(notes, layer, z, a, da, t, at)
            else:
                dz = back_through(notes, layer, z, a, da, at)
            own = gradients(notes, layer, dz, before, at)
            found.insert(0, own)
            if k:
                W = layer.W
                if not self.samples and notes.makes("updated_weights"):
                    W = [
                        [
                            float(notes.student.write(updated(notes, w, g, self.rate)))
                            if notes.student.carries
                            else updated(notes, w, g, self.rate)
                            for w, g in zip(row, slopes, strict=True)
                        ]
                        for row, slopes in zip(W, own[0], strict=True)
                    ]
                name = self.layers[k - 1].name
                da = [
                    notes.put(f"dE_d{name}{j + 1}_out{at}", d)
                    for j, d in enumerate(passed_back(notes, layer, dz, W))
                ]
        return found

    def _at_the_end(
        self, notes: Notes, layer: Dense, z: Vector, a: Vector, da: Vector, t: Vector, at: str
    ) -> Vector:
        """Behind the last layer: the chain, or what cancels out of it.

        Softmax: ∂E/∂z_i = Σ_k ∂E/∂p_k·p_k(δ_ik - p_i) = p_i - t_i; sigmoid: ∂E/∂z_i = 1/n (o_i - t_i).
        """
        n, crossentropy = len(a), self.loss.word != "mean_squared_error"
        if crossentropy and self.way == "short" and not notes.student.mistake:
            over = n if self.loss.word == "binary_crossentropy" else 1
            return [
                notes.put(f"dE_d{layer.name}{i + 1}_in{at}", (a[i] - t[i]) / over) for i in range(n)
            ]
        if layer.activation != "softmax":
            return back_through(notes, layer, z, a, da, at)
        found = []
        for i in range(n):
            total = da[i] * a[i] * (1 - a[i])
            if not notes.makes("diagonal_alone", layer.name):
                total += sum(-da[k] * a[k] * a[i] for k in range(n) if k != i)
            found.append(notes.put(f"dE_d{layer.name}{i + 1}_in{at}", total))
        return found

    def _mean(
        self, notes: Notes, layer: Dense, own: list[tuple[Matrix, Vector]]
    ) -> tuple[Matrix, Vector]:
        """1/n Σ of the gradients of the samples; one alone is its own mean."""
        if not self.samples:
            return own[0]
        over = self._over(notes)
        dW = [
            [
                notes.put(f"dE_dw{layer.weight(i, j)}", sum(dW[i][j] for dW, _ in own) / over)
                for j in range(len(layer.W[0]))
            ]
            for i in range(len(layer.W))
        ]
        db = [
            notes.put(f"dE_db{layer.first_bias + i}", sum(db[i] for _, db in own) / over)
            for i in range(len(layer.W))
        ]
        return dW, db


def drawn(rng: random.Random) -> Network:
    """Two or three layers of one to three neurons; outputs that logarithms and quotients can be taken of."""
    while True:
        network = _drawn(rng)
        came = exactly(network)
        last = network.layers[-1].name
        outputs = [v for key, v in came.items() if key.startswith(last) and "_out" in key]
        if dusty(came):
            continue
        if network.loss.word == "mean_squared_error" or all(0.1 < v < 0.9 for v in outputs):
            return network


def _drawn(rng: random.Random) -> Network:
    sizes = [2, rng.choice((2, 2, 3)), rng.choice((1, 2, 2, 3))]
    if rng.random() < 0.25:
        sizes.insert(1, 2)
    end = rng.choice(("sigmoid", "sigmoid", "linear", "tanh", "softmax"))
    if end == "softmax":
        sizes[-1] = max(2, sizes[-1])
    names, layers = ("g", "h", "o")[-len(sizes) + 1 :], list[Dense]()
    for k, name in enumerate(names):
        inner = rng.choice(("sigmoid", "tanh", "relu", "leaky_relu"))
        n, m = sizes[k + 1], sizes[k]
        layers.append(
            Dense(
                name,
                table(rng, n, m),
                tenths(rng, n, -0.5, 0.5),
                end if name == "o" else inner,
                layers[-1].next_weight if layers else 1,
                layers[-1].next_bias if layers else 1,
            )
        )
    word = {"softmax": "categorical_crossentropy"}.get(end, "mean_squared_error")
    if end == "sigmoid" and rng.random() < 0.5:
        word = "binary_crossentropy"
    factor = rng.choice(("half_sum", "sum", "mean", "half_mean"))
    samples = rng.choice((1, 1, 1, 2, 3))
    x = [tenths(rng, sizes[0]) for _ in range(samples)]
    t = [_target(rng, word, sizes[-1]) for _ in range(samples)]
    rate = rng.choice((0.1, 0.2, 0.5))
    return Network(x, t, tuple(layers), Loss(word, factor), rate, rng.choice(("chain", "short")))


def _target(rng: random.Random, word: str, n: int) -> Vector:
    """One of several for softmax, 0 or 1 for yes and no, else a number."""
    if word == "categorical_crossentropy":
        one = rng.randrange(n)
        return [float(i == one) for i in range(n)]
    if word == "binary_crossentropy":
        return [float(rng.randrange(2)) for _ in range(n)]
    return [round(rng.uniform(0, 1), 1) for _ in range(n)]
