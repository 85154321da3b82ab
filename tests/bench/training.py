"""Training: steps of a network 784-128-10 on batches of 32 samples, beside the same loop in plain numpy."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from timing import Call, Row

from handcalc.data import Examples
from handcalc.learning import Run
from handcalc.learning.networks import Networks
from handcalc.problem import parse
from handcalc.problem.batches import Batches

STEPS, BATCH, SAMPLES = 1000, 32, 3200
_DENSE = "weights: {{random: {{seed: 1, low: -0.05, high: 0.05, decimals: 4}}}}, bias: {{random: {{seed: 2}}}}"
_TEXT = f"""
input: {{shape: [784]}}
layers:
  - dense: {{name: h, units: 128, {_DENSE.format()}, activation: relu}}
  - dense: {{name: o, units: 10, {_DENSE.format()}, activation: softmax}}
loss: categorical_crossentropy
optimizer: {{sgd: {{learning_rate: 0.05}}}}
"""


def rows() -> tuple[Row, ...]:
    """One row: the steps of the program, and those of the loop."""
    run = _run()
    plain = _loop(run)
    ours = Call(f"{STEPS:,} steps of 784-128-10", lambda: _steps(run), lambda: _back(run))
    return (Row(ours, Call("the same loop in plain numpy", plain), 1.5),)


def _run() -> Run:
    random = np.random.default_rng(1)
    inputs, classes = random.random((SAMPLES, 784)), random.integers(0, 10, SAMPLES)
    examples = Examples(inputs, np.eye(10)[classes])
    batches = Batches(SAMPLES, BATCH, STEPS)
    return Run(Networks(parse(_TEXT, on_data=True)), examples, examples.some(slice(0, 0)), batches)


def _back(run: Run) -> None:
    """To the first step again."""
    run.state = replace(run.state, step=1, learned=dict(run.networks.first), memory={}, curve=())


def _steps(run: Run) -> None:
    while not run.done:
        run.step()


def _loop(run: Run) -> Callable[[], None]:
    first, examples = run.networks.first, run.examples
    x, t = examples.inputs, examples.targets
    start = [first[name] for name in ("h.weights", "h.bias", "o.weights", "o.bias")]

    def loop() -> None:
        V, b, W, c = start
        total = 0.0
        for step in range(STEPS):
            rows = np.arange(step * BATCH, (step + 1) * BATCH) % SAMPLES
            X, T = x[rows], t[rows]
            z = X @ V.T + b
            h = np.maximum(z, 0)
            y = h @ W.T + c
            p = np.exp(y - y.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            total -= np.log((p * T).sum(axis=1)).mean()
            d = (p - T) / BATCH
            e = (d @ W) * (z > 0)
            V, b = V - 0.05 * (e.T @ X), b - 0.05 * e.sum(axis=0)
            W, c = W - 0.05 * (d.T @ h), c - 0.05 * d.sum(axis=0)

    return loop
