"""Keys that are no step of any question: slopes, numbers on the way, values after the update."""

from collections.abc import Iterator

from handcalc.formula import is_long, leaves
from handcalc.network import After, Element, Gradient, Local, Part, Ref
from handcalc.questions import _chain
from handcalc.questions._page import Page

_TITLES = {
    Element: "Values",
    Part: "On the way",
    Local: "Slopes",
    Gradient: "Gradients",
    After: "After the update",
}


def write(page: Page) -> None:
    """Each step that is asked and not shown yet, behind those that it needs."""
    begun = {_array(ref) for ref in page.targets if ref in page.shown}
    # The other cells of an array of which some are shown stand in its matrix, or in the answers.
    missing = [ref for ref in page.targets if ref not in page.shown and _array(ref) not in begun]
    title = ""
    for ref in _in_order(page, missing):
        kind = _TITLES.get(type(ref), "Changes")
        if kind != title:
            page.section(kind)
            title = kind
        if isinstance(ref, Gradient):
            _chain.write(page, ref)
            continue
        leaf = page.steps.leaf(ref)
        page.step(page.steps.formula(ref) or leaf if isinstance(ref, Part) else leaf, key=leaf.key)
        page.lines([ref])


def _array(ref: Ref) -> tuple[object, str, int | None]:
    """Which array a step is an element of."""
    element = ref if isinstance(ref, Element) else ref.by if isinstance(ref, Gradient) else None
    if element is None or isinstance(ref, Local):
        return ref, "", None
    return type(ref), element.quantity, element.sample


def _is_factor(page: Page, ref: Ref) -> bool:
    """Is it written among the factors or the paths of the gradient that it leads to?"""
    if isinstance(ref, Gradient):
        return ref.via is not None or not page.steps.stands_alone(ref.by)
    return isinstance(ref, Local)


def _in_order(page: Page, missing: list[Ref]) -> Iterator[Ref]:
    """The missing steps and those behind them that are not shown, each after what it is made of."""
    asked = set(map(page.steps.same, missing))
    waiting = [(page.steps.same(ref), False) for ref in reversed(missing)]
    done: set[Ref] = set()
    while waiting:
        ref, ready = waiting.pop()
        if ref in done or page.steps.is_given(ref) or (ref in page.shown and not ready):
            continue
        formula = page.steps.formula(ref)
        if ready:
            done.add(ref)
            if ref in asked or not _is_factor(page, ref):
                yield ref
            continue
        waiting.append((ref, True))
        if formula is not None and not is_long(formula):
            behind = dict.fromkeys(page.steps.ref(leaf) for leaf in leaves(formula))
            waiting += [
                (other, False)
                for other in reversed(behind)
                if page.wants(other) and other not in page.shown
            ]
