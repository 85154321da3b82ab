"""What the formats print: golden pages, the Markdown gate, widths, and no number lost."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import handcalc
from handcalc import library
from handcalc.document import Document, Line, Lines, Matrix, Note, Paragraph, Table, words
from handcalc.formats import write
from handcalc.formula import Number, Symbol
from handcalc.problem import parse
from markdown_gate import complaints, span_count
from support import solution

GOLDEN = Path(__file__).parent / "golden"
# The pages that people read in the diff: one of each kind. What the others print is held by facts.
READ = (
    "attention-three-words",
    "batch-norm-four-samples",
    "conv-channels",
    "conv-layer-symbolic",
    "cnn-relu-pool",
    "kernels-f1-f2",
    "lstm-classifier",
    "max-pooling-4x4",
    "net-2-2-2",
    "net-3-4-3-2",
    "residual-net",
    "rnn-through-time",
    "siamese-net",
    "transformer-block",
    "two-towers",
    "vanishing-gradient",
)
LEVELS: tuple[Any, ...] = ("brief", "normal", "full")

# Networks that the shipped problems do not cover: every notation, layout, activation and loss.
OTHERS = {
    "matrix notation": """
input: [1, 2]
layers:
  - dense: {name: h, weights: [[0.1, -0.2, 0.3], [0.4, 0.5, -0.6]], bias: [0.1, 0.2, 0.3], activation: relu}
  - dense: {name: o, weights: [[1, 0.5], [-0.3, 1/3], [0.2, 1]], activation: softmax}
target: [0, 1]
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 1/10, form: add}}
notation: {weights: matrix, values: z_a, product: WTx, loss: L, target: y, learning_rate: alpha}
""",
    "symbols": """
input: {shape: [2]}
layers:
  - dense: {name: hidden_layer, units: 2, activation: {leaky_relu: {alpha: 0.1}}}
  - dense: {units: 1, activation: sigmoid}
loss: {mean_squared_error: {error: target_minus_output}}
optimizer: {sgd: {learning_rate: 0.1}}
""",
    "yes or no": """
title: Words_with *marks*, $dollars$ and [brackets](x)
input: [0.00001, 20]
layers:
  - dense: {name: h1, weights: [[0.5, 0.0003], [-1e-3, 4e-5]], bias: first_weight, activation: elu}
  - dense: {name: h2, weights: [[0.5, 0.3, 1]], bias: last_weight, activation: softplus}
  - dense: {name: o, weights: [[0.7]], bias: -1, activation: sigmoid}
target: [1]
loss: {binary_crossentropy: {log: 2}}
optimizer: {sgd: {learning_rate: 0.1}}
notes: ["A < B and C > D, 5 * 3, snake_case and _this_, `code`, $5"]
""".replace("[[0.5, 0.0003], [-1e-3, 4e-5]]", "[[0.5, 0.0003, 1e-6], [-1e-3, 4e-5, 2e-5]]"),
    "wide": """
input: {shape: [30], random: {seed: 1}}
layers:
  - dense: {name: h, units: 25, weights: {random: {seed: 1}}, bias: {random: {seed: 2}}, activation: tanh}
  - dense: {name: o, units: 13, weights: {random: {seed: 3}}, activation: softmax}
