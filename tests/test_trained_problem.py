"""`data:` of a problem in training, and the problem file of what it has learned."""

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc import library
from handcalc.errors import HandcalcError
from handcalc.learning import Written, begin, source
from handcalc.learning.training import content
from handcalc.problem import beside, parse
from support import answers
from test_cli import out, run
from test_train import DENSE, LAYERS, NORMALIZED, T, X, command, saved, sigmoid, softmax

R = "{random: {seed: 1, decimals: 2}}"
GATES = f"{{f: {R}, i: {R}, g: {R}, o: {R}}}"
LSTM = f"lstm: {{units: 2, weights: {R}, recurrent_weights: {R}, bias: {R}}}"
STACKED = "[[1], [-0.5], [0.25], [2]]"
KINDS = LAYERS | {
    "gates": ([3, 2], f"- lstm: {{units: 2, weights: {GATES}, recurrent_weights: {GATES}, bias: {GATES}}}"),
    "stacked": ([3, 1], f"- lstm: {{gate_order: [i, f, g, o], weights: {STACKED}, recurrent_weights: {STACKED}, bias: [1, 2, 3, 4]}}"),
    "joined": ([3, 2], f"- simple_rnn: {{units: 2, joined: [h, x, 1], weights: {R}}}"),
    "gru_after": ([3, 2], f"- gru: {{units: 2, weights: {R}, recurrent_weights: {R}, bias: {R}, recurrent_bias: {R}, reset_after: true}}"),
    "both_ways": ([3, 2], f"- bidirectional: {{layer: {{{LSTM}}}, backward_layer: {{{LSTM}}}}}"),
    "both_stacked": (
        [3, 1],
        f"- bidirectional: {{layer: {{lstm: {{gate_order: [i, f, g, o], weights: {STACKED}, recurrent_weights: {STACKED}}}}}, backward_layer: {{lstm: {{gate_order: [f, i, o, g], weights: {STACKED}, recurrent_weights: {STACKED}}}}}}}",
    ),
    "scores": ([3, 2], f"- attention: {{score_weights: {R}}}\n  - flatten"),
    "biases": ([3, 2], f"- multi_head_attention: {{num_heads: 2, key_dim: 2, query_weights: {R}, key_weights: {R}, value_weights: {R}, output_weights: {R}, query_bias: {R}, output_bias: {R}}}\n  - flatten"),
    "table": ([3], f"- embedding: {{input_dim: 4, output_dim: 2, table: {R}}}\n  - flatten"),
    "depthwise": ([4, 4, 2], f"- depthwise_conv2d: {{kernel_size: 2, kernel: {R}, bias: {R}}}\n  - flatten"),
    "locally": ([4, 2], f"- locally_connected1d: {{filters: 2, kernel_size: 2, kernel: {R}, bias: {R}}}\n  - flatten"),
    "pieces": ([3], f"- maxout: {{units: 2, pieces: 2, weights: {R}, bias: {R}}}"),
    "batch": ([3], f"- dense: {{units: 3, weights: {R}}}\n  - batch_normalization: {{moving_mean: 0, moving_variance: 1}}"),
    "dropped": ([3], f"- dense: {{units: 6, weights: {R}}}\n  - dropout: {{rate: 0.5, mask: {{seed: 3}}}}"),
    "repeated": ([3], f"- repeat: {{times: 2, layers: [{{dense: {{name: a, units: 3, weights: {R}, bias: 0}}}}, {{add: {{from: [a, start]}}}}]}}"),
    "frozen": ([3], f"- dense: {{units: 3, weights: {R}, bias: 0, trainable: false}}"),
    "one_bias": ([4, 4], f"- conv2d: {{kernel_size: 2, kernel: {R}, bias: 0}}\n  - flatten"),
    "steps_of_norms": ([3, 2], f"- time_distributed: {{layer: {{layer_normalization: {{gamma: {R}, beta: {R}}}}}}}\n  - flatten"),
}  # fmt: skip


def written(folder: Path, text: str, data: str = "d.npz") -> tuple[Any, str]:
    """A run and the problem file of it, as `handcalc train` makes them."""
    problem = parse(text, str(folder / "p.yaml"), "p", on_data=True)
    made = begin(problem, folder / data)
    given = source(problem, folder / data)
    return made, Written(made.networks, folder / "w.yaml", folder / "t.npz", given).text()


