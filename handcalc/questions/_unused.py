"""What a file gives and its page does not use: nothing is passed over in silence."""

from collections.abc import Collection, Iterable, Iterator

from handcalc.errors import listed
from handcalc.fields import Array
from handcalc.network import After, Element, Part, Stage
from handcalc.network.graph import LOSS, RATE
from handcalc.questions import COUNTED
from handcalc.questions._page import Page


def of(page: Page) -> Iterable[str]:
    """A sentence on what is not used, and why; of single answers asked for nothing is said."""
    if page.wanted is not None:
        return
    counts, used = COUNTED.issuperset(page.questions), _behind(page)
    unused = list(_numbers(page, used)) if counts else []
    unused += _fields(page, used, counts=counts)
    if not unused:
        return
    opaque = [f"{q.layer} ({page.problem.layers[q.number - 1].word})" for q in page.network.counted]
    if opaque and counts and not page.problem.ask:
        why = f"the values of {listed(opaque, 6)} are not worked out, so sizes and weights are counted"
    elif counts:
        why = "sizes and counts need no numbers"
    elif page.network.symbolic:
        why = "this is worked in symbols"
    else:
        why = (
            "what is asked does not need it"
            if len(unused) == 1
            else "what is asked does not need them"
        )
    yield f"Given and not used here: {listed(unused, 8)}; {why}."


def _behind(page: Page) -> frozenset[str]:
    """The quantities behind the single answers that are asked for beside the questions."""
    network, found = page.network, set[str]()
    for ref in page.targets:
        if isinstance(ref, Element):
            found.add(ref.quantity)
        else:
            found |= network.reaching
        if isinstance(ref, After | Stage) or (isinstance(ref, Part) and ref.word == "step"):
            found.add(RATE)
    return network.behind(found)


def _numbers(page: Page, used: Collection[str]) -> Iterator[str]:
    """The input and the weights that have numbers."""
    network = page.network
    layers: list[str] = []
    for name, numbers in network.sources.items():
        quantity = network.quantities[name]
        if name in used or not any(isinstance(given, Array) for given in numbers):
            continue
        if quantity.kind == "input" and not quantity.layer:
            yield f"the numbers of the {quantity.label.given}"
        elif quantity.layer and quantity.kind in ("learned", "state", "input"):
            layers.append(quantity.layer)
    if layers:
        yield f"the numbers of {listed(list(dict.fromkeys(layers)), 6)}"


def _fields(page: Page, used: Collection[str], *, counts: bool) -> Iterator[str]:
    """Target, loss, optimizer and rounding, as far as no question needs them."""
    problem, asked = page.problem, set(page.questions)
    by_loss = {"loss", "gradients", "update"}
    if not asked & by_loss and LOSS not in used:
        if problem.target is not None or any(s.target or s.targets for s in problem.samples or ()):
            yield "the target"
        if problem.loss is not None:
            yield "the loss"
        if problem.outputs:
            yield "the outputs' targets and losses"
        if problem.output_gradient is not None:
            yield "the gradient of the output"
    for quantity in page.network.inputs if page.network.of_values else ():
        if not page.network.consumers(quantity.name):
            yield f"the {quantity.label.given}"
    if problem.optimizer is not None and "update" not in asked and RATE not in used:
        yield "the optimizer"
    exact = {"decimals", "mode", "carry", "keys"} & problem.rounding.model_fields_set
    if exact and not used and (counts or page.network.symbolic):
        yield "the rounding"
