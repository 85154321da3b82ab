"""One sample of `data:` as input and target: which one it is, its numbers, and what is refused."""

import gzip
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import handcalc
from handcalc import library
from handcalc.errors import HandcalcError, ProblemError
from handcalc.formats import write
from handcalc.problem import Problem
from support import answers
from test_cli import out, run
from test_data import CLASSES, PIXELS, folders, idx

NET = """
input: {shape: [2]}
data: {file: d.csv, target: y}
layers:
  - dense: {name: h, weights: [[0.5, -1], [2, 0.25]], bias: [0.1, 0.2], activation: tanh}
  - dense: {name: o, weights: [[1, -0.5]], bias: 0.3}
loss: mean_squared_error
"""
ROWS = "a,y,b\n0.50,1.20,3\n-1,0,1e-1\n\n.25,-2,+4\n"


def problem(folder: Path, text: str = NET, rows: str = ROWS, sample: int | None = 1) -> Problem:
    (folder / "d.csv").write_text(rows)
    (folder / "p.yaml").write_text(text)
    return handcalc.load(folder / "p.yaml", sample=sample)


def page(found: Problem) -> str:
    return write(handcalc.solve(found), "terminal", width=200)


def refused(folder: Path, text: str = NET, rows: str = ROWS, sample: int | None = 1) -> str:
    with pytest.raises(HandcalcError) as caught:
        problem(folder, text, rows, sample)
    return str(caught.value)


# --- the numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_sample_goes_through_the_network(tmp_path, number):
    x, t = [([0.5, 3], 1.2), ([-1, 0.1], 0), ([0.25, 4], -2)][number - 1]
    o = [1, -0.5] @ np.tanh(np.array([[0.5, -1], [2, 0.25]]) @ x + [0.1, 0.2]) + 0.3
    found = answers(handcalc.solve(problem(tmp_path, sample=number)))

    assert found["o1_out"] == pytest.approx(o, abs=1e-14)
    assert found["E"] == pytest.approx((o - t) ** 2, abs=1e-13)


def test_numbers_are_those_that_were_typed(tmp_path):
    first, third = problem(tmp_path), problem(tmp_path, sample=3)

    assert first.input.texts == ("0.50", "3")
    assert first.target.texts == ("1.20",)
    # +4 is no way to write a number.
    assert third.input.texts == (".25", "4")
    assert "Sample 1 of d.csv, y 1.20." in page(first)


@pytest.mark.parametrize(
    ("cell", "divide", "text"),
    [
        ("5", "16", "5/16"),
        ("16", "16", "1"),
        ("0", "16", "0"),
        ("-3", "255", "-3/255"),
        ("0.5", "16", "0.03125"),
        ("5", "0.5", "10.0"),
        ("5", "1", "5"),
    ],
)
def test_divided_numbers_are_fractions_as_on_paper(tmp_path, cell, divide, text):
    """Whole numbers as fractions, others as the shortest decimal of the float that is trained on."""
    rows = ROWS.replace("0.50", cell)
    found = problem(tmp_path, NET.replace("target: y", f"target: y, divide: {divide}"), rows)

    assert found.input.texts[0] == text
    assert found.input.floats()[0] == float(cell) / float(divide)


def test_the_first_shipped_digit_is_the_image_of_its_problem():
    plain, first = handcalc.load("digits-0-1"), handcalc.load("digits-0-1", sample=1)
    given, taken = ([*map(str, np.ravel(p.input.texts))] for p in (plain, first))

    assert [Fraction(text) for text in taken] == [Fraction(text) for text in given]
    assert {"5/16", "13/16"} <= set(taken)
    assert answers(handcalc.solve(first)) == answers(handcalc.solve(plain))
    assert "Sample 1 of data/digits-0-1.csv, digit 0." in page(first)