# --- what is learned arrives -------------------------------------------------------------------------


@pytest.mark.parametrize("word", KINDS)
def test_one_sample_by_hand_is_what_the_trained_network_says(tmp_path, word):
    """A page proves each number by its formula; training has numpy on whole batches, with nothing dropped."""
    shape, layers = KINDS[word]
    text = f"input: {{shape: {shape}}}\nlayers:\n  {layers}\n  - dense: {{name: o, units: 1, weights: {R}}}\nloss: mean_squared_error\noptimizer: {{sgd: {{learning_rate: 0.001}}}}\nepochs: 2\nbatch_size: 3\n"
    draws = np.random.default_rng(3)
    x = draws.integers(0, 4, (6, *shape)) if word == "table" else draws.normal(size=(6, *shape))
    saved(tmp_path, x, draws.normal(size=6))
    made, file = written(tmp_path, text)
    while not made.done:
        made.step()
    (tmp_path / "t.npz").write_bytes(content(made))
    (tmp_path / "w.yaml").write_text(file)
    theirs = made.tested(made.examples.some(slice(3, 4)), made.state.learned).loss
    found = answers(handcalc.solve(handcalc.load(tmp_path / "w.yaml", sample=4), ["E"]))

    assert file.count("t.npz") == len(made.state.learned)
    assert "random" not in file
    assert found["E"] == pytest.approx(theirs, rel=1e-9)


def test_running_values_and_nothing_dropped_against_numpy(tmp_path):
    """The batch normalization is γ(z - μ)/√(σ² + ε) + β with the running μ and σ²; every value of the dropout stays."""
    text = NORMALIZED.replace(
        "  - activation", "  - dropout: {rate: 0.5, mask: {seed: 1}}\n  - activation"
    )
    saved(tmp_path, X, T)
    out(command(tmp_path, text, "--problem", "w.yaml"))
    t = np.load(tmp_path / "t.npz")
    for number in (1, 9):
        z = t["h.weights"] @ X[number - 1] + t["h.bias"]
        y = (z - t["n.moving_mean"]) / np.sqrt(t["n.moving_variance"] + 1e-3)
        p = softmax((t["o.weights"] @ np.maximum(t["n.gamma"] * y + t["n.beta"], 0))[None])[0]
        found = answers(
            handcalc.solve(handcalc.load(tmp_path / "w.yaml", sample=number), ["o_out"])
        )
        found = [found[f"o{i}_out"] for i in (1, 2, 3)]

        assert found == pytest.approx(p, abs=1e-12)


@pytest.mark.parametrize("letter", ["w", "θ", "theta"])
def test_numbers_that_formulas_learn(tmp_path, letter):
    text = "input: {x: 1}\nlearned: {LETTER: 0.5, b: 0.1}\nvalues: {y: LETTER*x + b}\ntarget: 1\nloss: mean_squared_error\noptimizer: {sgd: {learning_rate: 0.1}}\nepochs: 5\n"
    text = text.replace("LETTER", letter)
    saved(tmp_path, [1.0, 2, 3], [3.0, 5, 7])
    out(command(tmp_path, text, "--problem", "w.yaml"))
    w, b = 0.5, 0.1
    for _ in range(5):
        e = [w * x + b - (2 * x + 1) for x in (1, 2, 3)]
        w, b = w - 0.2 * (e[0] + 2 * e[1] + 3 * e[2]) / 3, b - 0.2 * sum(e) / 3
    found = answers(handcalc.solve(handcalc.load(tmp_path / "w.yaml", sample=2), ["y"]))

    assert found["y"] == pytest.approx(2 * w + b, abs=1e-12)


def test_training_goes_on_from_the_new_file(tmp_path):
    """Two epochs, and two of the file that is written, are four: nothing of sgd is lost between."""
    saved(tmp_path, X, T)
    out(command(tmp_path, DENSE.replace("epochs: 4", "epochs: 2"), "--problem", "w.yaml"))
    out(run("train", "w.yaml", "-o", "u.npz", cwd=tmp_path))
    out(command(tmp_path, DENSE, "--force"))
    whole, found = np.load(tmp_path / "t.npz"), np.load(tmp_path / "u.npz")

    for name in ("h.weights", "h.bias", "o.weights", "o.bias"):
        assert np.array_equal(whole[name], found[name])


