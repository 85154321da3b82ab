"""Training on data: against loops of its own, interrupted and gone on with, and what is said of it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import yaml

import handcalc
from handcalc import library
from handcalc.errors import HandcalcError
from handcalc.learning import begin, checkpoint, report, resumed
from handcalc.learning.training import content
from handcalc.problem import parse
from test_cli import ROOT, out, run

RANDOM = np.random.default_rng(7)
X = RANDOM.normal(size=(23, 4))
T = RANDOM.integers(0, 3, 23)
PICTURES = RANDOM.normal(size=(11, 6, 5))
HOT = np.eye(3)[T]
DENSE = """
input: {shape: [4]}
layers:
  - dense: {name: h, units: 5, weights: {random: {seed: 1}}, bias: {random: {seed: 2}}, activation: tanh}
  - dense: {name: o, units: 3, weights: {random: {seed: 3}}, bias: {random: {seed: 4}}, activation: softmax}
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.2}}
epochs: 4
batch_size: 5
"""
CONV = """
input: {shape: [6, 5, 1]}
layers:
  - conv2d: {name: conv1, filters: 2, kernel_size: [3, 2], kernel: {random: {seed: 1}}, bias: {random: {seed: 2}}}
  - activation: {function: relu}
  - max_pooling2d: {pool_size: 2}
  - flatten
  - dense: {name: o, units: 1, weights: {random: {seed: 3}}, bias: {random: {seed: 4}}}