def test_classes_in_words_become_a_row_with_a_one(tmp_path):
    text = NET.replace("[[1, -0.5]]", "[[1, -0.5], [0, 1], [1, 1]], activation: softmax")
    text = text.replace("mean_squared_error", "categorical_crossentropy")
    rows = "a,b,y\n1,2,cat\n3,4,eel\n5,6,dog\n"
    found = problem(tmp_path, text, rows, 2)

    assert found.target.floats().tolist() == [0, 0, 1]  # cat, dog, eel
    assert "Sample 2 of d.csv, y eel." in page(found)


CLASSES_OF_3 = """
layers: [flatten, {dense: {units: 3, weights: {random: {seed: 1}}}}]
loss: {sparse_categorical_crossentropy: {from_logits: true}}
epochs: 2
optimizer: {sgd: {learning_rate: 0.1}}
"""


def test_a_sample_of_idx(tmp_path):
    (tmp_path / "a-idx3-ubyte.gz").write_bytes(gzip.compress(idx(PIXELS)))
    (tmp_path / "b-idx1-ubyte").write_bytes(idx(CLASSES))
    data = "data: {file: a-idx3-ubyte.gz, labels: b-idx1-ubyte, divide: 255}"
    found = problem(tmp_path, f"input: {{shape: [4, 3]}}\n{data}{CLASSES_OF_3}", sample=3)

    assert found.input.texts[1][2] == f"{PIXELS[2, 1, 2]}/255"
    assert np.array_equal(found.input.floats(), PIXELS[2] / 255)
    assert found.target.texts == str(CLASSES[2])
    assert f"Sample 3 of a-idx3-ubyte.gz, target {CLASSES[2]}." in page(found)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16])
def test_a_sample_of_arrays_is_the_same_float(tmp_path, dtype):
    x = (np.random.default_rng(1).normal(size=(5, 4, 3)) * 9).astype(dtype)
    np.savez(tmp_path / "d.npz", x=x, y=CLASSES)
    found = problem(
        tmp_path, f"input: {{shape: [4, 3]}}\ndata: {{file: d.npz}}{CLASSES_OF_3}", sample=5
    )

    assert np.array_equal(found.input.floats(), x[4].astype(float))
    assert found.input.texts[0][0] == (
        str(x[4, 0, 0]) if dtype is np.int16 else repr(float(x[4, 0, 0]))
    )


def test_a_sample_of_images_has_the_name_of_its_folder(tmp_path):
    made = folders(tmp_path / "animals", (4, 3))
    text = f"input: {{shape: [4, 3]}}\ndata: {{file: animals, divide: 255}}{CLASSES_OF_3}"
    found = problem(tmp_path, text.replace("units: 3", "units: 2"), sample=4)

    assert np.array_equal(found.input.floats(), made["dog", 1] / 255)
    assert "Sample 4 of animals, class dog." in page(found)


def test_one_of_the_samples_of_the_file():
    """The second sample of OR: its page is that of a file with this one alone."""
    found = handcalc.load("perceptron-or", sample=2)
    text = (library.folder() / "perceptron-or.yaml").read_text("utf-8")

    assert "samples:" in text
    assert found.samples is None
    assert not found.trains
    assert [*found.input.floats(), float(found.target.floats())] == [0, 1, 1]
    assert "Sample 2 of the 4 in the file." in page(found)


def test_samples_by_name(tmp_path):
    text = """
samples:
  - {inputs: {a: [1, 2], b: [3]}, targets: {c: [0]}}
  - {inputs: {a: [4, 5], b: [6]}, targets: {c: [7]}}
layers: [{concatenate: {from: [a, b]}}, {dense: {name: c, weights: [[1, 2, 3]]}}]
outputs: {c: {loss: mean_squared_error}}
"""
    found = answers(handcalc.solve(problem(tmp_path, text, sample=2)))

    assert found["c1_out"] == 4 + 2 * 5 + 3 * 6
    assert found["E"] == (32 - 7) ** 2