def test_a_shipped_problem_from_an_empty_folder(tmp_path):
    """Data, training, the new file and one digit by hand, with names alone; by numpy the same."""
    said = out(run("train", "digits-0-1", "-o", "d.npz", "--problem", "d.yaml", "--epochs", "3", "--batch-size", "16", "--seed", "1", cwd=tmp_path))  # fmt: skip
    assert said.splitlines()[-1].strip() == "handcalc solve d.yaml --sample 1"
    page = out(run("solve", "d.yaml", "--sample", "7", "--format", "json", "o1_out", cwd=tmp_path))
    row = (library.folder() / "data" / "digits-0-1.csv").read_text("utf-8").splitlines()[7]
    image = np.array(row.split(",")[:-1], dtype=float).reshape(8, 8) / 16
    t = np.load(tmp_path / "d.npz")
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    s = sigmoid((windows * t["conv1.kernel"]).sum(axis=(2, 3)) + t["conv1.bias"]).reshape(-1)
    (o,) = sigmoid(t["o.weights"] @ sigmoid(t["h.weights"] @ s + t["h.bias"]) + t["o.bias"])
    found = re.search(r'"value": ([\d.e-]+)', page)

    assert found
    assert float(found[1]) == pytest.approx(o, abs=1e-12)


TWO = """
inputs: {left: {shape: [2]}, right: {shape: [2]}}
layers:
  - dense: {name: g, from: left, units: 3, weights: {random: {seed: 1}}, bias: {random: {seed: 2}}, activation: tanh}
  - use: {layer: g, from: right, name: h}
  - subtract: {name: d, from: [g, h]}
  - dense: {name: alike, units: 1, weights: {random: {seed: 3}}, activation: sigmoid}
  - concatenate: {name: both, from: [g, h]}
  - dense: {name: size, units: 3, weights: {random: {seed: 4}}, activation: softmax}
outputs:
  alike: {loss: binary_crossentropy}
  size: {loss: categorical_crossentropy, weight: 0.5}
optimizer: {momentum: {learning_rate: 0.1}}
epochs: 2
batch_size: 4
"""


def test_several_inputs_and_outputs(tmp_path):
    """As the steps of a file with its samples, each gradient of which is proved; one sample by hand after that."""
    from handcalc.network.rounding import Policy
    from handcalc.network.training import Training

    draws = np.random.default_rng(6)
    left, right = draws.normal(size=(2, 10, 2)).round(2)
    alike, size = draws.integers(0, 2, 10), draws.integers(0, 3, 10)
    np.savez(tmp_path / "d.npz", x_left=left, x_right=right, y_alike=alike, y_size=size)
    made, file = written(tmp_path, TWO)
    while not made.done:
        made.step()
    pairs = zip(left.tolist(), right.tolist(), alike, np.eye(3)[size].tolist(), strict=True)
    rows = ", ".join(
        f"{{inputs: {{left: {a}, right: {b}}}, targets: {{alike: [{c}], size: {d}}}}}"
        for a, b, c, d in pairs
    )
    samples = f"samples: [{rows}]"
    problem = parse(TWO.replace("inputs: {left: {shape: [2]}, right: {shape: [2]}}", samples))
    training = Training(problem, Policy(problem.rounding))
    updated = training.at(training.count).result.updated
    for name, array in made.state.learned.items():
        np.testing.assert_allclose(array, updated[name], atol=1e-12)
    t = made.state.learned
    g, h = (np.tanh(x @ t["g.weights"].T + t["g.bias"]) for x in (left, right))
    p, q = (
        sigmoid((g - h) @ t["alike.weights"].T)[:, 0],
        softmax(np.hstack([g, h]) @ t["size.weights"].T),
    )
    losses = -np.log(np.where(alike, p, 1 - p)) - 0.5 * np.log(q[np.arange(10), size])
    found = made.tested(made.examples, t)
    assert found.loss == pytest.approx(losses.mean(), abs=1e-12)
    assert found.right == ((p > 0.5) == alike).sum() + (q.argmax(axis=1) == size).sum()
    assert found.answers == 20

    (tmp_path / "t.npz").write_bytes(content(made))
    (tmp_path / "w.yaml").write_text(file)
    by_hand = handcalc.solve(handcalc.load(tmp_path / "w.yaml", sample=7), ["E"])
    assert answers(by_hand)["E"] == pytest.approx(losses[6], abs=1e-12)


