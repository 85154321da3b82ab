"""Notebooks: valid, run from top to bottom without handcalc, and the numbers are those of the solution."""

import ast
import json
import keyword
import math
import re
import subprocess
import sys
from typing import Any

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import handcalc
from handcalc import equations, library
from handcalc.document import Document
from handcalc.formats import write
from handcalc.formats._code import VALUES_ALONE
from handcalc.formats._layout import wrapped
from handcalc.formats._loops import Cell, loop, summed
from handcalc.formats._names import Names, Place
from handcalc.formula import (
    Call,
    Case,
    Cases,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    evaluate,
)
from handcalc.formula.python import literal, python
from support import solution

# One of each kind: sizes alone, symbols, scalars, matrices, samples, times, training, values.
RUN = (
    "adam-on-a-square",
    "attention-three-words",
    "batch-norm-four-samples",
    "cnn-11x7",
    "cnn-relu-pool",
    "conv-channels",
    "conv-patches",
    "correlation-3x3",
    "descent-to-the-minimum",
    "gru-two-units",
    "lenet-5",
    "logistic-regression",
    "micrograd-expression",
    "net-2-2-2",
    "net-2-2-2-trained",
    "net-3-4-3-2",
    "perceptron-and",
    "residual-net",
    "rnn-through-time",
    "siamese-net",
    "svm-and-softmax",
)

RUNNER = """
import json, sys
import numpy as np
names = {}
for cell in json.load(sys.stdin)["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
assert not any(name.startswith("handcalc") for name in sys.modules)
kinds = (int, float, np.ndarray, np.generic)
found = {n: np.asarray(v, dtype=float).tolist() for n, v in names.items() if isinstance(v, kinds)}
print("\\n" + json.dumps(found))
"""


def notebook(document: Document) -> Any:
    return json.loads(write(document, "notebook"))


def code(document: Document) -> list[str]:
    cells = notebook(document)["cells"]
    return ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]


def run(document: Document) -> dict[str, Any]:
    """The variables of a notebook after all its cells, in a Python of its own that has numpy and nothing else."""
    text = write(document, "notebook")
    command = [sys.executable, "-W", "error", "-c", RUNNER]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def spelled(key: str) -> tuple[str, tuple[int, ...]]:
    """What a key is called in Python, and which cell of it is meant."""
    name = key.replace("@step", "_step").replace("@", "_s")
    cell = re.fullmatch(r"(\w+)\[([\d,]+)\](\w*)", name)
    if cell is None:
        return name, ()
    return cell[1] + cell[3], tuple(int(i) - 1 for i in cell[2].split(","))


@pytest.mark.parametrize("name", RUN)
def test_the_numbers_of_a_notebook_are_those_of_the_solution(name):
    document = handcalc.solve(name)
    variables = run(document)
    found = {key for step in document.steps for key in step.finds}
    rounds = document.program is not None and document.program().rounds
    compared = 0

    for key, answer in document.answers.items():
        variable, index = spelled(key)
        if isinstance(answer.value, str) or (key not in found and variable not in variables):
            continue  # a formula, a shape, or of a step that only a table shows
        expected = np.array(answer.shown if rounds else answer.value, dtype=float)
        value = np.array(variables[variable])[index]
        assert np.shape(value) == expected.shape or value.size == expected.size, key
        assert np.allclose(np.ravel(value), np.ravel(expected), rtol=1e-9, atol=1e-14), key
        compared += 1

    assert compared


@pytest.mark.parametrize("name", library.names())
def test_notebooks_are_valid_and_their_cells_have_names_of_their_own(name):
    made = notebook(handcalc.solve(name))
    nbformat.validate(made)
    names = [cell["id"] for cell in made["cells"]]

    assert (made["nbformat"], made["nbformat_minor"]) == (4, 5)
    assert len(set(names)) == len(names)
    assert made["metadata"]["language_info"]["name"] == "python"
    assert not any(cell.get("outputs") for cell in made["cells"])


def test_the_same_problem_gives_the_same_notebook():
    assert write(handcalc.solve("cnn-relu-pool"), "notebook") == write(
        handcalc.solve("cnn-relu-pool"), "notebook"
    )


def test_a_step_is_its_formula_in_python():
    cells = code(handcalc.solve("net-2-2-2", carry="exact"))

    assert "h1_in = w1*x1 + w2*x2 + b1  # 0.43\n" in cells[1]
    assert "h1_out = 1/(1 + np.exp(-h1_in))  # 0.605" in cells[1]
    assert any("w5_new = w5 - eta*dE_dw5  # 0.6924" in cell for cell in cells)


