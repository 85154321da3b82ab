"""Loss: how far the outputs are from the targets, for each sample and over all of them."""

from handcalc.network import Element, Ref
from handcalc.network.graph import LOSS
from handcalc.questions import _order
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """The loss with its convention said."""
    each: list[Ref] = [Element(q.name, (), s) for q, s in _order.losses(page.network)]
    refs = [ref for ref in each if page.wants(ref)]
    if not refs:
        return
    page.section("Loss")
    for title in page.loss_titles if page.level != "brief" else ():
        page.say(f"{title[0].upper()}{title[1:]}.")
    page.lines(refs)
    if page.steps.samples and page.wants(Element(LOSS)):
        word = "mean" if page.problem.batch == "mean" else "sum"
        page.say(f"The loss over the samples is the {word} of their losses (batch: {word}).")
