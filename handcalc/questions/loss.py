"""Loss: how far the outputs are from the targets, for each sample and over all of them."""

from handcalc.network import Element, Ref
from handcalc.network.graph import LOSS
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """The loss with its convention said."""
    samples = page.steps.samples
    parts = [q.name for q in page.network.losses[:-1]]
    each: list[Ref] = [Element(LOSS, (), s) for s in page.network.samples_of_loss[:-1]]
    of_outputs: list[Ref] = [Element(name, (), s) for s in samples or (None,) for name in parts]
    refs = [ref for ref in (*of_outputs, *each, Element(LOSS)) if page.wants(ref)]
    if not refs:
        return
    page.section("Loss")
    for title in page.loss_titles if page.level != "brief" else ():
        page.say(f"{title[0].upper()}{title[1:]}.")
    page.lines(refs)
    if samples and page.wants(Element(LOSS)):
        word = "mean" if page.problem.batch == "mean" else "sum"
        page.say(f"The loss over the samples is the {word} of their losses (batch: {word}).")
