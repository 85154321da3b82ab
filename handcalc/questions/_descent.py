"""Plots of descent: the curve of the loss over the only learned number, or the loss over the steps.

The path on the curve is (w, E(w)) after 0, 1, 2, … steps; the tangent E(w₀) + E'(w₀)·(w - w₀) is what a step goes by.
"""

from math import isfinite

from handcalc.document import Curve, Plot, Point, Visited, evenly
from handcalc.formula.text import text
from handcalc.network import After, Gradient, Steps
from handcalc.network.curve import Along
from handcalc.network.training import Course, Training
from handcalc.questions._page import Page

GRID = 101
"""Points of a curve."""
MOST_VISITED = 60
"""Points of the path; of more steps some are left out."""
MOST_STEPS = 200
"""Points of the loss over the steps."""
MOST_VALUES = 100_000
"""Values of a network, worked out for each point of the curve."""
LEAST_STEPS = 3
"""Two points say no more than two numbers."""
ROOM = 0.15
"""What is seen to both sides of the path, as a share of its width."""
HIGH = 3.0
"""How far above and below the path a curve is followed, in heights of the path."""


def of_one_step(page: Page) -> None:
    """The curve with the step that the page is about; where there are several, that of all of them has it."""
    steps = page.steps
    if page.level == "brief" or page.training_step or page.wanted is not None:
        return
    if len(steps.learned_elements) != 1:
        return
    element = steps.learned_elements[0]
    places = [steps.exact(element), steps.exact(After(element))]
    _path(page, places, (steps, steps))


def of_steps(page: Page, training: Training, course: Course) -> None:
    """The curve with all steps on it; where several numbers are learned, the loss before each step."""
    if page.level == "brief" or page.problem.rule is not None:
        return
    if course.places:
        _path(page, course.places, (training.at(1), training.at(training.count)))
    elif len(course.losses) >= LEAST_STEPS:
        _losses(page, course.losses)


def _losses(page: Page, losses: list[float]) -> None:
    letter, count = page.steps.notation.loss_letter, len(losses)
    points = tuple((float(i + 1), losses[i]) for i in evenly(count, MOST_STEPS))
    of_them = f" ({len(points)} of them are drawn)" if len(points) < count else ""
    caption = f"{letter} before each of the {count} steps{of_them}."
    page.add(Plot("step", letter, caption, (Curve(letter, points),)))


def _path(page: Page, places: list[float], ends: tuple[Steps, Steps]) -> None:
    """The curve around the path; nothing where a point of the path has no finite place."""
    steps, count = ends[0], len(places) - 1
    element = steps.learned_elements[0]
    along = Along(steps.network, element, steps.result.values)
    if along.size > MOST_VALUES:
        return
    path = list[Visited]()
    for i in evenly(len(places), MOST_VISITED):
        height = along.at(places[i]) if isfinite(places[i]) else None
        if height is None:
            return
        path.append(Visited(i, (places[i], height)))
    low, high = _ends(path)
    # Beyond what floats hold there is nothing to be drawn.
    curve = tuple(along.curve(_grid(path), *_seen(path, along))) if isfinite(high - low) else ()
    if not any(curve):
        return
    name, letter = text(steps.leaf(element)), page.steps.notation.loss_letter
    curves = (Curve(letter, curve), *_tangent(steps, name, curve, path[0].at))
    first, last = steps.written(element).text, ends[1].written(After(element)).text
    when = "before and after the step" if count == 1 else f"after 0 to {count} steps"
    few = f"; {len(path)} of these points are drawn" if len(path) <= count else ""
    caption = f"{letter} over {name}, with {name} {when}, from {first} to {last}{few}."
    page.add(Plot(name, letter, caption, curves, tuple(path)))


def _ends(path: list[Visited]) -> Point:
    """From where to where the curve is seen."""
    xs = [visited.at[0] for visited in path]
    low, high = min(xs), max(xs)
    room = ROOM * (high - low) or abs(low) / 2 or 1.0
    return low - room, high + room


def _grid(path: list[Visited]) -> list[float]:
    """Equal distances, and the points of the path between them."""
    low, high = _ends(path)
    shares = (i / (GRID - 1) for i in range(GRID))
    equal = ((1 - share) * low + share * high for share in shares)
    return sorted({*equal, *(visited.at[0] for visited in path)})


def _seen(path: list[Visited], along: Along) -> Point:
    """How low and how high the curve is followed."""
    ys = [visited.at[1] for visited in path]
    if max(ys) == min(ys):
        found = (along.at(x) for x in _grid(path))
        ys += [y for y in found if y is not None]
        return min(ys), max(ys)
    room = HIGH * (max(ys) - min(ys))
    return min(ys) - room, max(ys) + room


def _tangent(
    steps: Steps, name: str, curve: tuple[Point | None, ...], at: Point
) -> tuple[Curve, ...]:
    """From end to end of what is drawn; none where the optimizer goes by more than this slope."""
    element = steps.learned_elements[0]
    slope = steps.exact(Gradient(element))
    if steps.optimizer.state or slope == 0:
        return ()
    xs, ys = zip(*(point for point in curve if point is not None), strict=True)
    crossing = sorted(at[0] + (y - at[1]) / slope for y in (min(ys), max(ys)))
    low, high = max(min(xs), crossing[0]), min(max(xs), crossing[1])
    if not low < high:
        return ()
    points = tuple((x, at[1] + slope * (x - at[0])) for x in (low, high))
    return (Curve(f"its tangent at {name} = {steps.written(element).text}", points),)