def test_a_gradient_of_the_output_for_each_sample(tmp_path):
    """∂E/∂W = g·xᵀ of the sample that is taken; one that is the same for all stays."""
    text = "samples: [{input: [1, 2]}, {input: [3, 4]}]\nlayers: [{dense: {weights: [[1, 2], [3, 4]]}}]\noutput_gradient: "
    for slopes in ("[[9, 9], [5, -1]]", "[5, -1]"):
        found = answers(handcalc.solve(problem(tmp_path, text + slopes, sample=2)))

        assert [found[f"dE_dw{i}"] for i in (1, 2, 3, 4)] == [15, 20, -3, -4]


def test_formulas_take_a_sample(tmp_path):
    text = "input: {x: 1}\nlearned: {w: 2, b: 1}\nvalues: {y: w·x + b, f: (y - t)²}\ntarget: 0\ndata: {file: d.csv, target: y}\n"
    found = answers(handcalc.solve(problem(tmp_path, text, "x,y\n3,5\n-0.5,4\n", 2)))

    assert found["y"] == 0
    assert found["f"] == 16
    assert found["df_dw"] == 2 * (0 - 4) * -0.5


# --- without a sample --------------------------------------------------------------------------------


def test_a_shape_alone_is_worked_in_symbols_and_the_page_says_how_to_get_numbers(tmp_path):
    said = page(problem(tmp_path, sample=None))

    assert "o1_out = w5·h1_out + w6·h2_out + b3" in said
    assert "With --sample 1 it is the first sample of d.csv that is worked out." in said
    assert "--sample" not in page(
        problem(tmp_path, NET.replace("{shape: [2]}", "[1, 2]") + "target: [1]", sample=None)
    )


@pytest.mark.parametrize("sample", [None, 2])
def test_what_all_samples_are_trained_with_is_nothing_of_one(tmp_path, sample):
    training = "optimizer: {sgd: {learning_rate: 0.1}}\nepochs: 3\nbatch_size: 2\norder: {seed: 1}\nschedule: {step_decay: {factor: 0.5, every: 2}}\n"
    found = problem(tmp_path, NET + training, sample=sample)

    assert not found.trains
    assert "@step" not in page(found)
    if sample:
        one = answers(handcalc.solve(found))
        assert one["w1_new"] == pytest.approx(0.5 - 0.1 * one["dE_dw1"], abs=1e-15)


# --- the file ----------------------------------------------------------------------------------------


def test_data_that_ship_are_there_for_every_problem_and_ones_own_come_first(tmp_path):
    text = (library.folder() / "digits-0-1.yaml").read_text("utf-8")
    shipped = (library.folder() / "data" / "digits-0-1.csv").read_text("utf-8").splitlines()
    assert "digit 1." in page(problem(tmp_path, text, sample=2))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "digits-0-1.csv").write_text(
        "\n".join((shipped[0], shipped[2], shipped[1]))
    )

    assert "digit 0." in page(problem(tmp_path, text, sample=2))


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    (tmp_path / "inner" / "animals").mkdir(parents=True)
    (tmp_path / "d.csv").write_text(ROWS)
    folders(tmp_path / "elsewhere", (4, 3))
    (tmp_path / "inner" / "e.csv").symlink_to(tmp_path / "d.csv")
    (tmp_path / "inner" / "animals" / "cats").symlink_to(tmp_path / "elsewhere" / "cat")
    outside = "link out of the folder of the problem; put the file itself there"

    assert f"'e.csv' is a {outside}" in refused(tmp_path / "inner", NET.replace("d.csv", "e.csv"))
    text = NET.replace("d.csv, target: y", "animals")
    assert f"'animals' has a {outside}" in refused(tmp_path / "inner", text)


