"""Back through a normalization at once: its paths put together, and shown to be the same."""

from fractions import Fraction

from handcalc.document import Line, Lines, words
from handcalc.formula import Formula, Number, Product, elide, sqrt, total
from handcalc.network import Element, Gradient, Node
from handcalc.operations._groups import Statistic
from handcalc.operations.group_normalize import GroupNormalize
from handcalc.operations.group_variance import GroupVariance
from handcalc.questions._page import MOST_TERMS, Page


def write(page: Page, ref: Gradient) -> None:
    """∂E/∂x_i = 1/√(σ² + ε)·(∂E/∂x̂_i - 1/n Σ ∂E/∂x̂_j - x̂_i·1/n Σ ∂E/∂x̂_j·x̂_j)."""
    if ref.via is not None:
        return
    nodes = [node for node, _ in page.network.consumers(ref.by.quantity)]
    node = next(
        (
            n
            for n in nodes
            if isinstance(n.operation, GroupNormalize) and n.inputs[0] == ref.by.quantity
        ),
        None,
    )
    if node is None or not all(n is node or isinstance(n.operation, Statistic) for n in nodes):
        return
    normalize = node.operation
    assert isinstance(normalize, GroupNormalize)
    if normalize.outside or len(nodes) < 2:
        return
    formula = _compact(page, ref.by, node, normalize)
    steps = page.steps
    page.say("The same at once, the paths put together:")
    if page.network.symbolic:
        page.add(Lines((Line(steps.leaf(ref), formula),)))
    else:
        written = steps.written(ref)
        shown = elide(formula, MOST_TERMS)
        value = Number(written.value, written.text)
        exact = steps.gives_exactly(formula, written)
        line = Line(steps.leaf(ref), shown, page.numbers(shown), value, exact, words("the same"))
        page.add(Lines((line,)))
    page.claims.append((ref, formula))


def _compact(page: Page, by: Element, node: Node, normalize: GroupNormalize) -> Formula:
    """The formula for one value, over all values of its group."""
    steps, network = page.steps, page.network
    shape = network.quantities[by.quantity].shape
    group = normalize.group(by.index, shape)
    shared = not network.per_sample(node.inputs[1])
    samples = (steps.samples or (None,)) if shared else (by.sample,)
    places = [
        Element(node.output, at, s) for s in samples for at in normalize.members(group, shape)
    ]
    slopes = [steps.leaf(Gradient(place)) for place in places]
    values = [steps.leaf(place) for place in places]
    own = Element(node.output, by.index, by.sample)
    n = len(places)
    variance = steps.leaf(Element(node.inputs[1], group, None if shared else by.sample))
    products = total(Product((slope, value)) for slope, value in zip(slopes, values, strict=True))
    terms: list[Formula] = [steps.leaf(Gradient(own))]
    if normalize.centered:
        terms.append(-(_share(n) * total(slopes)))
    over = n - _is_unbiased(page, by)
    terms.append(-Product((steps.leaf(own), _share(over), products)))
    epsilon = Number(normalize.epsilon.value, normalize.epsilon.text)
    root = sqrt(variance) if normalize.epsilon.value == 0 else sqrt(variance + epsilon)
    return Product((1 / root, total(terms)))


def _share(n: int) -> Formula:
    return Number(Fraction(1, n), f"1/{n}")


def _is_unbiased(page: Page, by: Element) -> bool:
    """Is the variance divided by n - 1?"""
    operations = (node.operation for node, _ in page.network.consumers(by.quantity))
    return any(isinstance(o, GroupVariance) and o.unbiased for o in operations)
