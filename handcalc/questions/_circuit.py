"""The graph of the file's values: what each is made of, its value above and its gradient below."""

from handcalc.document import Graph, Vertex
from handcalc.formula import Dots, Formula, is_long, leaves
from handcalc.formula.text import text
from handcalc.network import Element, Gradient, Local
from handcalc.network.graph import GIVEN, LOSS
from handcalc.questions import _cases
from handcalc.questions._page import Page

LONGEST = 60
"""Characters of a formula up to which it stands in the graph beside its name; of a longer one dots do."""
MOST_VERTICES = 60
"""Values up to which the graph is drawn: beyond, nobody sees anything in it."""


def write(page: Page, *, gradients: bool) -> None:
    """The graph of the first sample, with or without gradients."""
    network = page.network
    if not network.of_values or page.wanted is not None or page.level == "brief":
        return
    sample = page.steps.samples[0] if page.steps.samples else None
    drawn = drawable(page, sample)
    if drawn is None:
        return
    of_one = sample is not None and not network.mixes
    page.step(
        "The graph" + (f", sample {page.network.sample_number(sample or 0)}" if of_one else "")
    )
    said = "what it is made of"
    if not network.symbolic:
        said += ", its number" + (" and the gradient by it" if gradients else "")
    page.say(f"Each value that leads to {page.steps.notation.loss_letter}: {said}.")
    page.add(graph(page, drawn, sample, gradients=gradients))


def drawable(page: Page, sample: int | None) -> list[Element] | None:
    """The numbers that lead to the last value, in the order of computing; None of very many, or of one formula."""
    steps, names = page.steps, list(page.network.quantities)
    last = steps.same_element(Element(LOSS, (), sample))
    found, waiting = {last}, [last]
    while waiting and len(found) <= MOST_VERTICES:
        formula = steps.formula(waiting.pop())
        if formula is not None and is_long(formula):
            return None
        refs = (steps.ref(leaf) for leaf in leaves(formula)) if formula is not None else ()
        new = {ref for ref in refs if isinstance(ref, Element)} - found
        found |= new
        waiting += new
    made = sum(steps.formula(element) is not None for element in found)
    if not made > 1 or len(found) > MOST_VERTICES:
        return None
    return sorted(found, key=lambda element: (names.index(element.quantity), element.index))


def graph(page: Page, drawn: list[Element], sample: int | None, *, gradients: bool) -> Graph:
    """The block: a vertex for each value."""
    places = {element: i for i, element in enumerate(drawn)}
    vertices = []
    for element in drawn:
        formula = page.steps.formula(element)
        into = () if formula is None else tuple(_made_of(page, formula, places))
        written = None if formula is None else _cases.by_names(formula)
        long = written is not None and (is_long(written) or len(text(written)) > LONGEST)
        shown = Dots(1) if long else written
        slopes = tuple(_slope(page, element, drawn[i], sample) for i in into) if gradients else ()
        vertices.append(
            Vertex(
                page.steps.leaf(element),
                shown,
                page.text(element),
                _gradient(page, element, sample, gradients=gradients),
                into,
                slopes if any(slopes) else (),
            )
        )
    return Graph(tuple(vertices))


def _made_of(page: Page, formula: Formula, places: dict[Element, int]) -> list[int]:
    found: dict[int, None] = {}
    for leaf in leaves(formula):
        ref = page.steps.ref(leaf)
        if isinstance(ref, Element):
            found[places[ref]] = None
    return list(found)


def _gradient(page: Page, element: Element, sample: int | None, *, gradients: bool) -> str:
    """∂f/∂ the value, as it is written; 1 at the last one, nothing at a target."""
    kind = page.network.quantities[element.quantity].kind
    if not gradients or page.network.symbolic or kind == "target":
        return ""
    if element.quantity == LOSS:
        return "1"
    if kind in GIVEN and kind not in ("input", "learned"):
        return ""
    return page.text(Gradient(_in_sample(page, element, sample)))


def _in_sample(page: Page, element: Element, sample: int | None) -> Element:
    """The element as a gradient sees it: of what all samples share, in the sample that is drawn."""
    if element.sample is not None or page.network.mixes:
        return element
    return Element(element.quantity, element.index, sample)


def _slope(page: Page, of: Element, by: Element, sample: int | None) -> str:
    """∂of/∂by as it is written; what the last value depends on in other ways too has a part of its gradient."""
    kind = page.network.quantities[by.quantity].kind
    if page.network.symbolic or kind == "target":
        return ""
    slope = Local(of, _in_sample(page, by, sample))
    several = of.quantity == LOSS and page.steps.same(slope) == slope
    return page.text(Gradient(slope.by, of) if several else slope)