def test_all_files_that_are_missing_are_said_with_their_places(tmp_path):
    text = NET.replace("d.csv, target: y", "a-idx3-ubyte, labels: b-idx1-ubyte")
    with pytest.raises(ProblemError) as caught:
        problem(tmp_path, text)

    said = [(m.line, m.column, m.what) for m in caught.value.mistakes]
    instead = "is not in the folder of the problem; put it there, or correct the name"
    assert said == [(3, 14, f"'a-idx3-ubyte' {instead}"), (3, 36, f"'b-idx1-ubyte' {instead}")]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("d.csv", "c.csv", "'c.csv' is not in the folder of the problem; did you mean 'd.csv'?"),
        (", target: y", "", "d.csv: which column is the target? Add target:, one of a, y, b"),
        ("target: y", "target: z", "there is no column 'z'; write one of a, y, b"),
        ("target: y", "target: y, labels: d.csv", "labels: says nothing of "),
        ("[2]", "[3]", "a sample has 2 numbers, and the problem takes 3 numbers"),
        ("[2]", "[N]", "its sizes are letters, N; write numbers for them"),
        ("data: {file: d.csv, target: y}", "", "there are no samples of which --sample 1 could be one"),
    ],
)  # fmt: skip
def test_what_is_no_sample_is_said(tmp_path, old, new, message):
    text = NET.replace(old, new)
    text = text.replace("[[0.5, -1], [2, 0.25]]", "{random: {seed: 1}}, units: 2")

    assert message in refused(tmp_path, text)


def test_a_sample_beyond_the_last_one(tmp_path):
    said = refused(tmp_path, sample=4)
    assert said.endswith(
        "d.csv has 3 samples, and no sample 4; write --sample 3, or a smaller number"
    )
    with pytest.raises(HandcalcError, match=r"perceptron-or\.yaml has 4 samples, and no sample 5"):
        handcalc.load("perceptron-or", sample=5)


def test_columns_of_a_table_are_inputs_side_by_side(tmp_path):
    text = "inputs: {p: {shape: [2]}, q: {shape: [1]}}\ndata: {file: d.csv, target: y, divide: 2}\nlayers: [{concatenate: {name: c, from: [q, p]}}]\n"
    found = problem(tmp_path, text, "a,b,y,c\n1,2,0,3\n4,5,0,6.5\n", 2)

    assert {name: own.texts for name, own in found.inputs.items()} == {
        "p": ("2", "5/2"),
        "q": ("3.25",),
    }
    assert answers(handcalc.solve(found))["c"] == [3.25, 2, 2.5]


def test_inputs_and_targets_by_name(tmp_path):
    """A class becomes a row with a one for the output that wants it, and stays a number for the other."""
    text = """
inputs: {a: {shape: [2]}, b: {shape: [2, 1]}}
data: {file: d.npz}
layers:
  - flatten: {name: c, from: b}
  - add: {name: s, from: [a, c]}
  - dense: {name: o, weights: [[1, 2], [3, 4]]}
  - dense: {name: p, from: s, weights: [[1, 1]]}
outputs:
  o: {loss: {categorical_crossentropy: {from_logits: true}}}
  p: {loss: mean_squared_error, weight: 0.5}
"""
    a, b = np.array([[1, 2], [3, 4]]), np.array([[0.5, 1], [-1, 0.25]])
    np.savez(tmp_path / "d.npz", x_a=a, x_b=b, y_o=[1, 0], y_p=[2.5, 7])
    found = problem(tmp_path, text, sample=2)
    s = a[1] + b[1]
    z = np.array([[1, 2], [3, 4]]) @ s
    loss = -np.log(np.exp(z[0]) / np.exp(z).sum()) + 0.5 * (s.sum() - 7) ** 2

    assert found.inputs["b"].texts == (("-1",), ("0.25",))
    assert found.outputs["o"].target.texts == ("1", "0")
    assert answers(handcalc.solve(found))["E"] == pytest.approx(loss, abs=1e-12)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x": np.ones((2, 3))}, "has y_o, y_p, x; write numpy.savez(file, x_a=…, x_b=…, y_o=…, y_p=…)"),
        ({"x_a": np.ones((2, 1)), "x_b": np.ones((3, 2))}, "x_b of shape (3, 2)"),
        ({"x_a": np.ones((2, 1)), "x_b": np.ones((2, 3))}, "a sample of x_b has 3 numbers, and the problem takes 2 numbers"),
        ({"x_a": np.ones((2, 1)), "x_b": [[1, np.nan], [1, 1]]}, "sample 1 has NaN or infinity among its inputs"),
        ({"x_a": np.ones((2, 1)), "x_b": np.ones((2, 2)), "y_p": np.ones((2, 2))}, "a sample has 2 targets, and the network takes 1"),
    ],
)  # fmt: skip
def test_inputs_and_targets_that_do_not_fit(tmp_path, arrays, message):
    text = "inputs: {a: {shape: [1]}, b: {shape: [2]}}\ndata: {file: d.npz}\nlayers: [{dense: {name: o, from: a, weights: [[1]]}}, {dense: {name: p, from: b, weights: [[1, 1]]}}]\noutputs: {o: {loss: mean_squared_error}, p: {loss: mean_squared_error}}\n"
    np.savez(tmp_path / "d.npz", **{"y_o": [1, 2], "y_p": [3, 4], **arrays})

    assert message in refused(tmp_path, text)