def test_who_goes_on_with_written_numbers_rounds_in_the_code_too():
    cells = code(handcalc.solve("net-2-2-2"))

    assert 'rounding="ROUND_DOWN"' in cells[0]
    assert "h1_out = written(1/(1 + np.exp(-h1_in)), 3)  # 0.605" in cells[1]
    # What only names another number is written down once.
    assert any("do1_in_dw5 = h1_out  # 0.605" in cell for cell in cells)


def test_cells_of_a_matrix_that_are_made_alike_are_a_loop():
    cells = "\n".join(code(handcalc.solve("cnn-11x7")))

    assert "conv1 = np.full((10, 6), np.nan)\nfor i in range(10):\n    for j in range(6):" in cells
    assert "max(conv1[2*i, 2*j], conv1[2*i, 2*j+1], conv1[2*i+1, 2*j]" in cells


def test_a_loop_is_made_of_cells_whose_indices_move_alike_and_of_no_others():
    def cells(index_of):
        return [
            Cell(Place("y", (i, j)), "2*{} + {}", (Place("x", index_of(i, j)), Place("b")))
            for i in range(3)
            for j in range(2)
        ]

    assert loop(cells(lambda i, j: (2 * i + 1, 1 - j))) == [
        "for i in range(3):",
        "    for j in range(2):",
        "        y[i, j] = 2*x[2*i+1, -j+1] + b",
    ]
    assert loop(cells(lambda i, j: (i * i, j))) is None
    assert loop(cells(lambda i, j: (i, j))[1:]) is None


def test_many_terms_are_one_sum_and_the_first_cell_is_in_the_loop_of_the_others():
    """The page has the first element of the gradient of a kernel in full, and the others in the same way."""
    cells = "\n".join(code(handcalc.solve("cnn-11x7")))
    gradient = "sum(dE_dconv1[m, n]*x[i+m, j+n] for m in range(10) for n in range(6))"

    assert f"for i in range(2):\n    for j in range(2):\n        dE_dK1[i, j] = {gradient}" in cells


def test_a_list_of_all_cells_is_a_loop_over_the_cells():
    cells = [
        Cell(Place("y", (3 * i + j,)), "{}", (Place("x", (i, j)),))
        for i in range(2)
        for j in range(3)
    ]

    assert loop(cells) == [
        "for i in range(2):",
        "    for j in range(3):",
        "        y[3*i+j] = x[i, j]",
    ]


def test_terms_are_a_sum_only_where_they_go_through_an_array():
    terms = [(Place("w", (0, n + 1)), Place("x", (2 * n,))) for n in range(9)]
    pattern, reads = summed("{}*{}", terms) or ("", ())

    assert pattern.format(*reads) == "sum(w[0, m+1]*x[2*m] for m in range(9))"
    assert summed("{}*{}", [(Place("a"), Place("x", (n * n,))) for n in range(9)]) is None
    assert summed("{}", [(Place("a"),)] * 9) is None


def test_behind_a_factor_of_0_nothing_is_looked_at():
    """With t = 1 and an output that floats cannot tell from 1 the other half of the loss is 0·ln 0."""
    text = """
input: [1, 2]
layers: [{dense: {name: h, weights: [[500, 300]], activation: sigmoid}}]
target: [1]
loss: binary_crossentropy
ask: [forward, loss]
"""
    document = solution(text)

    assert "(0 if abs(1 - t1) <= 0 else (1 - t1)*np.log(1 - h1_out))" in code(document)[2]
    assert run(document)["E"] == 0


def test_a_wrong_number_is_seen():
    text = write(handcalc.solve("net-2-2-2", ["h1_in"]), "notebook")
    wrong = text.replace("w1 = 0.5", "w1 = 0.6")
    command = [sys.executable, "-c", RUNNER]
    done = subprocess.run(command, input=wrong, capture_output=True, text=True, check=False)

    assert wrong != text
    assert "AssertionError: h1_in is 0.45, not 0.43" in done.stderr


def test_what_is_too_long_is_there_as_a_value_and_says_so(monkeypatch):
    monkeypatch.setattr(equations, "MOST_NAMES", 4)
    document = handcalc.solve("net-2-2-2", carry="exact")
    cells = code(document)

    assert f"{VALUES_ALONE}\nh1_in = 0.43\n" in cells[1]
    assert run(document)["w5_new"] == pytest.approx(0.6924173351299006, abs=1e-15)


