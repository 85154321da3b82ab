"""Learned numbers that a problem file takes from a .npz file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.problem import load
from support import answers
from test_cli import out, run
from test_train import DENSE, HOT, T, X, saved

NET = """
input: [0.3, -1.2, 0.4, 2]
layers:
  - dense: {name: h, weights: {from: t.npz}, bias: {from: t.npz}, activation: tanh}
  - dense: {name: o, weights: {from: t.npz}, bias: {from: t.npz, array: o.bias}, activation: softmax}
target: [0, 1, 0]
loss: categorical_crossentropy
"""
RANDOM = np.random.default_rng(5)
W = RANDOM.normal(size=(5, 4))


def read(folder: Path, text: str, **arrays: Any) -> Any:
    if arrays:
        np.savez(folder / "t.npz", **arrays)
    (folder / "p.yaml").write_text(text)
    return load(folder / "p.yaml")


def one(field: str = "{from: t.npz}", name: str = "name: h, ") -> str:
    return f"input: [1, 2, 3, 4]\nlayers: [{{dense: {{{name}weights: {field}}}}}]\n"


def test_a_trained_network_works_out_one_example_by_hand(tmp_path):
    saved(tmp_path, X, T)
    (tmp_path / "p.yaml").write_text(DENSE)
    out(run("train", "p.yaml", "--data", "d.npz", "-o", "t.npz", cwd=tmp_path))
    problem = read(tmp_path, NET)
    found = answers(handcalc.solve(problem))
    t = np.load(tmp_path / "t.npz")
    h = np.tanh(t["h.weights"] @ [0.3, -1.2, 0.4, 2] + t["h.bias"])
    z = t["o.weights"] @ h + t["o.bias"]
    p = np.exp(z) / np.exp(z).sum()

    assert [found[f"o{i}_out"] for i in (1, 2, 3)] == pytest.approx(p, abs=1e-14)
    assert found["E"] == pytest.approx(-np.log(p[1]), abs=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.uint8, bool])
def test_numbers_are_the_very_same(tmp_path, dtype):
    numbers = (W * 3).astype(dtype)
    weights = read(tmp_path, one(), **{"h.weights": numbers}).layers[0].weights

    assert np.array_equal(weights.floats(), numbers.astype(float))


def test_numbers_are_rounded_where_a_person_works_them_out(tmp_path):
    weights = (
        read(tmp_path, one("{from: t.npz, decimals: 2}"), **{"h.weights": W}).layers[0].weights
    )

    assert weights.texts[0][0] == f"{W[0, 0]:.2f}"
    assert np.array_equal(weights.floats(), np.vectorize(lambda v: float(f"{v:.2f}"))(W))


def test_a_layer_without_a_name_is_called_as_it_is_counted(tmp_path):
    text = """
input: [1, 2, 3, 4]
layers:
  - dense: {weights: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]}
  - use: dense1
  - dense: {weights: {from: t.npz}}
"""
    assert read(tmp_path, text, **{"dense3.weights": W}).layers[2].weights.shape == (5, 4)


def test_other_fields_inner_layers_gates_and_learned_numbers(tmp_path):
    text = """
input: [[1, 2, 3, 4]]
layers:
  - batch_normalization: {name: n, moving_mean: {from: t.npz}, moving_variance: {from: t.npz}}
  - time_distributed: {name: d, layer: {dense: {weights: {from: t.npz}}}}
  - gru: {name: g, weights: {z: {from: t.npz}, r: {from: t.npz, array: a}, n: {from: t.npz, array: a}}, recurrent_weights: {random: {seed: 1}}, units: 2}