loss: mean_squared_error
optimizer: {momentum: {learning_rate: 0.01, momentum: 0.9}}
epochs: 3
batch_size: 4
"""


def saved(folder: Path, x: Any, y: Any) -> Path:
    np.savez(folder / "d.npz", x=x, y=y)
    return folder / "d.npz"


def trained(text: str, path: Path, **options: Any) -> Any:
    """A whole run."""
    made = begin(parse(text, on_data=True), path, **options)
    while not made.done:
        made.step()
    return made


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def batches(n: int, size: int, epochs: int) -> list[np.ndarray]:
    return [np.arange(i, min(i + size, n)) for _ in range(epochs) for i in range(0, n, size)]


def close(found: np.ndarray, expected: np.ndarray) -> None:
    assert np.asarray(found).shape == np.asarray(expected).shape
    assert np.abs(found - expected).max() <= 1e-12


# --- against loops -----------------------------------------------------------------------------------


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("over", ["mean", "sum"])
def test_a_dense_network_is_a_loop_in_numpy(tmp_path, sparse, over):
    """23 samples in batches of 5: the last one of each epoch has 3."""
    text = DENSE + f"batch: {over}\n"
    text = text.replace("loss: categ", "loss: sparse_categ") if sparse else text
    made = trained(text, saved(tmp_path, X, T))
    first = made.networks.first
    V, b, W, c = (first[n] for n in ("h.weights", "h.bias", "o.weights", "o.bias"))
    losses = np.zeros(4)
    for step, rows in enumerate(batches(23, 5, 4)):
        x, t = X[rows], HOT[rows]
        h = np.tanh(x @ V.T + b)
        p = softmax(h @ W.T + c)
        losses[step // 5] -= (t * np.log(p)).sum() / 23
        d = (p - t) / (len(rows) if over == "mean" else 1)
        e = (d @ W) * (1 - h**2)
        V, b = V - 0.2 * e.T @ x, b - 0.2 * e.sum(axis=0)
        W, c = W - 0.2 * d.T @ h, c - 0.2 * d.sum(axis=0)
    found = made.state.learned

    close(found["h.weights"], V)
    close(found["h.bias"], b)
    close(found["o.weights"], W)
    close(found["o.bias"], c)
    close(np.array([own.loss for own, _ in made.state.curve]), losses)


def test_a_network_of_pictures_is_a_loop_in_numpy(tmp_path):
    """Every window by itself; 11 pictures in batches of 4, with momentum as Keras has it."""
    y = RANDOM.normal(size=11)
    made = trained(CONV, saved(tmp_path, PICTURES, y))
    first = made.networks.first
    K, a, W, c = (first[n].copy() for n in ("conv1.kernel", "conv1.bias", "o.weights", "o.bias"))
    K = K[:, :, 0]
    moved = [np.zeros_like(p) for p in (K, a, W, c)]
    for rows in batches(11, 4, 3):
        grads = [np.zeros_like(p) for p in (K, a, W, c)]
        for x, t in zip(PICTURES[rows], y[rows], strict=True):
            z = np.zeros((4, 4, 2))
            for i in range(4):
                for j in range(4):
                    z[i, j] = (x[i : i + 3, j : j + 2, None] * K).sum(axis=(0, 1)) + a
            r, picked = np.maximum(z, 0), {}
            pooled = np.zeros((2, 2, 2))
            for i, j, f in np.ndindex(2, 2, 2):
                block = r[2 * i : 2 * i + 2, 2 * j : 2 * j + 2, f]
                picked[i, j, f] = np.unravel_index(block.argmax(), (2, 2))
                pooled[i, j, f] = block.max()
            d = 2 * (W @ pooled.reshape(-1) + c - t) / len(rows)
            grads[2] += np.outer(d, pooled.reshape(-1))
            grads[3] += d
            back = (d @ W).reshape(2, 2, 2)
            for (i, j, f), (u, v) in picked.items():
                p, q = 2 * i + u, 2 * j + v
                if z[p, q, f] > 0:
                    grads[0][..., f] += back[i, j, f] * x[p : p + 3, q : q + 2]
                    grads[1][f] += back[i, j, f]
        moved = [0.9 * m - 0.01 * g for m, g in zip(moved, grads, strict=True)]
        K, a, W, c = (p + m for p, m in zip((K, a, W, c), moved, strict=True))
    found = made.state.learned

    close(found["o.weights"], W)
    close(found["o.bias"], c)
    close(found["conv1.bias"], a)
    close(found["conv1.kernel"][:, :, 0], K)


@pytest.mark.parametrize(
    "words",
    [
        "optimizer: {adam: {learning_rate: 0.05}}",
        "optimizer: {nesterov: {learning_rate: 0.05, momentum: 0.9}}",
        "optimizer: {rmsprop: {learning_rate: 0.01}}",
        "optimizer: {sgd: {learning_rate: 0.2, clip_norm: 0.1}}",
        "optimizer: {sgd: {learning_rate: 0.2}}\nschedule: {step_decay: {factor: 0.5, every: 3}}",
        "optimizer: {sgd: {learning_rate: 0.2}}\npenalty: {l2: 0.1}",
        "optimizer: {sgd: {learning_rate: 0.2}}\nupdate: sequential",
        "optimizer: {sgd: {learning_rate: 0.2}}\norder: {seed: 3}",
    ],
)
def test_the_steps_are_those_of_a_file_with_its_samples(tmp_path, words):
    """The same samples written into the file, which is worked out sample by sample."""
    from handcalc.network.rounding import Policy
    from handcalc.network.training import Training

    text = DENSE.replace("optimizer: {sgd: {learning_rate: 0.2}}", words)
    made = trained(text, saved(tmp_path, X, T))
    rows = ", ".join(
        f"{{input: {x.tolist()}, target: {t.tolist()}}}" for x, t in zip(X, HOT, strict=True)
    )
    problem = parse(text.replace("input: {shape: [4]}", f"samples: [{rows}]"))
    training = Training(problem, Policy(problem.rounding))
    last = training.at(training.count)
    updated = last.result.updated

    for name, array in made.state.learned.items():
        close(array, updated[name])


NORMALIZED = """
input: {shape: [4]}
layers:
  - dense: {name: h, units: 5, weights: {random: {seed: 1}}, bias: {random: {seed: 2}}}
  - batch_normalization: {name: n, moving_mean: 0, moving_variance: 1, momentum: 0.9}
  - activation: {function: relu}
  - dense: {name: o, units: 3, weights: {random: {seed: 3}}, activation: softmax}
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.1}}
epochs: 2
batch_size: 8
"""


def test_batch_normalization_uses_the_batch_and_keeps_running_values(tmp_path):
    """23 samples in batches of 8, 8 and 7; those held back are normalized by what is kept."""
    made = trained(NORMALIZED, saved(tmp_path, X, T))
    first = made.networks.first
    V, b, W = (first[n] for n in ("h.weights", "h.bias", "o.weights"))
    g, s, mean, var = np.ones(5), np.zeros(5), np.zeros(5), np.ones(5)
    for rows in batches(23, 8, 2):
        x, t, n = X[rows], HOT[rows], len(rows)
        z = x @ V.T + b
        m, v = z.mean(axis=0), z.var(axis=0)
        hat = (z - m) / np.sqrt(v + 1e-3)
        y = g * hat + s
        r = np.maximum(y, 0)
        p = softmax(r @ W.T)
        d = (p - t) / n
        dy = (d @ W) * (y > 0)
        dhat = dy * g
        dz = (dhat - dhat.mean(axis=0) - hat * (dhat * hat).mean(axis=0)) / np.sqrt(v + 1e-3)
        W = W - 0.1 * d.T @ r
        g, s = g - 0.1 * (dy * hat).sum(axis=0), s - 0.1 * dy.sum(axis=0)
        V = V - 0.1 * dz.T @ x
        mean, var = 0.9 * mean + 0.1 * m, 0.9 * var + 0.1 * v
    found = made.state.learned

    close(found["h.weights"], V)
    # A bias before a batch normalization changes nothing, and is not changed.
    close(found["h.bias"], b)
    close(found["o.weights"], W)
    close(found["n.gamma"], g)
    close(found["n.beta"], s)
    close(found["n.moving_mean"], mean)
    close(found["n.moving_variance"], var)
    y = g * (X @ V.T + b - mean) / np.sqrt(var + 1e-3) + s
    p = softmax(np.maximum(y, 0) @ W.T)
    assert made.tested(made.examples, found).loss == pytest.approx(
        -(HOT * np.log(p)).sum() / 23, abs=1e-12
    )


def test_dropout_draws_another_mask_for_each_step_and_none_in_use(tmp_path):
    mask = "  - dropout: {rate: 0.5, mask: {seed: 9}}\n  - dense: {name: o"
    text = DENSE.replace("  - dense: {name: o", mask)
    made = begin(parse(text, on_data=True), saved(tmp_path, X, T))
    network = made.networks.of(5)
    batch = made.examples.some(slice(0, 5))
    (name,) = (q.name for q in network.of_kind("input") if q.layer)
    drawn = [made.networks.given(network, batch, step)[name] for step in range(1, 400)]

    assert set(np.unique(drawn)) == {0.0, 1.0}
    assert abs(np.mean(drawn) - 0.5) < 0.02
    assert not np.array_equal(drawn[0], drawn[1])
    assert np.array_equal(drawn[0], made.networks.given(network, batch, 1)[name])
    first = made.networks.first
    h = np.tanh(X @ first["h.weights"].T + first["h.bias"])
    p = softmax(h @ first["o.weights"].T + first["o.bias"])
    assert made.tested(made.examples, first).loss == pytest.approx(
        -(HOT * np.log(p)).sum() / 23, abs=1e-12
    )


@pytest.mark.parametrize("hot", ["", ", one_hot: true"])
def test_words_are_looked_up_batch_by_batch(tmp_path, hot):
    """E = 1/2 Σ (v_w·1 - t)², so that a row moves by the errors of its words."""
    text = f"""
