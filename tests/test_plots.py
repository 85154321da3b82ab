"""Plots: points where arithmetic has them, on axes with round ticks, whole within every width; curves that break."""

import csv
import io
import math
import random
import re
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

import handcalc
from handcalc import formats
from handcalc.document import MOST_POINTS, Curve, Document, Plot, Visited, evenly
from handcalc.errors import HandcalcError
from handcalc.formats import write
from handcalc.formats._plot import Axis, axes, with_room
from handcalc.formats._plot_text import plain, rows
from support import solution

SVG = "{http://www.w3.org/2000/svg}"
SQUARE = """
learned: {x: 5}
values: {f: (x - 2)^2}
optimizer: {sgd: {learning_rate: 0.1}}
steps: 5
"""
TWO = """
learned: {w: 1, v: 2}
values: {E: (w - 3)^2 + v^2}
optimizer: {sgd: {learning_rate: 0.1}}
steps: 4
"""
SAMPLES = """
learned: {w: 2}
values: {E: (w*x - t)^2}
samples: [{input: {x: 1}, target: 1}, {input: {x: 2}, target: 3}]
optimizer: {sgd: {learning_rate: 0.1}}
steps: 4
"""


def plots(document: Document) -> list[Plot]:
    return [block for block in document.blocks if isinstance(block, Plot)]


def only(document: Document) -> Plot:
    (found,) = plots(document)
    return found


def of(*curves: list[tuple[float, float]], path: Any = ()) -> Plot:
    """A plot of plain points."""
    made = tuple(Curve(f"c{i}", tuple(points)) for i, points in enumerate(curves))
    return Plot("x", "y", "A caption.", made, tuple(Visited(i, at) for i, at in enumerate(path)))


def descent(w: float, rate: float, steps: int) -> list[float]:
    """X after 0, 1, 2, … steps down (x - 2)²."""
    places = [w]
    for _ in range(steps):
        places.append(places[-1] - rate * 2 * (places[-1] - 2))
    return places


# --- what is plotted ---------------------------------------------------------------------------------


def test_the_path_is_that_of_a_loop():
    path = only(solution(SQUARE)).path
    expected = descent(5, 0.1, 5)

    assert [v.step for v in path] == list(range(6))
    assert [v.at[0] for v in path] == pytest.approx(expected, abs=1e-12)
    assert [v.at[1] for v in path] == pytest.approx([(x - 2) ** 2 for x in expected], abs=1e-12)


def test_the_curve_is_the_function_and_reaches_beyond_the_path():
    plot = only(solution(SQUARE))
    points = plot.curves[0].there
    xs = [x for x, _ in points]

    assert None not in plot.curves[0].points
    assert all(y == pytest.approx((x - 2) ** 2, abs=1e-12) for x, y in points)
    assert xs == sorted(xs)
    assert len(points) >= 100
    assert xs[0] < min(v.at[0] for v in plot.path) < max(v.at[0] for v in plot.path) < xs[-1]
    assert {v.at for v in plot.path} <= set(points)


def test_the_tangent_has_the_slope_of_the_curve_at_the_start():
    """At 5 the slope of (x - 2)² is 6."""
    (x, y), (to_x, to_y) = only(solution(SQUARE)).curves[1].there

    assert (to_y - y) / (to_x - x) == pytest.approx(6, abs=1e-9)
    assert y + 6 * (5 - x) == pytest.approx(9, abs=1e-9)


def test_an_optimizer_with_a_memory_goes_by_more_than_the_slope():
    assert len(only(handcalc.solve("momentum-on-a-cubic")).curves) == 1
    assert len(only(handcalc.solve("adam-on-a-square")).curves) == 1


def test_descent_slides_to_the_minimum_that_the_problem_names():
    """1 - 0.3·2 = 0.4 of the way is left by each step: aₙ - 2 = 3·0.4ⁿ."""
    plot = only(handcalc.solve("descent-to-the-minimum"))
    places = [v.at[0] for v in plot.path]

    assert [a - 2 for a in places] == pytest.approx([3 * 0.4**n for n in range(7)], abs=1e-12)
    assert min(plot.curves[0].there, key=lambda p: p[1])[0] == pytest.approx(2, abs=0.03)
    assert plot.caption == "L over a, with a after 0 to 6 steps, from 5 to 2.0123."


