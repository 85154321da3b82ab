"""Convolution, ReLU, pooling, flatten, dense: every window cell by cell, forwards and backwards."""

import random
from dataclasses import dataclass, replace

from simulated.layer import (
    Dense,
    Loss,
    Matrix,
    Put,
    Vector,
    activated,
    back_through,
    forward,
    gradients,
    passed_back,
    slope,
    table,
    tenths,
    update,
    updated,
)
from simulated.student import Notes, Student, exactly

Window = list[tuple[int, int]]


@dataclass(frozen=True)
class Network:
    """c = f(K * x + b), p = pool(c), f = flatten(p), o = dense(f)."""

    x: Matrix
    K: Matrix
    b: float
    activation: str
    padding: int
    stride: int
    pooling: str
    pool: int
    pool_stride: int
    dense: Dense
    target: Vector
    loss: Loss
    rate: float

    def text(self, decimals: int) -> str:
        """The problem file."""
        word = "{leaky_relu: {alpha: 0.1}}" if self.activation == "leaky_relu" else self.activation
        return (
            f"input: {self.x}\nlayers:\n"
            f"  - conv2d: {{name: c, kernel: {self.K}, bias: {self.b}, padding: {self.padding}, "
            f"strides: {self.stride}, activation: {word}}}\n"
            f"  - {self.pooling}_pooling2d: {{name: p, pool_size: {self.pool}, strides: {self.pool_stride}}}\n"
            f"  - flatten: {{name: f}}\n{self.dense.text()}target: {self.target}\n{self.loss.text()}"
            f"optimizer: {{sgd: {{learning_rate: {self.rate}}}}}\nrounding: {{decimals: {decimals}}}\n"
        )

    # --- the windows ------------------------------------------------------------------------------

    def rows(self) -> int:
        """(n + 2p - k)/s + 1, floored."""
        return (len(self.x) + 2 * self.padding - len(self.K)) // self.stride + 1

    def pooled_rows(self) -> int:
        """(n - k)/s + 1, floored."""
        return (self.rows() - self.pool) // self.pool_stride + 1

    def at(self, notes: Notes, i: int, j: int, u: int, v: int) -> tuple[int, int] | None:
        """The cell of x below cell (u, v) of the kernel at place (i, j); None on the padding."""
        stride = 1 if self.stride > 1 and notes.makes("stride_ignored", "c") else self.stride
        shift = 0 if self.padding and notes.makes("padding_ignored", "c") else self.padding
        row, column = i * stride + u - shift, j * stride + v - shift
        return (row, column) if 0 <= row < len(self.x) and 0 <= column < len(self.x) else None

    def window(self, notes: Notes, i: int, j: int) -> Window:
        """The cells of c that a cell of p looks at."""
        stride = self.pool_stride
        if stride > 1 and notes.makes("stride_ignored", "p"):
            stride = 1
        return [
            (i * stride + u, j * stride + v) for u in range(self.pool) for v in range(self.pool)
        ]

    # --- forwards ---------------------------------------------------------------------------------

    def convolved(self, notes: Notes, i: int, j: int) -> float:
        """B + Σ k_uv x_(i+u)(j+v)."""
        flip, k = notes.makes("kernel_flipped"), len(self.K)
        bias = 0 if notes.makes("bias_forgotten", "c") else self.b
        if notes.makes("bias_twice", "c"):
            bias = 2 * self.b
        total = 0.0
        for u in range(k):
            for v in range(k):
                cell = self.at(notes, i, j, u, v)
                weight = self.K[k - 1 - u][k - 1 - v] if flip else self.K[u][v]
                total += weight * self.x[cell[0]][cell[1]] if cell else 0.0
        return total + bias

    def pooled(self, notes: Notes, c: Matrix, window: Window) -> float:
        """Max c, or 1/n Σ c."""
        values = [c[i][j] for i, j in window]
        other = notes.makes("average_for_maximum")
        if (self.pooling == "max") != other:
            return max(values)
        return sum(values) / len(values)

    def forwards(self, notes: Notes, put: Put) -> tuple[Matrix, Matrix, Vector, Vector, Vector]:
        """c_in, c, f, and z and a of the dense layer."""
        n, m = self.rows(), self.pooled_rows()
        z = [
            [put(f"c_in[{i + 1},{j + 1}]", self.convolved(notes, i, j)) for j in range(n)]
            for i in range(n)
        ]
        c = [
            [
                put(f"c[{i + 1},{j + 1}]", activated(notes, self.activation, [z[i][j]], "c")[0])
                for j in range(n)
            ]
            for i in range(n)
        ]
        p = [
            [
                put(f"p[{i + 1},{j + 1}]", self.pooled(notes, c, self.window(notes, i, j)))
                for j in range(m)
            ]
            for i in range(m)
        ]
        f = [put(f"f[{k + 1}]", p[k // m][k % m]) for k in range(m * m)]
        of_dense = forward(notes, put, self.dense, f)
        return z, c, f, *of_dense

    # --- backwards --------------------------------------------------------------------------------

    def unpooled(self, notes: Notes, c: Matrix, dp: Matrix) -> Matrix:
        """A maximum passes its gradient to the cell that won, a mean an equal share to each."""
        n = len(c)
        dc = [[0.0] * n for _ in range(n)]
        for i, row in enumerate(dp):
            for j, d in enumerate(row):
                window = self.window(notes, i, j)
                if (self.pooling == "max") != notes.makes("average_for_maximum"):
                    a, b = max(window, key=lambda cell: c[cell[0]][cell[1]])
                    dc[a][b] += d
                else:
                    for a, b in window:
                        dc[a][b] += d / len(window)
        return dc

    def work(self, notes: Notes) -> None:
        """Forward, loss, gradients and update."""
        z, c, f, oz, oa = self.forwards(notes, notes.put)
        n, m, k = len(c), self.pooled_rows(), len(self.K)
        notes.put("E", self.loss.value(notes, oa, self.target))
        da = [
            notes.put(f"dE_do{i + 1}_out", d)
            for i, d in enumerate(self.loss.slopes(notes, oa, self.target))
        ]
        dz = back_through(notes, self.dense, oz, oa, da)
        dW, db = gradients(notes, self.dense, dz, f)
        df = [
            notes.put(f"dE_df[{j + 1}]", d)
            for j, d in enumerate(passed_back(notes, self.dense, dz, self.dense.W))
        ]
        dp = [
            [notes.put(f"dE_dp[{i + 1},{j + 1}]", df[i * m + j]) for j in range(m)]
            for i in range(m)
        ]
        dc = [
            [notes.put(f"dE_dc[{i + 1},{j + 1}]", d) for j, d in enumerate(row)]
            for i, row in enumerate(self.unpooled(notes, c, dp))
        ]
        dc_in = [
            [
                notes.put(
                    f"dE_dc_in[{i + 1},{j + 1}]",
                    dc[i][j] * slope(notes, self.activation, z[i][j], c[i][j], "c"),
                )
                for j in range(n)
            ]
            for i in range(n)
        ]
        dK = [
            [
                notes.put(f"dE_dK1[{u + 1},{v + 1}]", self._by_kernel(notes, dc_in, u, v))
                for v in range(k)
            ]
            for u in range(k)
        ]
        dbias = notes.put("dE_db1", sum(d for row in dc_in for d in row))
        bias = notes.put("b1_new", updated(notes, self.b, dbias, self.rate))
        K = [
            [
                notes.put(
                    f"K1_new[{u + 1},{v + 1}]",
                    updated(notes, self.K[u][v], dK[u][v], self.rate),
                )
                for v in range(k)
            ]
            for u in range(k)
        ]
        after = replace(self, K=K, b=bias, dense=update(notes, self.dense, dW, db, self.rate))
        again = after.forwards(notes, notes.aside)[-1]
        notes.put("E_new", self.loss.value(notes, again, self.target))

    def _by_kernel(self, notes: Notes, dc_in: Matrix, u: int, v: int) -> float:
        """∂E/∂k_uv = Σ_ij ∂E/∂c_in_ij·x below it."""
        total = 0.0
        for i, row in enumerate(dc_in):
            for j, d in enumerate(row):
                cell = self.at(notes, i, j, u, v)
                total += d * self.x[cell[0]][cell[1]] if cell else 0.0
        return total


def drawn(rng: random.Random) -> Network:
    """A picture of 4 × 4 or 5 × 5 cells; no two cells of a window are equally large, no sum is 0."""
    while True:
        size, kernel = rng.choice((4, 5)), rng.choice((2, 3))
        padding, stride = rng.choice((0, 0, 1)), rng.choice((1, 1, 2))
        rows = (size + 2 * padding - kernel) // stride + 1
        pool = 2
        pool_stride = rng.choice((1, 2, 2))
        places = (rows - pool) // pool_stride + 1
        if rows < 2 or places > 2:
            continue
        n = rng.choice((1, 1, 2))
        end, word = rng.choice(
            (
                ("sigmoid", "binary_crossentropy"),
                ("sigmoid", "mean_squared_error"),
                ("linear", "mean_squared_error"),
            )
        )
        dense = Dense("o", table(rng, n, places**2), tenths(rng, n), end, 1, 2)
        target = [
            float(rng.randrange(2))
            if word == "binary_crossentropy"
            else round(rng.uniform(0, 1), 1)
            for _ in range(n)
        ]
        network = Network(
            table(rng, size, size),
            table(rng, kernel, kernel),
            tenths(rng, 1, -0.5, 0.5)[0],
            rng.choice(("relu", "relu", "sigmoid", "leaky_relu")),
            padding,
            stride,
            rng.choice(("max", "average")),
            pool,
            pool_stride,
            dense,
            target,
            Loss(word, rng.choice(("half_sum", "mean"))),
            rng.choice((0.1, 0.5)),
        )
        if _clear(network):
            return network


def _clear(network: Network) -> bool:
    """Is it clear which cell wins each window, and on which side of 0 each sum lies?"""
    came = exactly(network)
    sums = [v for key, v in came.items() if key.startswith("c_in[")]
    outputs = [v for key, v in came.items() if key.startswith("o") and key.endswith("_out")]
    if any(abs(v) < 0.02 for v in sums) or not any(v > 0 for v in sums):
        return False
    if network.dense.activation == "sigmoid" and not all(0.1 < v < 0.9 for v in outputs):
        return False
    nobody = Notes(Student(repr, carries=False))
    m = network.pooled_rows()
    for i in range(m):
        for j in range(m):
            cells = network.window(nobody, i, j)
            values = sorted((came[f"c[{a + 1},{b + 1}]"] for a, b in cells), reverse=True)
            if network.pooling == "max" and (values[0] - values[1] < 0.02 or values[0] <= 0):
                return False
    return True
