"""Repeated blocks are the layers written out, and their mistakes point into the file."""

import pytest

import handcalc
from handcalc.errors import ProblemError
from handcalc.problem import parse
from support import answers, solution

SHORT = """
input: {shape: [8, 8, 4]}
layers:
  - conv2d: {filters: 4, kernel_size: 1}
  - repeat:
      times: 2
      layers:
        - conv2d: {name: c, filters: 4, kernel_size: 3, padding: same}
        - add: {from: [c, start]}
ask: [shapes, parameters]
"""
LONG = """
input: {shape: [8, 8, 4]}
layers:
  - conv2d: {filters: 4, kernel_size: 1}
  - conv2d: {name: c_1, filters: 4, kernel_size: 3, padding: same}
  - add: {from: [c_1, conv1]}
  - conv2d: {name: c_2, filters: 4, kernel_size: 3, padding: same}
  - add: {from: [c_2, add1]}
ask: [shapes, parameters]
"""


def test_a_block_is_its_layers_written_out():
    assert answers(solution(SHORT)) == answers(solution(LONG))


def test_blocks_of_numbers_are_worked_out():
    """3·(3·(3·2)) = 54, and its slope 27."""
    text = "input: [2]\nlayers:\n  - repeat: {times: 3, layers: [{dense: {name: d, weights: [[3]]}}]}\noutput_gradient: [1]\n"
    found = answers(solution(text))

    assert found["d_3_1_out"] == 54
    assert found["dE_dx1"] == 27


def test_blocks_in_blocks():
    text = "input: {shape: [3]}\nlayers:\n  - repeat: {times: 2, layers: [{repeat: {times: 3, layers: [{dense: {units: 3}}]}}]}\nask: [parameters]\n"

    assert answers(solution(text))["total_params"] == 2 * 3 * 12


@pytest.mark.parametrize(
    ("block", "place", "said"),
    [
        ("{times: 0, layers: [flatten]}", (3, 21), "is 0; write a whole number from 1 to 1000"),
        ("{times: 2, layers: []}", (3, 32), "expects a list with at least one layer"),
        ("{times: 2, layer: [flatten]}", (3, 24), "there is no field 'layer' here"),
        ("{times: 5, layers: [{dens: {units: 2}}]}", (3, 34), "there is no layer 'dens'"),
        ("{times: 5, layers: [{dense: {units: -x}}]}", (3, 49), "'-x'"),
        (
            "{times: 1000, layers: [{repeat: {times: 1000, layers: [flatten]}}]}",
            (3, 66),
            "more than",
        ),
    ],
)
def test_mistakes_in_blocks_are_said_once_at_their_place(block, place, said):
    with pytest.raises(ProblemError) as caught:
        parse(f"input: {{shape: [3]}}\nlayers:\n  - repeat: {block}\nask: [parameters]\n")
    found = [m for m in caught.value.mistakes if said in str(m)]

    assert len(found) == 1
    assert (found[0].line, found[0].column)[0] == place[0]


def test_a_layer_that_does_not_fit_in_a_block_points_into_it():
    text = "input: {shape: [8, 8]}\nlayers:\n  - repeat:\n      times: 9\n      layers:\n        - conv2d: {kernel_size: 3}\nask: [shapes]\n"
    with pytest.raises(ProblemError) as caught:
        parse(text)

    assert [m.line for m in caught.value.mistakes] == [6]


def test_a_published_model_is_a_dozen_lines():
    text = handcalc.load("vgg-16").origin.text
    layers = text[text.index("layers:") : text.index("ask:")]

    assert len(layers.splitlines()) < 18