def test_one_column_is_no_target_of_two_outputs(tmp_path):
    two = "outputs: {h: {loss: mean_squared_error}, o: {loss: mean_squared_error}}\n"
    said = refused(tmp_path, NET.replace("loss: mean_squared_error\n", two))

    assert (
        "has targets of one output, and the network has 2; give a .npz file with y_h, y_o" in said
    )


# --- the commands ------------------------------------------------------------------------------------


def command(folder: Path, *arguments: str) -> Any:
    problem(folder)
    return run(*arguments, cwd=folder)


def test_the_commands_take_a_sample(tmp_path):
    """A sheet that is filled in with what `solve` finds of the same sample is all right."""
    solved = handcalc.solve(problem(tmp_path, sample=2))
    assert "Sample 2 of d.csv, y 0." in out(command(tmp_path, "show", "p.yaml", "--sample", "2"))
    assert "Sample 2 of d.csv, y 0." in out(command(tmp_path, "p.yaml", "--sample", "2"))
    said = out(command(tmp_path, "sheet", "p.yaml", "--sample", "2", "-o", "s.yaml"))
    assert said.strip().endswith("filled in: handcalc check p.yaml s.yaml --sample 2")
    lines = (tmp_path / "s.yaml").read_text().splitlines()
    assert lines[1] == "# Sample 2 of d.csv, y 0."
    keys = {key: answer.shown for key, answer in solved.answers.items()}
    filled = [
        line + f" {keys[line.strip(' :')]}" if line.strip(" :") in keys else line for line in lines
    ]
    (tmp_path / "s.yaml").write_text("\n".join(filled))

    assert run("check", "p.yaml", "s.yaml", "--sample", "2", cwd=tmp_path).returncode == 0
    assert run("check", "p.yaml", "s.yaml", "--sample", "1", cwd=tmp_path).returncode == 1


def test_a_sample_of_standard_input():
    text = (library.folder() / "digits-0-1.yaml").read_text("utf-8")

    assert "Sample 2 of data/digits-0-1.csv, digit 1." in out(
        run("solve", "-", "--sample", "2", "o1_out", stdin=text)
    )


def test_samples_are_counted_from_1():
    assert "--sample" in run("solve", "digits-0-1", "--sample", "0").stderr.decode()


def test_an_image_without_a_folder_is_no_data(tmp_path):
    Image.fromarray(PIXELS[0]).save(tmp_path / "a.png")

    assert "is none of the files that are read" in refused(
        tmp_path, NET.replace("d.csv, target: y", "a.png")
    )