def test_one_step_is_plotted_where_its_update_is_shown():
    """x³ - 3x² + 2 has the slope 24 at 4, so that a step of 0.1 leads to 1.6."""
    plot = only(handcalc.solve("descent-of-a-cubic"))
    f = {x: x**3 - 3 * x**2 + 2 for x in (4, 1.6)}

    assert [v.at for v in plot.path] == [pytest.approx(item, abs=1e-12) for item in f.items()]
    assert plot.caption == "f over x, with x before and after the step, from 4 to 1.6."


def test_the_loss_of_all_samples_is_one_curve():
    """The mean of (w - 1)² and (2w - 3)²."""
    plot = only(solution(SAMPLES))

    for w, y in plot.curves[0].there:
        assert y == pytest.approx(((w - 1) ** 2 + (2 * w - 3) ** 2) / 2, abs=1e-12)


def test_two_learned_numbers_have_the_loss_over_the_steps():
    w, v, expected = 1.0, 2.0, []
    for _ in range(4):
        expected.append((w - 3) ** 2 + v**2)
        w, v = w - 0.1 * 2 * (w - 3), v - 0.1 * 2 * v
    plot = only(solution(TWO))

    assert [x for x, _ in plot.curves[0].there] == [1, 2, 3, 4]
    assert [y for _, y in plot.curves[0].there] == pytest.approx(expected, abs=1e-12)
    assert plot.path == ()
    assert (plot.x, plot.y, plot.caption) == ("step", "E", "E before each of the 4 steps.")


@pytest.mark.parametrize(
    "text",
    [
        SAMPLES + "batch_size: 1\n",
        TWO.replace("steps: 4", "steps: 2"),
        TWO.replace("steps: 4\n", ""),
    ],
)
def test_what_would_say_something_false_or_nothing_is_not_plotted(text):
    """The loss of other samples in each step is no curve; two points are two numbers."""
    assert not plots(solution(text))


@pytest.mark.parametrize(
    ("x", "rate"), [("1e300", "-1.7e308"), ("1e-150", "-1e150"), ("-1e308", "1e300")]
)
def test_at_the_end_of_all_numbers_a_plot_is_finite_or_is_not_there(x, rate):
    text = f"learned: {{x: {x}}}\nvalues: {{f: tanh(x)}}\noptimizer: {{sgd: {{learning_rate: {rate}}}}}\n"
    for plot in plots(solution(text + "steps: 1\n")):
        assert ET.fromstring(write(Document("x", "T", (plot,)), "svg")) is not None
        assert rows(plot, 40)


def test_rules_without_a_loss_have_no_plot():
    assert not plots(handcalc.solve("perceptron-and"))


def test_short_solutions_and_those_of_single_keys_have_no_plot():
    assert not plots(handcalc.solve("adam-on-a-square", level="brief"))
    assert not plots(handcalc.solve("adam-on-a-square", ["theta@step2"]))
    assert not plots(handcalc.solve("descent-of-a-cubic", level="brief"))
    assert not plots(handcalc.solve("descent-of-a-cubic", ["x_new"]))


def test_of_many_steps_some_are_drawn_and_the_caption_says_so():
    long = only(solution(SQUARE.replace("steps: 5", "steps: 900")))
    losses = only(solution(TWO.replace("steps: 4", "steps: 900")))

    assert [long.path[0].step, long.path[-1].step] == [0, 900]
    assert len(long.path) == 60
    assert "60 of these points are drawn" in long.caption
    assert [losses.curves[0].there[i][0] for i in (0, -1)] == [1, 900]
    assert "(200 of them are drawn)" in losses.caption
    for visited in long.path:
        x = descent(5, 0.1, visited.step)[-1]
        assert visited.at == pytest.approx((x, (x - 2) ** 2), abs=1e-9)