target: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.1}}
""",
}


def _pages() -> list[Any]:
    shipped = [pytest.param(library.resolve(n).read_text("utf-8"), id=n) for n in library.names()]
    return [*shipped, *(pytest.param(text, id=name) for name, text in OTHERS.items())]


@pytest.mark.parametrize("name", READ)
def test_golden_page(name, renew):
    """Read the diff when it changes: `pytest --renew` writes the pages anew."""
    path = GOLDEN / f"{name}.txt"
    written = write(handcalc.solve(name), "terminal")
    if renew:
        path.parent.mkdir(exist_ok=True)
        path.write_text(written, "utf-8")

    assert _without_noise(path.read_text("utf-8")) == _without_noise(written)


@pytest.mark.parametrize("name", library.names())
def test_json_holds_the_answers_at_full_precision(name):
    """Every answer by its key, in order, with nothing lost on the way through text."""
    document = handcalc.solve(name)
    found = json.loads(write(document, "json"))["answers"]

    assert list(found) == list(document.answers)
    for key, answer in document.answers.items():
        assert found[key] == {
            "value": answer.value,
            "shown": answer.shown,
            "shape": list(answer.shape),
        }


@pytest.mark.parametrize("name", library.names())
def test_what_a_step_stands_on_was_found_before_it(name):
    found: set[str] = set()
    for step in handcalc.solve(name).steps:
        assert not set(step.stands_on) - found, step.number
        found.update(step.finds)


@pytest.mark.parametrize("name", library.names())
def test_answers_stand_in_the_order_in_which_the_page_finds_them(name):
    """The first wrong answer of a sheet is the first wrong step of the page."""
    document = handcalc.solve(name)
    place = {key: i for i, step in enumerate(document.steps) for key in step.finds}
    order = [place[key] for key in document.answers if key in place]

    assert order == sorted(order)


def _without_noise(page):
    """How near two ways came to each other differs from processor to processor."""
    return re.sub(r"(?<= to )(?:the last digit|[0-9]e-[0-9]+)", "…", re.sub(r"\n *", " ", page))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("text", _pages())
def test_markdown_passes_the_gate(text, level):
    page = write(solution(text, level), "markdown")

    assert complaints(page) == []


def test_a_small_network_stays_within_the_formulas_that_viewers_draw():
    assert span_count(write(handcalc.solve("net-2-2-2"), "markdown")) <= 50


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("text", _pages())
def test_terminal_lines_fit_the_width(text, width):
    page = write(solution(text), "terminal", width=width)
    words_wider = max(len(word) for word in re.split(r"\s+", page))

    assert max(map(len, page.splitlines())) <= max(width, words_wider + 8)


@pytest.mark.parametrize("text", _pages())
def test_no_number_is_lost_between_the_formats(text):
    """Every value of the document stands on the terminal page, at any width."""
    document = solution(text)
    numbers = {
        line.value.text
        for block in document.blocks
        for line in getattr(block, "lines", ())
        if isinstance(line.value, Number)
    }
    for width in (40, 80):
        page = write(document, "terminal", width=width)
        found = set(re.findall(r"-?[0-9](?:,?[0-9.])*(?:e-?[0-9]+)?(?:/[0-9]+)?", page))

        assert not {n for n in numbers if n not in found}
        assert "…" not in re.sub(r"… \+|\+ …|1 … |← … ←|(?<=[0-9])\s+…\s+(?=\w+[0-9])", "", page)


@pytest.mark.parametrize("text", _pages())
def test_ascii_is_ascii(text):
    page = write(solution(text, "full"), "terminal", ascii=True)
    asked = write(solution(text, "full"), "terminal").count("?")

    assert page.isascii()
    assert page.count("?") == asked


@pytest.mark.parametrize("text", _pages())
def test_json_is_plain_and_complete(text):
    document = solution(text)
    found = json.loads(write(document, "json"))

    assert found["handcalc"] == 1
    assert set(found["answers"]) == set(document.answers)
    for answer in found["answers"].values():
        assert set(answer) == {"value", "shown", "shape"}
        assert "0000000000" not in json.dumps(answer["shown"])


def test_a_matrix_wider_than_the_page_is_split_not_squeezed():
    cells = tuple(f"{i}.1234" for i in range(100, 128))
    document = Document("x", "x", (Matrix(Symbol("M", "M"), (cells, cells)),))
    page = write(document, "terminal", width=40)

    assert all(page.count(cell) == 2 for cell in cells)
    assert max(map(len, page.splitlines())) <= 40


def test_a_table_too_wide_for_the_page_becomes_records():
    table = Table(("a", "b", "c"), (("1" * 30, "2" * 30, "3" * 30),), frozenset({0, 1, 2}))
    page = write(Document("x", "x", (table,)), "terminal", width=60)

    assert all(digit * 30 in page for digit in "123")


def test_every_block_is_written_in_every_format():
    blocks = (
        Paragraph(words("words ", Symbol("x", "x1", "1"))),
        Lines((Line(Symbol("x", "x1", "1"), None, None, Number(0.5, "0.5"), exact=False),)),
        Note("remark", words("a note")),
    )
    document = Document("name", "title", blocks)

    assert "x1 ≈ 0.5" in write(document, "terminal")
    assert r"x_1 \approx 0.5" in write(document, "markdown")


def test_a_solution_shows_itself_in_a_notebook():
    found = handcalc.solve("net-2-2-2", ["E"])

    assert found._repr_markdown_() == write(found, "markdown")
    assert str(found) == write(found, "terminal")


def test_the_same_problem_gives_the_same_page():
    once = write(handcalc.solve("net-2-2-2", level="full"), "markdown")

    assert once == write(
        handcalc.solve(
            parse(library.resolve("net-2-2-2").read_text("utf-8"), name="net-2-2-2"), level="full"
        ),
        "markdown",
    )


def test_sizes_stay_linear_a_large_network_is_cut_and_says_so():
    text = OTHERS["wide"].replace("[30]", "[200]")
    page = write(solution(text), "terminal")

    assert len(page) < 200_000
    assert "--format json" in page


def test_the_indices_of_an_updated_kernel():
    page = write(handcalc.solve("cnn-11x7", ["K2[1,1]_new"]), "markdown")

    assert r"k _{11}^{(2),\mathrm{new}}" in page


def test_a_large_layer_has_its_new_values_where_the_answers_have_them():
    """Of 24 weights one gradient is worked out in full; the new weights stand together in the update."""
    layers = "units: 8, weights: {random: {seed: 1}}, bias: 0.1, activation: sigmoid"
    document = solution(f"""
input: [1, 2, 3]
layers:
  - dense: {{name: h, {layers}}}
  - dense: {{name: o, weights: {{random: {{seed: 1}}}}, units: 1, bias: 0.1}}
target: 1
loss: mean_squared_error
optimizer: {{sgd: {{learning_rate: 0.1}}}}
""")
    place = {key: i for i, step in enumerate(document.steps) for key in step.finds}
    order = [place[key] for key in document.answers if key in place]

    assert order == sorted(order)