def test_symbols_alone_have_no_program():
    text = "input: {shape: [2]}\nlayers: [{dense: {name: h, units: 2, activation: sigmoid}}]\n"
    made = notebook(solution(text))

    assert {cell["cell_type"] for cell in made["cells"]} == {"markdown"}


def test_a_report_is_a_notebook_of_words():
    from handcalc.posing import pose
    from handcalc.problem import load

    made = notebook(pose(load("net-2-2-2")))
    nbformat.validate(made)

    assert {cell["cell_type"] for cell in made["cells"]} == {"markdown"}


def test_words_of_a_file_are_no_code():
    text = """
title: "x\\"\\"\\"\\n'''\\nimport os # \\\\"
question: "*/ import sys"
input: [1, 2]
layers:
  - dense: {name: np, weights: [[0.5, 0.3], [0.1, 0.4]], activation: sigmoid}
  - dense: {name: agree, weights: [[0.5, 1]]}
notes: ["__import__('os')"]
"""
    document = solution(text)
    allowed = {"agree", "np.exp", "np.allclose", "globals", "expected.items", "print"}
    for cell in code(document):
        assert "import os" not in cell
        assert "sys" not in cell
        called = {ast.unparse(n.func) for n in ast.walk(ast.parse(cell)) if isinstance(n, ast.Call)}
        assert called <= allowed
    assert run(document)["np1_in"] == pytest.approx(1.1)


def test_a_number_typed_on_two_lines_is_one_line_of_comment():
    lines = list(wrapped("do1_dw1 = x1", "1 +\n2\u20283"))

    assert lines == ["do1_dw1 = x1  # 1 + 2 3"]


KEYS = st.text("ab_h1[],@é λ2-", min_size=1, max_size=8)


@given(
    st.lists(
        KEYS | st.sampled_from(["lambda", "np", "i", "max", "x[1]", "x[2]", "x_1", "x"]),
        unique=True,
    )
)
def test_names_are_names_and_one_to_one(keys):
    names = Names(keys)
    places = [names.place(key) for key in keys]

    assert len(set(places)) == len(keys)
    for place in places:
        assert place.name.isidentifier()
        assert place.name.isascii()
        assert not keyword.iskeyword(place.name)
        assert place.name not in {"np", "agree", "max"}
        assert place.name != "i" or not any(other.index for other in places)
        shape = names.shapes[place.name]
        assert len(shape) == len(place.index)
        assert all(0 <= i < size for i, size in zip(place.index, shape, strict=True))


VALUES = {"a": 0.7, "b": 1.3, "c": -0.4, "d": 2.0}
LEAVES = st.sampled_from([Symbol(key, key) for key in VALUES]) | st.sampled_from(
    [Number(literal_, str(literal_)) for literal_ in (2, 3)]
).map(lambda n: Number(float(n.value), n.text))


def _larger(inner):
    many = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return (
        many.map(Sum)
        | many.map(Product)
        | st.builds(Quotient, inner, inner)
        | st.builds(Power, inner, st.sampled_from([Number(2.0, "2"), Number(3.0, "3")]))
        | st.builds(Negative, inner)
        | st.builds(lambda a: Call("tanh", (a,)), inner)
        | many.map(lambda some: Call("max", some))
        | st.builds(
            lambda v, a, b, o: Cases((Case(v, a, ">", b), Case(a, v, "<=", b)), o),
            inner,
            inner,
            inner,
            inner,
        )
    )


@given(st.recursive(LEAVES, _larger, max_leaves=12))
def test_python_has_the_value_of_the_formula(formula):
    try:
        expected = evaluate(formula, lambda leaf: VALUES[leaf.key])
    except (ArithmeticError, ValueError):
        return
    if abs(expected) < 1e-9 or not math.isfinite(expected):
        return  # what cancels to the last digit may do so in the other order
    written = python(formula, lambda leaf: leaf.key)

    assert eval(written, {"np": np, **VALUES}) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("value", "text", "written"),
    [
        (0.1, "0.10", "0.10"),
        (1 / 3, "1/3", "1/3"),
        (1000.0, "1,000", "1000.0"),
        (0.5**0.5, "√2/2", "np.sqrt(2)/2"),
        (math.pi, "π", "np.pi"),
        (-0.001, "-1e-3", "-1e-3"),
        (0.3333333, "0.33", "0.3333333"),
        (7.0, "007", "7.0"),
    ],
)
def test_numbers_are_written_as_they_are_typed_where_python_reads_the_same(value, text, written):
    assert literal(value, text) == written