@pytest.mark.parametrize(
    ("value", "rate", "breaks"),
    [
        ("1/x + x^2/50", -2, [0]),
        ("sign(x) + x^2", 0.8, [0]),
        ("1/(x - 1/3) + x^2", -1, [1 / 3]),
        ("x^2 + 50*tanh(40*x)", 0.8, []),
        ("|x| + x^2", 0.8, []),
        ("sin(30*x) + x^2", 0.03, []),
    ],
)
def test_a_pole_or_a_jump_breaks_the_curve_and_nothing_else_does(value, rate, breaks):
    """No line is drawn over a place without a value: the parts lie on both sides of it."""
    text = f"learned: {{x: 1}}\nvalues: {{f: '{value}'}}\noptimizer: {{sgd: {{learning_rate: {rate}}}}}\n"
    curve = only(solution(text + "steps: 3\n")).curves[0]
    gaps, last, broken = [], None, False
    for point in curve.points:
        if point is not None and last is not None and broken:
            gaps.append((last[0], point[0]))
        broken = point is None
        last = point or last

    assert len(gaps) == len(breaks)
    for (left, right), at in zip(gaps, breaks, strict=True):
        assert left < at <= right or left <= at < right


def test_a_curve_ends_where_its_function_does():
    """X·ln(x) has no value on the other side of 0."""
    text = (
        "learned: {x: 1}\nvalues: {f: x*ln(x)}\noptimizer: {sgd: {learning_rate: 0.9}}\nsteps: 1\n"
    )
    points = only(solution(text)).curves[0].points
    there = [p for p in points if p is not None]

    assert min(x for x, _ in there) > 0
    assert all(y == pytest.approx(x * math.log(x), abs=1e-12) for x, y in there)


# --- a plot is bounded -------------------------------------------------------------------------------


def test_a_plot_has_points_and_not_too_many():
    with pytest.raises(ValueError, match="1 to 2000 points, not 0"):
        Plot("x", "y", "", ())
    with pytest.raises(ValueError, match="not 2001"):
        of([(float(i), 0.0) for i in range(MOST_POINTS + 1)])
    for wrong in (math.nan, math.inf):
        with pytest.raises(ValueError, match="finite"):
            of([(0.0, wrong)])


@pytest.mark.parametrize(("count", "most"), [(1, 5), (5, 5), (6, 5), (1000, 60), (61, 60)])
def test_some_of_many_are_taken_at_equal_distances(count, most):
    taken = evenly(count, most)

    assert taken[0] == 0
    assert taken[-1] == count - 1
    assert len(taken) == min(count, most) == len(set(taken))
    assert max(b - a for a, b in pairwise([*taken, taken[-1]])) <= count / most + 1


# --- scales ------------------------------------------------------------------------------------------

RANDOM = random.Random(5)
RANGES = [
    (0.0, 1.0), (-3.0, 5.0), (1.0, 30.0), (0.999, 1.001), (1e-9, 3e-9), (-2e30, 5e30), (-1.7e308, 1.7e308),
    (123456.0, 123457.0), (-1e-300, 1e-300), (0.1, 0.7),
    *((a := RANDOM.uniform(-1, 1) * 10 ** RANDOM.randint(-8, 8), a + 10 ** RANDOM.uniform(-1, 3) * abs(a)) for _ in range(40)),
]  # fmt: skip


@pytest.mark.parametrize(("low", "high"), RANGES)
@pytest.mark.parametrize("most", [3, 5, 8])
def test_ticks_are_round_inside_and_as_many_as_have_room(low, high, most):
    ticks = Axis(low, high).ticks(most)
    values = [Fraction(label) for _, label in ticks]
    steps = {b - a for a, b in pairwise(values)}

    assert 1 <= len(ticks) <= most
    assert len(ticks) >= most // 3
    assert all(Fraction(low) <= value <= Fraction(high) for value in values)
    assert all(float(label) == pytest.approx(value, rel=1e-12) for value, label in ticks)
    assert len(steps) <= 1
    for step in steps:
        digits = Fraction(step)
        while digits >= 10:
            digits /= 10
        while digits < 1:
            digits *= 10
        assert digits in (1, 2, 5)


def test_steps_have_no_halves():
    across, _ = axes(of([(1.0, 0.3), (2.0, 0.2), (3.0, 0.1)]))

    assert [label for _, label in across.ticks(8)] == ["1", "2", "3"]


@pytest.mark.parametrize("value", [0.0, 3.0, -1e-12, 1.5e308])
def test_values_that_are_all_the_same_have_an_axis(value):
    across, up = axes(of([(value, value)]))

    assert across.low < value < across.high or value == 1.5e308
    assert 0 <= up.share(value) <= 1
    assert up.ticks(5)