input: {{shape: [3]}}
layers:
  - embedding: {{name: e, input_dim: 6, output_dim: 2, table: {{random: {{seed: 1}}}}{hot}}}
  - flatten
  - dense: {{name: o, weights: [[1, 1, 1, 1, 1, 1]]}}
loss: {{mean_squared_error: {{factor: half_sum}}}}
optimizer: {{sgd: {{learning_rate: 0.1, updates: all}}}}
epochs: 2
batch_size: 4
"""
    text = text.replace("name: o, weights", "name: o, trainable: false, weights")
    words, y = RANDOM.integers(0, 6, (10, 3)), RANDOM.normal(size=10)
    path = saved(tmp_path, words, y)
    made = trained(text, path)
    table = made.networks.first["e.table"].copy()
    for rows in batches(10, 4, 2):
        change = np.zeros_like(table)
        for sample, t in zip(words[rows], y[rows], strict=True):
            for word in sample:
                change[word] += table[sample].sum() - t
        table -= 0.1 * change / len(rows)

    close(made.state.learned["e.table"], table)
    saved(tmp_path, words - 1, y)
    with pytest.raises(HandcalcError, match="inputs that name no row of the embedding"):
        begin(parse(text, on_data=True), path)


PERCEPTRON = """
input: {shape: [2]}
layers: [{dense: {name: o, weights: [[0, 0]], bias: 0, activation: step}}]
optimizer: {perceptron: {learning_rate: 1}}
epochs: 10
batch_size: 1
"""


def test_a_perceptron_learns_from_data(tmp_path):
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    made = trained(PERCEPTRON, saved(tmp_path, x, [0, 0, 0, 1]))

    assert made.tested(made.examples, made.state.learned).accuracy == 1.0
    assert made.state.curve[-1][0].right == 4


# --- a run that is interrupted -----------------------------------------------------------------------


@pytest.mark.parametrize("stop", [1, 7, 10, 14])
@pytest.mark.parametrize("optimizer", ["sgd: {learning_rate: 0.2}", "adam: {learning_rate: 0.05}"])
def test_resumed_is_uninterrupted(tmp_path, stop, optimizer):
    text = DENSE.replace("sgd: {learning_rate: 0.2}", optimizer)
    path = saved(tmp_path, X, T)
    options = {"seed": 2, "validation": 0.2}
    whole = trained(text, path, **options)
    part = begin(parse(text, on_data=True), path, **options)
    for _ in range(stop):
        part.step()
    (tmp_path / "t.npz").write_bytes(content(part))
    rest = begin(parse(text, on_data=True), path, **options)
    resumed(rest, tmp_path / "t.npz")
    while not rest.done:
        rest.step()

    assert content(rest) == content(whole)


def test_a_run_of_other_data_is_not_gone_on_with(tmp_path):
    path = saved(tmp_path, X, T)
    made = trained(DENSE, path)
    (tmp_path / "t.npz").write_bytes(content(made))
    saved(tmp_path, X + 1e-9, T)

    with pytest.raises(HandcalcError, match="is of another run: problem, data, batch size, seed"):
        resumed(begin(parse(DENSE, on_data=True), path), tmp_path / "t.npz")
    with pytest.raises(HandcalcError, match="has no run to go on with"):
        resumed(begin(parse(DENSE, on_data=True), path), path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"h.weights": np.zeros(3)}, "is damaged"),
        ({"h.bias": None}, "is damaged"),
        ({"run/step": np.array(-4)}, "is damaged"),
        ({"run/step": np.zeros(2)}, "is damaged"),
        ({"run/so_far": np.zeros(9)}, "is damaged"),
        ({"run/mark": np.zeros(32, dtype=np.uint8)}, "is of another run"),
        ({"run/curve": None}, "has no run to go on with"),
        ({"h.weights": np.array([object()])}, "has objects of Python"),
    ],
)
def test_a_checkpoint_that_was_tampered_with_is_refused(tmp_path, change, message):
    path = saved(tmp_path, X, T)
    arrays = checkpoint.arrays(trained(DENSE, path)) | change
    np.savez(tmp_path / "t.npz", **{k: v for k, v in arrays.items() if v is not None})

    with pytest.raises(HandcalcError, match=message):
        resumed(begin(parse(DENSE, on_data=True), path), tmp_path / "t.npz")


def test_a_bar_on_a_terminal_and_no_lines(tmp_path):
    """Standard error is a terminal, so that it has the bar, and standard output only the end."""
    saved(tmp_path, X, T)
    (tmp_path / "p.yaml").write_text(DENSE)
    ours, theirs = os.openpty()
    command = ["train", "p.yaml", "--data", "d.npz", "-o", "t.npz"]
    process = subprocess.Popen(
        [sys.executable, "-m", "handcalc", *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    seen = ""
    with contextlib.suppress(OSError):  # Linux says so that nobody writes any more
        while part := os.read(ours, 4096):
            seen += part.decode(errors="replace")
    os.close(ours)
    printed = process.communicate(timeout=60)[0]

    assert "epoch 4, loss" in seen
    assert b"epoch 1," not in printed
    assert b"20 steps on 23 samples" in printed


def test_control_c_saves_what_is_learned(tmp_path):
    path = saved(tmp_path, X, T)
    (tmp_path / "p.yaml").write_text(DENSE.replace("epochs: 4", "epochs: 100000"))
    command = ["train", "p.yaml", "--data", path.name, "-o", "t.npz"]
    process = subprocess.Popen(
        [sys.executable, "-m", "handcalc", *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"t.npz has what is learned. The same command with --resume goes on." in said
    stopped = int(np.load(tmp_path / "t.npz")["run/step"])
    epochs = stopped // 5 + 2
    again = out(run(*command, "--resume", "--epochs", str(epochs), cwd=tmp_path))
    assert f"epoch {epochs}, loss" in again
    whole = trained(DENSE.replace("epochs: 4", "epochs: 100000"), path, epochs=epochs)

    assert (tmp_path / "t.npz").read_bytes() == content(whole)


# --- the command -------------------------------------------------------------------------------------


def command(folder: Path, text: str = DENSE, *more: str) -> Any:
    (folder / "p.yaml").write_text(text)
    return run("train", "p.yaml", "--data", "d.npz", "-o", "t.npz", *more, cwd=folder)


def test_a_line_an_epoch_a_curve_and_what_was_taken_for_what(tmp_path):
    saved(tmp_path, X, T)
    text = out(command(tmp_path, DENSE, "--validation", "0.3", "--seed", "1"))
    lines = text.splitlines()

    assert [line.split(",")[0] for line in lines[:4]] == [f"epoch {k}" for k in range(1, 5)]
    assert "validation accuracy" in lines[0]
    assert "16 steps on 16 samples; t.npz is written." in text
    assert "Learning curve" in text
    assert "On 7 samples that were held back" in text
    assert "as 2" in text
    assert text == out(command(tmp_path, DENSE, "--validation", "0.3", "--seed", "1", "--force"))


def test_the_curve_is_drawn_in_the_report_and_in_a_file(tmp_path):
    """Both curves lie where the ticks of the drawing say, with the numbers that each epoch has printed."""
    saved(tmp_path, X, T)
    text = out(command(tmp_path, DENSE, "--validation", "0.3", "--curve", "c.svg"))
    said = re.findall(r"^epoch (\d+), loss ([\d.]+),.*validation loss ([\d.]+)", text, re.MULTILINE)
    root = ET.fromstring((tmp_path / "c.svg").read_text("utf-8"))
    kind = "{http://www.w3.org/2000/svg}"
    texts = [t for t in root.iter(f"{kind}text") if t.get("class") is None]
    ticks = {
        anchor: [
            (float(t.text or ""), float(t.get(place, "")))
            for t in texts
            if t.get("text-anchor") == anchor
        ]
        for anchor, place in (("middle", "x"), ("end", "y"))
    }

    def at(anchor: str, value: float) -> float:
        (low, begin), (high, end) = ticks[anchor][0], ticks[anchor][-1]
        return begin + (value - low) / (high - low) * (end - begin)

    assert len(said) == 4
    assert "⠒⠒⠒⠒ loss" in text
    assert "validation loss" in text
    assert "The mean loss in 4 epochs" in text
    for place, name in ((1, "curve-1"), (2, "curve-2")):
        (line,) = (
            p.get("d", "")
            for p in root.iter(f"{kind}path")
            if p.get("class") == name and " L" in p.get("d", "")
        )
        drawn = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+),([\d.]+)", line)]
        for (x, y), row in zip(drawn, said, strict=True):
            assert x == pytest.approx(at("middle", float(row[0])), abs=0.3)
            assert y == pytest.approx(at("end", float(row[place])) - 4, abs=0.3)


def test_rules_without_a_loss_have_a_curve_of_what_is_wrong(tmp_path):
    """The share of wrong answers is 1 - accuracy."""
    made = trained(PERCEPTRON, saved(tmp_path, X[:, :2], (X[:, 0] > X[:, 1]).astype(int)))
    plot = report.plot(made.state.curve)

    assert plot.y == "wrong"
    assert [y for _, y in plot.curves[0].there] == [
        pytest.approx(1 - (own.accuracy or 0)) for own, _ in made.state.curve
    ]


def test_two_epochs_are_a_table_alone(tmp_path):
    saved(tmp_path, X, T)
    text = out(command(tmp_path, DENSE, "--epochs", "2"))

    assert "Learning curve" in text
    assert "The mean loss" not in text


@pytest.mark.parametrize(
    ("name", "more", "message"),
    [
        ("c.png", [], "c.png: a curve is drawn as SVG; write a name that ends in .svg"),
        ("c.pdf", [], "a curve is drawn as SVG"),
        ("there.svg", [], "there.svg is there already; add --force to overwrite it"),
        ("no/c.svg", [], "c.svg: there is no such folder"),
        ("t.svg", ["-o", "t.svg"], "t.svg stands for two things; write another name for the curve"),
        ("p.svg", ["--force"], "p.svg is what is read here; write another name for the output"),
        ("c.svg", ["--epochs", "1", "--batch-size", "0"], "--batch-size"),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused_before_the_first_step(
    tmp_path, name, more, message
):
    saved(tmp_path, X, T)
    (tmp_path / "there.svg").write_text("mine")
    (tmp_path / "p.svg").write_text(DENSE)
    result = run(
        "train", "p.svg", "--data", "d.npz", "-o", "t.npz", "--curve", name, *more, cwd=tmp_path
    )

    assert result.returncode == 2
    assert message in result.stderr.decode()
    assert b"epoch 1" not in result.stdout
    assert (tmp_path / "there.svg").read_text() == "mine"
    assert (tmp_path / "p.svg").read_text() == DENSE
    assert not (tmp_path / "t.npz").exists()


def test_less_than_an_epoch_has_no_curve(tmp_path):
    saved(tmp_path, X, T)
    result = command(tmp_path, DENSE.replace("epochs: 4", "steps: 3"), "--curve", "c.svg")

    assert result.returncode == 2
    assert (
        b"--curve: 3 steps are no whole epoch, so that there is no curve; an epoch has 5"
        in result.stderr
    )
    assert out(command(tmp_path, DENSE, "--epochs", "1", "--curve", "c.svg"))
    assert "<circle" in (tmp_path / "c.svg").read_text("utf-8")


def test_a_file_is_not_written_over_unasked(tmp_path):
    saved(tmp_path, X, T)
    (tmp_path / "t.npz").write_bytes(b"mine")
    result = command(tmp_path)

    assert result.returncode == 2
    assert b"t.npz is there already; add --force" in result.stderr
    assert (tmp_path / "t.npz").read_bytes() == b"mine"


def test_a_loss_without_a_value_stops_and_leaves_the_file(tmp_path):
    saved(tmp_path, np.sign(X) * 1.7e308, T)
    (tmp_path / "t.npz").write_bytes(b"mine")
    text = DENSE.replace("activation: tanh", "activation: relu")
    result = command(tmp_path, text, "--force")

    assert result.returncode == 2
    assert (
        b"(epoch 1): the loss has no finite value: the first without one are the" in result.stderr
    )
    assert b"of layer " in result.stderr
    assert (tmp_path / "t.npz").read_bytes() == b"mine"


@pytest.mark.parametrize(
    ("text", "more", "message"),
    [
        (DENSE.replace("optimizer: {sgd: {learning_rate: 0.2}}", ""), [], "nothing is trained"),
        (DENSE.replace("loss: categorical_crossentropy", ""), [], "there is no loss"),
        (
            DENSE.replace("[4]", "[5]"),
            [],
            "a sample has 4 numbers, and the problem takes 5 numbers",
        ),
        (
            DENSE.replace("weights: {random: {seed: 1}}, ", ""),
            [],
            "layer h has no weights to begin",
        ),
        (DENSE, ["--validation", "0.99"], "leaves none of 23 samples"),
        (DENSE + "order: [2, 1]", [], "order is that of 2 samples, and here are 23"),
        (DENSE, ["--epochs", "900000"], "these are 4,500,000 steps"),
        (DENSE, ["--resume"], "t.npz: is not there, so that there is nothing to go on with"),
        (DENSE, ["--batch-size", "0"], "--batch-size"),
        (DENSE, ["--target", "y"], "--target says nothing of d.npz"),
        (DENSE.replace("[4]", "[N]"), [], "sizes are letters, N; write numbers for them"),
    ],
)
def test_what_cannot_be_trained_is_said(tmp_path, text, more, message):
    saved(tmp_path, X, T)
    result = command(tmp_path, text, *more)

    assert result.returncode == 2
    assert message in result.stderr.decode()
    assert "fault of the program" not in result.stderr.decode()
    assert not (tmp_path / "t.npz").exists()


def test_memory_does_not_grow_with_steps(tmp_path):
    made = begin(parse(DENSE, on_data=True), saved(tmp_path, X, T), epochs=200)
    made.step()
    sizes = set()
    while not made.done:
        made.step()
        sizes.add(len(checkpoint.arrays(made)))

    assert len(sizes) == 1
    assert len(made.networks._built) == 2


# --- other layers ------------------------------------------------------------------------------------

R = "{random: {seed: 1, decimals: 2}}"
LAYERS = {
    "lstm": ([3, 2], f"- lstm: {{units: 2, weights: {R}, recurrent_weights: {R}, bias: {R}}}"),
    "gru": ([3, 2], f"- gru: {{units: 2, weights: {R}, recurrent_weights: {R}, bias: {R}}}"),
    "attention": (
        [3, 2],
        f"- multi_head_attention: {{num_heads: 1, key_dim: 2, query_weights: {R}, key_weights: {R}, value_weights: {R}, output_weights: {R}}}\n  - flatten",
    ),
    "layer_normalization": ([6], f"- layer_normalization: {{gamma: {R}, beta: {R}}}"),
    "prelu": ([6], f"- dense: {{units: 4, weights: {R}}}\n  - prelu: {{alpha: {R}}}"),
    "separable": (
        [4, 4, 2],
        f"- separable_conv2d: {{filters: 2, kernel_size: 2, depthwise_kernel: {R}, pointwise_kernel: {R}}}\n  - flatten",
    ),
    "transposed": (
        [3, 3, 2],
        f"- conv2d_transpose: {{filters: 2, kernel_size: 2, strides: 2, kernel: {R}, bias: {R}}}\n  - flatten",
    ),
    "groups": (
        [4, 4, 2],
        f"- conv2d: {{filters: 4, kernel_size: 2, groups: 2, padding: same, strides: 2, kernel: {R}, bias: {R}}}\n  - flatten",
    ),
    "steps": ([3, 2], f"- time_distributed: {{layer: {{dense: {{units: 2, weights: {R}, bias: {R}}}}}}}\n  - flatten"),
    "rows": ([3, 2], f"- dense: {{units: 2, weights: {R}, bias: {R}}}\n  - flatten"),
    "again": (
        [3],
        f"- dense: {{name: a, units: 3, weights: {R}, bias: {R}, activation: tanh}}\n  - use: a\n  - add: {{from: [a, input]}}",
    ),
    "constant": ([3], "- dense: {weights: [[1, 2, 3, 4], [0, 1, -1, 2]], bias: last_weight}"),
}  # fmt: skip


@pytest.mark.parametrize("word", LAYERS)
def test_layers_are_those_that_are_worked_out_sample_by_sample(tmp_path, word):
    from handcalc.network.rounding import Policy
    from handcalc.network.training import Training

    shape, layers = LAYERS[word]
    rest = f"""