# --- whose data --------------------------------------------------------------------------------------

FILE = DENSE + "data: {file: d.csv, target: t, divide: 2}\n"


def table(folder: Path, x: np.ndarray = X, name: str = "d.csv", column: str = "t") -> None:
    rows = [",".join(map(repr, [*map(float, row), int(t)])) for row, t in zip(x, T, strict=True)]
    (folder / name).write_text("\n".join([f"a,b,c,d,{column}", *rows]))


def learned(folder: Path, text: str, *more: str) -> dict[str, Any]:
    (folder / "p.yaml").write_text(text)
    out(run("train", "p.yaml", "-o", "t.npz", "--force", *more, cwd=folder))
    return dict(np.load(folder / "t.npz"))


def test_data_of_the_file_and_flags_above_it(tmp_path):
    """Each flag stands above its word; another file has nothing to do with the words of the first."""
    table(tmp_path)
    table(tmp_path, X / 2, "half.csv", "u")
    whole = learned(tmp_path, FILE)
    flags = [
        ("--divide", "2"),
        ("--target", "t", "--divide", "2"),
        ("--data", "half.csv", "--target", "u"),
    ]
    for more in flags:
        found = learned(
            tmp_path, FILE.replace("divide: 2", "divide: 9") if "2" in more else FILE, *more
        )
        assert np.allclose(found["h.weights"], whole["h.weights"], atol=1e-12)
    other = learned(tmp_path, FILE, "--divide", "1")
    assert not np.allclose(other["h.weights"], whole["h.weights"])


def test_no_data_at_all(tmp_path):
    (tmp_path / "p.yaml").write_text(DENSE)
    said = run("train", "p.yaml", "-o", "t.npz", cwd=tmp_path).stderr.decode()

    assert (
        said.strip()
        == "p.yaml: there are no data to train on; add --data FILE, or write data: {file: digits.csv}"
    )


# --- what is written, and what is not ----------------------------------------------------------------