def test_numbers_that_would_lie_on_each_other_are_left_out_the_ends_last():
    boxes = [(float(i), 0.0, i + 1.5, 1.0) for i in range(5)]

    assert with_room(boxes) == [0, 2, 4]
    assert with_room(boxes, [(0.0, 0.0, 0.5, 1.0)]) == [1, 4]
    assert with_room([]) == []


# --- text --------------------------------------------------------------------------------------------

WIDE = {
    "ln": of([(0.01 * i, math.log(0.01 * i)) for i in range(1, 100)]),
    "large": of([(1e300 * i, -1e300 * i * i) for i in range(20)], path=[(0, 0), (1e301, -1e302)]),
    "narrow": of([(1 + i * 1e-4, 7 + i * 1e-5) for i in range(20)]),
    "one": of([(1.0, 2.0)]),
    "two": of([(1.0, 2.0), (9.0, 4.0)], [(1.0, 3.0), (9.0, 1.0)]),
    "long names": Plot(
        "learning_rate_of_the_whole_network_" * 3,
        "β_" * 70,
        "θ" * 30,
        (Curve("first_" * 30, ((0, 0), (1, 1))), Curve("second_" * 30, ((0, 1), (1, 0)))),
        tuple(Visited(10**i, (i / 9, i / 9)) for i in range(10)),
    ),
}


@pytest.mark.parametrize("name", WIDE)
@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_no_line_is_wider_than_the_terminal(name, width, ascii_only):
    made = Document("x", "T", (WIDE[name],))
    text = write(made, "terminal", width=width, ascii=ascii_only)
    drawn = [plain(row) for row in rows(WIDE[name], width, ascii_only=ascii_only)]

    assert max(map(len, text.splitlines())) <= width
    assert max(map(len, drawn)) <= width
    assert 14 <= len(drawn) <= 18
    assert not ascii_only or text.isascii()


@pytest.mark.parametrize(
    "name", ["adam-on-a-square", "descent-to-the-minimum", "net-2-2-2-trained"]
)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_the_drawing_stands_in_the_page_as_it_is(name, width):
    """Nothing of it is wrapped or cut."""
    document = handcalc.solve(name)
    for ascii_only in (False, True):
        page = write(document, "terminal", width=width, ascii=ascii_only)
        drawn = [plain(row) for row in rows(only(document), width - 2, ascii_only=ascii_only)]
        whole = "\n".join(f"  {line}".rstrip() for line in drawn)

        assert whole in page
        assert not ascii_only or page.isascii()


def _dots(line: str, at: int) -> list[tuple[int, int]]:
    """The raised dots of a line of braille, by the order of their bits in the Unicode Standard."""
    order = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
    found = []
    for column, letter in enumerate(line[at:]):
        bits = ord(letter) - 0x2800 if 0x2800 <= ord(letter) < 0x2900 else 0
        found += [(2 * column + x, y) for i, (x, y) in enumerate(order) if bits >> i & 1]
    return found


def test_dots_of_braille_lie_on_the_curve():
    """Of y = x² from 0 to 1, in a box with a margin of a twentieth above and below."""
    plot = of([(i / 200, (i / 200) ** 2) for i in range(201)])
    lines = [plain(row) for row in rows(plot, 80)][1:13]
    start = next(line.index("│") for line in lines if "│" in line) + 1
    dots = [(x, 4 * row + y) for row, line in enumerate(lines) for x, y in _dots(line, start)]
    last = max(x for x, _ in dots)

    assert {x for x, _ in dots} == set(range(last + 1))
    for x, y in dots:
        height = 1 - y / 47
        assert height == pytest.approx((0.05 + (x / last) ** 2) / 1.1, abs=0.03)


def test_a_break_is_blank():
    plot = Plot("x", "y", "", (Curve("y", ((0, 0), (4, 0), None, (6, 0), (10, 0))),))
    line = next(plain(r) for r in rows(plot, 60, ascii_only=True) if "*" in plain(r))

    assert re.fullmatch(r"[^*]*\*{20,} {8,12}\*{20,}", line)