"""
    row, small = np.arange(4.0), RANDOM.normal(size=(2, 5))
    arrays = {"n.moving_mean": row, "n.moving_variance": row, "d.weights": W}
    problem = read(tmp_path, text, **arrays, **{"g.weights.z": small, "a": small})
    assert problem.layers[0].moving_mean.floats().tolist() == row.tolist()
    assert problem.layers[2].weights["z"].shape == (2, 5)

    text = "learned: {x: {from: t.npz}}\nvalues: {f: x^2}\n"
    problem = read(tmp_path, text, **{"learned.x": np.array(3.5)})
    assert answers(handcalc.solve(problem))["f"] == 12.25


def test_from_among_the_options_of_a_layer_names_a_layer(tmp_path):
    text = "input: [1, 2]\nlayers: [{dense: {name: a, weights: [[1, 2]]}}, {activation: {from: a, function: relu}}, {flatten: {from: a}}]\n"

    assert len(read(tmp_path, text).layers) == 3


@pytest.mark.parametrize(
    ("field", "arrays", "message"),
    [
        ("{from: t.npz}", {"h.weight": W}, "has no array 'h.weights'; did you mean 'h.weight'?"),
        ("{from: u.npz}", {"a": W}, "is not in the folder of the problem; did you mean 't.npz'?"),
        ("{from: ../t.npz}", {"a": W}, "leads out of the folder of the problem"),
        ("{from: /etc/passwd}", {"a": W}, "leads out of the folder of the problem"),
        ("{from: t.npz, array: [1]}", {"a": W}, "expects words, not a list"),
        ("{from: 3}", {"a": W}, "is not in the folder of the problem"),
        (
            "{from: [t.npz]}",
            {"a": W},
            "expects the name of a .npz file; write one such as trained.npz",
        ),
        ("{from: t.npz}", {"h.weights": W * np.nan}, "has NaN or infinity in this array"),
        (
            "{from: t.npz}",
            {"h.weights": np.array([object()])},
            "has objects of Python in 'h.weights'",
        ),
        ("{from: t.npz}", {"h.weights": W[:0]}, "has no numbers in this array"),
        ("{from: t.npz}", {"h.weights": np.zeros(1_000_001)}, "has more than 1,000,000 numbers"),
        ("{from: p.yaml}", {"a": W}, "is no .npz archive, or is damaged"),
        (
            "{from: t.npz}",
            {"h.weights": W[:, :3]},
            "has 5 neurons with 3 weights each, but receives 4",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_once(tmp_path, field, arrays, message):
    with pytest.raises(ProblemError) as caught:
        read(tmp_path, one(field), **arrays)

    (mistake,) = caught.value.mistakes
    assert message in mistake.what
    assert mistake.line == 2


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    np.savez(tmp_path / "t.npz", **{"h.weights": W})
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "t.npz").symlink_to(tmp_path / "t.npz")

    with pytest.raises(ProblemError, match="is a link out of the folder of the problem"):
        read(tmp_path / "inner", one())


def test_all_mistakes_come_together(tmp_path):
    text = NET.replace("target: [0, 1, 0]", "target: [0, 1, 0, 0, 0, 0]\nupdte: 1")
    with pytest.raises(ProblemError) as caught:
        read(tmp_path, text, **{"o.bias": W[0], "h.weights": W})

    said = [mistake.what for mistake in caught.value.mistakes]
    assert len(said) == 3, said
    assert sum("has no array" in what for what in said) == 2


def test_training_begins_with_learned_numbers(tmp_path):
    """Two epochs, and two more from their numbers, are four."""
    from test_train import trained

    path = saved(tmp_path, X, HOT)
    text = DENSE.replace("epochs: 4", "epochs: 2")
    (tmp_path / "t.npz").write_bytes(_content(trained(text, path)))
    for seed, name in ((1, "weights"), (2, "bias"), (3, "weights"), (4, "bias")):
        text = text.replace(f"{name}: {{random: {{seed: {seed}}}}}", f"{name}: {{from: t.npz}}")
    (tmp_path / "p.yaml").write_text(text)
    out(run("train", "p.yaml", "--data", "d.npz", "-o", "u.npz", cwd=tmp_path))
    whole, found = trained(DENSE, path), np.load(tmp_path / "u.npz")

    for name, array in whole.state.learned.items():
        assert np.array_equal(found[name], array)
    assert "h.weights" in json.dumps(list(found))


def _content(made: Any) -> bytes:
    from handcalc.learning.training import content

    return content(made)