layers:
  {layers}
  - dense: {{name: o, units: 1, weights: {R}}}
loss: mean_squared_error
optimizer: {{sgd: {{learning_rate: 0.001}}}}
epochs: 2
batch_size: 2
"""
    x, y = RANDOM.normal(size=(5, *shape)).round(2), RANDOM.normal(size=5).round(2)
    made = trained(f"input: {{shape: {shape}}}{rest}", saved(tmp_path, x, y))
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    rows = ", ".join(f"{{input: {a}, target: [{b}]}}" for a, b in pairs)
    problem = parse(f"samples: [{rows}]{rest}")
    training = Training(problem, Policy(problem.rounding))
    updated = training.at(training.count).result.updated

    assert set(updated) == set(made.state.learned)
    for name, array in made.state.learned.items():
        close(array, updated[name])


# --- handwritten digits ------------------------------------------------------------------------------


def test_two_handwritten_digits_are_told_apart_and_one_is_worked_by_hand(tmp_path):
    """A convolution, two dense layers, all sigmoid: of 72 images that it has not seen above 95 % are right.

    With the numbers that were learned the shipped image of a 0 comes out as numpy has it, window by window.
    """
    folder, saved = library.folder(), tmp_path / "digits.npz"
    how = [
        "--target",
        "digit",
        "--divide",
        "16",
        "--epochs",
        "30",
        "--batch-size",
        "16",
        "--seed",
        "1",
        "--validation",
        "0.2",
    ]
    data = str(folder / "data" / "digits-0-1.csv")
    said = out(run("train", "digits-0-1", "--data", data, *how, "-o", str(saved)))
    accuracy = re.search(
        r"72 samples that were held back\s+loss [\d.e-]+, accuracy ([\d.]+) %", said
    )

    assert accuracy
    assert float(accuracy[1]) > 95

    text = (folder / "digits-0-1.yaml").read_text("utf-8")
    text = re.sub(
        r"(kernel|weights): {random: {[^}]*}}, bias: 0",
        r"\1: {from: digits.npz}, bias: {from: digits.npz}",
        text,
    )
    ours = (
        handcalc.solve(parse(text, str(tmp_path / "problem.yaml")), ["o1_out"])
        .answers["o1_out"]
        .value
    )
    image = np.array(
        [[float(Fraction(str(cell))) for cell in row] for row in yaml.safe_load(text)["input"]]
    )
    learned = np.load(saved)
    places = [(i, j) for i in range(6) for j in range(6)]
    sums = [(image[i : i + 3, j : j + 3] * learned["conv1.kernel"]).sum() for i, j in places]
    h = sigmoid(
        learned["h.weights"] @ sigmoid(np.array(sums) + learned["conv1.bias"]) + learned["h.bias"]
    )
    (o,) = sigmoid(learned["o.weights"] @ h + learned["o.bias"])

    assert ours == pytest.approx(o, abs=1e-12)
    assert o < 0.5


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


SERIES = """
input: {shape: [32, 1]}
layers:
  - conv1d: {filters: 16, kernel_size: 3, kernel: {random: {seed: 1, low: -0.4, high: 0.4}}, bias: 0, activation: relu}
  - max_pooling1d: {pool_size: 2}
  - conv1d: {filters: 32, kernel_size: 3, kernel: {random: {seed: 2, low: -0.2, high: 0.2}}, bias: 0, activation: relu}
  - max_pooling1d: {pool_size: 2}
  - flatten
  - dense: {units: 1, weights: {random: {seed: 3, low: -0.1, high: 0.1}}, bias: 0, activation: sigmoid}