def test_points_are_numbered_in_order_and_nine_and_ten_do_not_touch():
    spread = of([(0.0, 0.0), (12.0, 0.0)], path=[(float(i), 0.0) for i in range(13)])
    line = next(plain(r) for r in rows(spread, 80, ascii_only=True) if "0*" in plain(r))
    close = of([(0.0, 0.0), (100.0, 0.0)], path=[(float(i), 0.0) for i in range(13)])
    crowded = next(
        plain(r) for r in rows(close, 80, ascii_only=True) if "0o" in plain(r) or "01" in plain(r)
    )

    assert re.findall(r"\d+", line.partition("0*")[2]) == [str(i) for i in range(1, 13)]
    assert "910" not in crowded
    assert "1011" not in crowded


def test_two_curves_have_two_looks_and_a_legend():
    drawn = [plain(row) for row in rows(WIDE["two"], 60, ascii_only=True)]
    colored = write(Document("x", "T", (WIDE["two"],)), "terminal", color=True)

    assert drawn[-1] == "** c0   ++ c1"
    assert any("*" in line for line in drawn[:-1])
    assert any("+" in line.partition("|")[2] for line in drawn[1:13])
    assert len(set(re.findall(r"\x1b\[3\dm", colored))) >= 2


def test_the_caption_is_said_in_every_format_for_people():
    document = handcalc.solve("descent-to-the-minimum")
    caption = only(document).caption

    for word in ("terminal", "markdown", "html"):
        assert caption in write(document, word, width=120), word
    assert caption in write(document, "svg")


def test_markdown_draws_in_a_fence_in_characters_of_one_width():
    text = write(handcalc.solve("descent-to-the-minimum"), "markdown")
    fence = re.search(r"```text\n(.*?)```\n\n\*L over a", text, re.DOTALL)

    assert fence
    assert fence[1].isascii()
    assert "0" in fence[1]


# --- tables ------------------------------------------------------------------------------------------


def test_csv_has_the_steps_and_the_curve():
    text = write(handcalc.solve("descent-to-the-minimum"), "csv")
    lines = list(csv.reader(io.StringIO(text)))
    at = lines.index(["step", "a", "L"])
    path = [[float(cell) for cell in line] for line in lines[at + 1 : at + 8]]
    begin = lines.index(["a", "L", "its tangent at a = 5"])
    curve = [line for line in lines[begin + 1 :] if len(line) == 3 and line[1]]

    assert [row[0] for row in path] == list(range(7))
    assert [row[1] - 2 for row in path] == pytest.approx([3 * 0.4**n for n in range(7)], abs=1e-8)
    assert len(curve) > 100
    for a, value, _ in curve:
        assert float(value) == pytest.approx((float(a) - 2) ** 2 + 1, abs=1e-6)


# --- SVG ---------------------------------------------------------------------------------------------


def _scale(root: ET.Element, letter: str) -> tuple[float, float]:
    """Pixels = a + b·value of an axis, as its first and last tick have it."""
    anchor, place = {"x": ("middle", "x"), "y": ("end", "y")}[letter]
    shift = 4 if letter == "y" else 0
    ticks = [
        (float(t.text or ""), float(t.get(place, "")) - shift)
        for t in root.iter(f"{SVG}text")
        if t.get("text-anchor") == anchor and t.get("class") is None
    ]
    (value, at), (last, end) = ticks[0], ticks[-1]
    b = (end - at) / (last - value)
    return at - b * value, b


@pytest.mark.parametrize("text", [SQUARE, SAMPLES, SQUARE.replace("x: 5", "x: -50")])
def test_points_of_a_drawing_lie_where_its_ticks_say(text):
    document = solution(text)
    root = ET.fromstring(write(document, "svg"))
    (ax, bx), (ay, by) = _scale(root, "x"), _scale(root, "y")
    points = [c for c in root.iter(f"{SVG}circle") if c.get("class") == "point"]
    path = only(document).path

    assert len(points) == len(path)
    for circle, visited in zip(points, path, strict=True):
        assert float(circle.get("cx", "")) == pytest.approx(ax + bx * visited.at[0], abs=0.3)
        assert float(circle.get("cy", "")) == pytest.approx(ay + by * visited.at[1], abs=0.3)
    box = root.find(f"{SVG}rect")
    assert box is not None
    left, top, wide, high = (float(box.get(k, "")) for k in ("x", "y", "width", "height"))
    for drawn in root.iter(f"{SVG}path"):
        if (drawn.get("class") or "").startswith("curve") and " L" in drawn.get("d", ""):
            pairs = re.findall(r"([\d.-]+),([\d.-]+)", drawn.get("d", ""))
            assert all(left - 0.1 <= float(x) <= left + wide + 0.1 for x, _ in pairs)
            assert all(top - 0.1 <= float(y) <= top + high + 0.1 for _, y in pairs)


