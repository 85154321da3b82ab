"""The README's output, problem and Python lines are real."""

import re
from pathlib import Path

import pytest

import handcalc
from handcalc import layers, losses, operations, optimizers, questions, schedules
from handcalc.formats import write
from handcalc.problem import parse
from handcalc.problem.model import Problem
from test_cli import out, run

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def _block(marker: str, language: str) -> str:
    found = re.search(rf"{re.escape(marker)}\n```{language}\n(.*?)```", README, re.DOTALL)
    assert found, marker
    return found.group(1)


def test_the_output_shown_is_what_the_command_prints():
    page = write(handcalc.solve("net-2-2-2"), "terminal")

    assert _block("<!-- from: handcalc solve net-2-2-2 -->", "text") in page


def test_the_two_commands_are_marked_for_the_checks():
    for marker in ("<!-- install and solve -->", "<!-- install and test -->"):
        assert len(_block(marker, "sh").strip().splitlines()) == 1


def test_the_problem_file_solves():
    text = re.search(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert text

    found = handcalc.solve(parse(text.group(1)))

    assert found.answers["w5_new"].value == pytest.approx(0.6924173351299006, abs=1e-15)


def test_the_python_lines_say_what_they_give():
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code
    solution = handcalc.solve("net-2-2-2")
    answer = solution.answers["w5_new"]

    assert f"# {answer.value}" in code.group(1)
    assert f"# '{answer.shown}'" in code.group(1)


def test_every_field_and_word_is_in_the_table():
    for field in Problem.model_fields:
        assert f"`{field}`" in README, field
    words = (
        operations.ACTIVATIONS,
        layers.LAYERS,
        losses.LOSSES,
        optimizers.OPTIMIZERS,
        schedules.SCHEDULES,
        questions.QUESTIONS,
    )
    for word in (word for group in words for word in group):
        assert word in README, word


def test_the_network_that_is_trained_trains(tmp_path):
    import numpy as np

    from handcalc.learning import begin

    random = np.random.default_rng(1)
    classes = np.arange(64) % 10
    pixels = random.integers(0, 100, (64, 28, 28)) + 15 * classes[:, None, None]
    np.savez(tmp_path / "d.npz", x=pixels.astype(np.uint8), y=classes)
    made = begin(
        parse(_block("<!-- trained -->", "yaml"), on_data=True), tmp_path / "d.npz", divide=255.0
    )
    while not made.done:
        made.step()
    losses = [own.loss for own, _ in made.state.curve]

    assert len(losses) == 5
    assert losses[-1] < losses[0]


def test_a_shipped_network_is_trained_and_explained(tmp_path):
    train, solve = _block("<!-- train and explain -->", "sh").strip().splitlines()
    assert "72 samples that were held back" in out(run(*train.split()[1:], cwd=tmp_path))

    assert "Sample 7 of data/digits-0-1.csv" in out(run(*solve.split()[1:], cwd=tmp_path))


def test_the_network_of_another_shape_solves():
    """Its gradients by the shared weights are the sums over both uses: by central differences."""
    texts = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    text = next(t for t in texts if "use:" in t)
    found = handcalc.solve(parse(text)).answers["dE_dw1"].value

    def loss(w1: float) -> float:
        moved = text.replace("[[0.6, -0.4]", f"[[{w1!r}, -0.4]")
        return handcalc.solve(parse(moved), ["E"]).answers["E"].value

    slope = (loss(0.6 + 1e-5) - loss(0.6 - 1e-5)) / 2e-5
    assert found == pytest.approx(slope, rel=1e-7)