def refused(folder: Path, *more: str, text: str = FILE) -> str:
    """What is said before training begins: nothing is written."""
    (folder / "p.yaml").write_text(text)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    result = run("train", "p.yaml", *more, cwd=folder)
    assert result.returncode == 2
    assert result.stdout == b""
    assert before == {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    return str(result.stderr.decode().strip())


def test_nothing_is_written_over_unasked(tmp_path):
    table(tmp_path)
    (tmp_path / "w.yaml").write_text("mine")
    ask = "w.yaml is there already; add --force to overwrite it, or write another name"
    assert refused(tmp_path, "-o", "t.npz", "--problem", "w.yaml") == ask
    learned(tmp_path, FILE, "--problem", "w.yaml")
    assert "t.npz" in (tmp_path / "w.yaml").read_text()


@pytest.mark.parametrize("place", ["p.yaml", "d.csv"])
def test_what_is_read_is_never_written_over(tmp_path, place):
    table(tmp_path)
    said = refused(tmp_path, "-o", "t.npz", "--problem", place, "--force")

    assert said == f"{place} is what is read here; write another name for the output"


def test_one_name_for_two_files(tmp_path):
    table(tmp_path)

    assert "t.yaml stands for two things" in refused(
        tmp_path, "-o", "t.yaml", "--problem", "./t.yaml"
    )


def test_a_name_that_is_none_of_a_problem_file(tmp_path):
    table(tmp_path)

    assert "w.txt: is a problem file; write a name with .yaml" in refused(
        tmp_path, "-o", "t.npz", "--problem", "w.txt"
    )


@pytest.mark.parametrize(("numbers", "problem"), [("t.npz", "in/w.yaml"), ("in/t.npz", "in/w.yaml"), ("out/t.npz", "in/w.yaml")])  # fmt: skip
def test_a_problem_names_what_lies_below_it(tmp_path, numbers, problem):
    """The data are above the new file's folder, or the numbers are."""
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    table(tmp_path)
    said = refused(tmp_path, "-o", numbers, "--problem", problem)

    assert "lies outside of its folder; write --problem into a folder above both files" in said


def test_files_below_are_named_by_their_way(tmp_path):
    (tmp_path / "in" / "deep").mkdir(parents=True)
    table(tmp_path / "in")
    (tmp_path / "p.yaml").write_text(DENSE)
    out(run("train", "p.yaml", "--data", "in/d.csv", "--target", "t", "-o", "in/deep/t.npz", "--problem", "in/w.yaml", cwd=tmp_path))  # fmt: skip
    shutil.move(tmp_path / "in", tmp_path / "elsewhere")
    found = handcalc.load(tmp_path / "elsewhere" / "w.yaml", sample=23)

    assert "{from: deep/t.npz}" in (tmp_path / "elsewhere" / "w.yaml").read_text()
    assert found.input.floats().tolist() == X[22].tolist()


HEADS = f"- multi_head_attention: {{num_heads: 2, key_dim: 1, query_weights: [[[1], [2]], [[3], [4]]], key_weights: {R}, value_weights: {R}, output_weights: {R}}}\n  - flatten"


@pytest.mark.parametrize(
    ("shape", "layers", "message"),
    [
        ([2, 2], HEADS, "there is no field for W_Q1"),
        ([4], f"- dense: {{units: 3, weights: {R}}}\n  - batch_normalization", "a batch of one sample has no variance"),
    ],
)  # fmt: skip
def test_what_a_problem_file_cannot_say_is_said_before_training(tmp_path, shape, layers, message):
    text = f"input: {{shape: {shape}}}\nlayers:\n  {layers}\n  - dense: {{units: 1, weights: {R}}}\nloss: mean_squared_error\noptimizer: {{sgd: {{learning_rate: 0.1}}}}\n"
    saved(tmp_path, X, T)
    said = refused(tmp_path, "--data", "d.npz", "-o", "t.npz", "--problem", "w.yaml", text=text)

    assert f"w.yaml: the trained network cannot be written as a problem file: {message}" in said


def test_numbers_that_no_problem_file_reads(tmp_path, monkeypatch):
    saved(tmp_path, X, T)
    small = beside.Kind("file", "a .npz file", "t.npz", frozenset(), "", 100)
    monkeypatch.setattr("handcalc.learning.problem_file.ARRAYS", small)

    with pytest.raises(
        HandcalcError, match=r"t\.npz will be larger than 0 MB, which no problem file reads"
    ):
        written(tmp_path, DENSE)


def test_a_run_that_goes_on_has_its_file(tmp_path):
    """The same command with --resume and more epochs; a file that somebody changed stays."""
    table(tmp_path)
    learned(tmp_path, FILE, "--problem", "w.yaml")
    more = ["train", "p.yaml", "-o", "t.npz", "--problem", "w.yaml", "--resume", "--epochs", "6"]
    assert "--sample 1" in out(run(*more, cwd=tmp_path))
    (tmp_path / "w.yaml").write_text("mine")
    assert b"w.yaml is there already" in run(*more, cwd=tmp_path).stderr
    assert (tmp_path / "w.yaml").read_text() == "mine"


def test_names_that_a_shell_would_part_stand_in_quotes(tmp_path):
    table(tmp_path)
    (tmp_path / "p.yaml").write_text(FILE)
    said = out(run("train", "p.yaml", "-o", "my t.npz", "--problem", "my w.yaml", cwd=tmp_path))

    assert said.splitlines()[-1].strip() == "handcalc solve 'my w.yaml' --sample 1"
    assert handcalc.load(tmp_path / "my w.yaml", sample=1).input is not None


@pytest.mark.parametrize("text", ["0.10", "no", "null", "~", "", "<<", "=", "1:30", "a, b", "{x", "# a", "é", "'", "1e-3", "- a", "a: b", "&a"])  # fmt: skip
def test_texts_are_read_as_they_were(text):
    from handcalc.problem.exact_yaml import read
    from handcalc.problem.writing import flow

    for value in ({"a": [text, {"b": text}]}, {text or "x": text}):
        assert read("", f"k: {flow(value)}") == {"k": value}