loss: binary_crossentropy
optimizer: {adam: {learning_rate: 0.005}}
epochs: 8
batch_size: 16
"""
"""The model of a lecture, Conv1D(16, 3) and Conv1D(32, 3) each with a pooling, for eight epochs of Adam."""


def test_slow_and_fast_waves_are_told_apart(tmp_path):
    """A time series of our own making: sines of a low or a high frequency, with noise."""
    draws = np.random.default_rng(4)
    classes = np.arange(240) % 2
    frequency = np.where(classes, draws.uniform(0.4, 0.5, 240), draws.uniform(0.15, 0.25, 240))
    phase, time_ = draws.uniform(0, 2 * np.pi, 240), np.arange(32)
    waves = np.sin(2 * np.pi * frequency[:, None] * time_ + phase[:, None])
    waves += 0.3 * draws.standard_normal((240, 32))
    (tmp_path / "series.yaml").write_text(SERIES, encoding="utf-8")
    np.savez(tmp_path / "series.npz", x=waves[..., None], y=classes)
    said = out(
        run(
            "train",
            "series.yaml",
            "--data",
            "series.npz",
            "--validation",
            "0.25",
            "-o",
            "s.npz",
            cwd=tmp_path,
        )
    )
    accuracy = re.search(
        r"60 samples that were held back\s+loss [\d.e-]+, accuracy ([\d.]+) %", said
    )

    assert accuracy
    assert float(accuracy[1]) > 95
