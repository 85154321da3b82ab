"""Normalization between two dense layers: over four samples, or each sample by itself along its values.

∂E/∂σ² = Σ ∂E/∂x̂·(-1/2)(x - μ)/√(σ² + ε)³, ∂E/∂μ = -Σ ∂E/∂x̂/√(σ² + ε) + ∂E/∂σ²·(-2/n) Σ (x - μ),
∂E/∂x = ∂E/∂x̂/√(σ² + ε) + ∂E/∂σ²·2/n (x - μ) + 1/n ∂E/∂μ.
"""

import math
import random
from dataclasses import dataclass, replace

from simulated.layer import HALF_SUM, Dense, Loss, Matrix, Vector, table, tenths, update
from simulated.student import Notes, exactly

Groups = list[list[tuple[int, int]]]
"""The places, sample and value, that are normalized together."""


@dataclass(frozen=True)
class Forward:
    """What is worked out on the way to the loss; values by sample."""

    d: Matrix
    mean: Vector
    variance: Vector
    xhat: Matrix
    n: Matrix
    o: Vector


@dataclass(frozen=True)
class Network:
    """d = dense(x), n = γ·x̂ + β, o = dense(n); several samples are one batch, one is normalized by itself."""

    x: Matrix
    t: Vector
    d: Dense
    gamma: Vector
    beta: Vector
    epsilon: float
    running: tuple[Vector, Vector] | None
    o: Dense
    rate: float
    loss: Loss = HALF_SUM

    @property
    def batch(self) -> bool:
        """Are there several samples?"""
        return len(self.x) > 1

    def _ends(self) -> list[str]:
        return [f"@{s + 1}" if self.batch else "" for s in range(len(self.x))]

    @property
    def groups(self) -> Groups:
        """A value over all samples, or all values of the sample."""
        values, samples = range(len(self.gamma)), range(len(self.x))
        if self.batch:
            return [[(s, k) for s in samples] for k in values]
        return [[(0, k) for k in values]]

    def text(self, decimals: int) -> str:
        """The problem file."""
        if self.batch:
            given = "samples:\n" + "".join(
                f"  - {{input: {x}, target: [{t}]}}\n" for x, t in zip(self.x, self.t, strict=True)
            )
        else:
            given = f"input: {self.x[0]}\ntarget: {self.t}\n"
        more = ""
        if self.running is not None:
            mean, variance = self.running
            more = f", momentum: 0.9, moving_mean: {mean}, moving_variance: {variance}"
        word = "batch" if self.batch else "layer"
        own = f"gamma: {self.gamma}, beta: {self.beta}, epsilon: {self.epsilon}{more}"
        return (
            f"{given}layers:\n{self.d.text()}  - {word}_normalization: {{name: n, {own}}}\n{self.o.text()}"
            f"{self.loss.text()}optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\n"
            f"rounding: {{decimals: {decimals}}}\n"
        )

    def _key(self, word: str, group: int) -> str:
        return f"n_{word}[{group + 1}]" if self.batch else f"n_{word}"

    def forwards(self, notes: Notes, *, aside: bool = False) -> Forward:
        """All values, in the order of the page."""
        put = notes.aside if aside else notes.put
        ends, values = self._ends(), range(len(self.gamma))
        d = [
            [
                put(
                    f"d{k + 1}_out{at}",
                    sum(w * v for w, v in zip(self.d.W[k], x, strict=True)) + self.d.b[k],
                )
                for k in values
            ]
            for x, at in zip(self.x, ends, strict=True)
        ]
        mean, variance = [], []
        for g, group in enumerate(self.groups):
            mean.append(put(self._key("mean", g), sum(d[s][k] for s, k in group) / len(group)))
        for g, group in enumerate(self.groups):
            over = len(group) - notes.makes("variance_divisor", "n")
            squares = sum((d[s][k] - mean[g]) ** 2 for s, k in group) / over
            if notes.makes("deviation_for_variance", "n"):
                squares = math.sqrt(squares)
            variance.append(put(self._key("variance", g), squares))
        if self.running is not None:
            keeps = 0.1 if notes.makes("momentum_turned", "n") else 0.9
            for word, old, new in zip(
                ("mean", "variance"), self.running, (mean, variance), strict=True
            ):
                for k in values:
                    put(f"n_moving_{word}_new[{k + 1}]", keeps * old[k] + (1 - keeps) * new[k])
        xhat, n, o = [], [], []
        for s, at in enumerate(ends):
            roots = [self._root(notes, variance[self._group(k)]) for k in values]
            centers = [
                0.0 if notes.makes("mean_not_subtracted", "n") else mean[self._group(k)]
                for k in values
            ]
            xhat.append(
                [put(f"n_xhat[{k + 1}]{at}", (d[s][k] - centers[k]) / roots[k]) for k in values]
            )
        gamma, beta = self.gamma, self.beta
        if notes.makes("scale_and_shift_exchanged", "n"):
            gamma, beta = beta, gamma
        for s, at in enumerate(ends):
            n.append([put(f"n[{k + 1}]{at}", gamma[k] * xhat[s][k] + beta[k]) for k in values])
        for s, at in enumerate(ends):
            total = sum(w * v for w, v in zip(self.o.W[0], n[s], strict=True)) + self.o.b[0]
            o.append(put(f"o1_out{at}", total))
        return Forward(d, mean, variance, xhat, n, o)

    def _group(self, k: int) -> int:
        return k if self.batch else 0

    def _root(self, notes: Notes, variance: float) -> float:
        if notes.makes("epsilon_forgotten", "n"):
            return math.sqrt(variance)
        if notes.makes("variance_for_deviation", "n"):
            return variance + self.epsilon
        return math.sqrt(variance + self.epsilon)

    def _loss(self, notes: Notes, o: Vector, *, aside: bool) -> float:
        each = [self.loss.value(notes, [a], [t]) for a, t in zip(o, self.t, strict=True)]
        if not self.batch:
            return each[0]
        if not aside:
            each = [notes.put(f"E{at}", e) for at, e in zip(self._ends(), each, strict=True)]
        else:
            each = [notes.aside("", e) for e in each]
        return sum(each) / len(each)

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        f = self.forwards(notes)
        notes.put("E", self._loss(notes, f.o, aside=False))
        ends, samples, values = self._ends(), range(len(self.x)), range(len(self.gamma))
        over = 1 if self.batch and notes.makes("sum_for_mean") else len(self.x)
        do = [
            notes.put(f"dE_do1_out{at}", self.loss.slopes(notes, [o], [t])[0] / over)
            for o, t, at in zip(f.o, self.t, ends, strict=True)
        ]
        dWo = [
            notes.put(f"dE_dw{self.o.weight(0, k)}", sum(do[s] * f.n[s][k] for s in samples))
            for k in values
        ]
        dbo = [notes.put(f"dE_db{self.o.first_bias}", sum(do))]
        dn = [
            [notes.put(f"dE_dn[{k + 1}]{at}", do[s] * self.o.W[0][k]) for k in values]
            for s, at in enumerate(ends)
        ]
        dx = [
            [notes.put(f"dE_dn_xhat[{k + 1}]{at}", dn[s][k] * self.gamma[k]) for k in values]
            for s, at in enumerate(ends)
        ]
        roots = [self._root(notes, v) for v in f.variance]
        dv, dm = [], []
        for g, group in enumerate(self.groups):
            total = sum(dx[s][k] * -(f.d[s][k] - f.mean[g]) / (2 * roots[g] ** 3) for s, k in group)
            dv.append(notes.put(f"dE_d{self._key('variance', g)}", total))
        for g, group in enumerate(self.groups):
            total = sum(-dx[s][k] / roots[g] for s, k in group)
            total += dv[g] * -2 / len(group) * sum(f.d[s][k] - f.mean[g] for s, k in group)
            dm.append(notes.put(f"dE_d{self._key('mean', g)}", total))
        dg = [
            notes.put(f"dE_dn_gamma[{k + 1}]", sum(dn[s][k] * f.xhat[s][k] for s in samples))
            for k in values
        ]
        db = [notes.put(f"dE_dn_beta[{k + 1}]", sum(dn[s][k] for s in samples)) for k in values]
        size = len(self.groups[0])
        dd = []
        for s, at in enumerate(ends):
            dd.append([0.0] * len(values))
            for k in values:
                g = self._group(k)
                parts = [
                    dm[g] / size,
                    dv[g] * 2 / size * (f.d[s][k] - f.mean[g]),
                    dx[s][k] / roots[g],
                ]
                first = 0
                if notes.makes("statistics_as_constants", "n"):
                    first = 2
                elif notes.makes("mean_as_constant", "n"):
                    first = 1
                if notes.makes("variance_as_constant", "n"):
                    parts[1] = 0.0
                dd[s][k] = notes.put(f"dE_dd{k + 1}_out{at}", sum(parts[first:]))
        self._learn(notes, dd, (dWo, dbo), dg, db)

    def _learn(
        self, notes: Notes, dd: Matrix, of_o: tuple[Vector, Vector], dg: Vector, db: Vector
    ) -> None:
        """All weights after one step, and the loss with them."""
        samples, values = range(len(self.x)), range(len(self.gamma))
        dW = [
            [
                notes.put(
                    f"dE_dw{self.d.weight(k, j)}", sum(dd[s][k] * self.x[s][j] for s in samples)
                )
                for j in range(len(self.x[0]))
            ]
            for k in values
        ]
        dbd = [
            notes.put(f"dE_db{self.d.first_bias + k}", sum(dd[s][k] for s in samples))
            for k in values
        ]
        d = update(notes, self.d, dW, dbd, self.rate)
        o = update(notes, self.o, [of_o[0]], of_o[1], self.rate)

        def new(word: str, old: Vector, slopes: Vector) -> Vector:
            return [
                notes.put(f"n_{word}_new[{k + 1}]", w - self.rate * g)
                for k, (w, g) in enumerate(zip(old, slopes, strict=True))
            ]

        after = replace(
            self,
            d=d,
            o=o,
            gamma=new("gamma", self.gamma, dg),
            beta=new("beta", self.beta, db),
            running=None,
        )
        again = after.forwards(notes, aside=True)
        notes.put("E_new", after._loss(notes, again.o, aside=True))


def drawn(rng: random.Random) -> Network:
    """A batch of four with two values each, with running statistics or none; or one sample of three values."""
    batch = rng.random() < 0.6
    size, samples = (2, 4) if batch else (3, 1)
    running = (tenths(rng, 2), tenths(rng, 2, 0.2, 1.5)) if batch and rng.random() < 0.5 else None
    while True:
        d = Dense("d", table(rng, size, 2), tenths(rng, size), "linear")
        network = Network(
            table(rng, samples, 2),
            tenths(rng, samples),
            d,
            tenths(rng, size, 0.5, 2),
            tenths(rng, size),
            rng.choice((0.001, 0.01, 0.1)),
            running,
            Dense("o", table(rng, 1, size), tenths(rng, 1), "linear", d.next_weight, d.next_bias),
            rng.choice((0.1, 0.3)),
        )
        came = exactly(network)
        # A spread that is next to nothing makes everything behind it depend on rounding alone.
        if all(v > 0.05 for key, v in came.items() if key.startswith("n_variance")):
            return network