def test_a_drawing_runs_nothing_and_says_what_it_shows():
    text = SQUARE.replace("{x: 5}", "{x: 5}\ntitle: '<script>alert(1)</script> & \"'")
    drawn = write(solution(text), "svg")
    root = ET.fromstring(drawn)

    assert root.get("role") == "img"
    assert (root.findtext(f"{SVG}title") or "").startswith("f over x, with x after 0 to 5 steps")
    assert not [e for e in root.iter() if e.tag.endswith(("script", "image", "use", "a"))]
    assert not re.search(r"url\(|@import|href|onload", drawn)


def test_names_in_a_drawing_are_words_and_no_markup():
    made = Document("x", "T", (Plot("<a>", "&", "<b>\x00", (Curve("<i>", ((0, 0), (1, 1))),)),))

    for word in ("svg", "html"):
        root = ET.fromstring(write(made, word))
        assert {"<a>", "&"} <= {e.text for e in root.iter() if e.tag.endswith("text")}


def test_a_break_is_no_line_and_a_single_point_is_a_dot():
    plot = Plot("x", "y", "", (Curve("y", ((0, 0), (4, 0), None, (6, 0), None)),))
    root = ET.fromstring(write(Document("x", "T", (plot,)), "svg"))

    assert [e.get("class") for e in root.iter(f"{SVG}path") if e.get("class") != "grid"] == [
        "curve-1"
    ]
    assert [e.get("class") for e in root.iter(f"{SVG}circle")] == ["curve-1"]


def test_a_graph_and_a_plot_stand_below_each_other():
    text = SQUARE.replace("{f: (x - 2)^2}", "{u: x - 2, f: u^2}")
    root = ET.fromstring(write(solution(text), "svg"))
    first, second = root.findall(f"{SVG}svg")

    assert (first.get("class"), second.get("class")) == ("graph", "plot")
    assert float(second.get("y", "")) == float(first.get("height", ""))
    assert float(root.get("height", "")) == sum(float(s.get("height", "")) for s in (first, second))


def test_what_cannot_be_drawn_is_said():
    with pytest.raises(HandcalcError, match="draws no graph and no plot: a whole one does"):
        write(handcalc.solve("descent-to-the-minimum", level="brief"), "svg")
    with pytest.raises(HandcalcError, match=r"plot of this solution is written with -o plot\.svg"):
        formats.encoded(handcalc.solve("descent-to-the-minimum"), "png")
    with pytest.raises(HandcalcError) as caught:
        formats.encoded(handcalc.solve("descent-to-the-minimum", level="brief"), "png")
    assert "plot" not in str(caught.value)


def test_every_look_of_a_plot_is_in_the_style_of_pages_and_of_drawings():
    css = (Path(formats.__file__).parent / "page.css").read_text("utf-8")
    drawn = write(solution(SQUARE), "svg")
    kinds = {"grid", "name", "point", "curve-1", "curve-2", "curve-3", "curve-4"}

    for kind in kinds:
        assert re.search(rf"\.plot [a-z]*\.{kind}\b", css), kind
        assert re.search(rf"\.plot [a-z]*\.{kind}\b", drawn), kind


def test_a_page_holds_the_drawing_with_its_caption():
    root = ET.fromstring(write(solution(SQUARE), "html"))
    figure = root.find(".//{http://www.w3.org/1999/xhtml}figure")

    assert figure is not None
    assert [e.tag.rpartition("}")[2] for e in figure] == ["svg", "figcaption"]
    # It is as wide as there is room: only the box of its own coordinates is fixed.
    assert figure[0].get("width") is None
    assert figure[0].get("viewBox")
