"""Loss: how far the outputs are from the targets, for each sample and over all of them."""

from collections.abc import Iterator

from handcalc.network import Element, Ref
from handcalc.network.graph import LOSS
from handcalc.questions import _order
from handcalc.questions._page import Page


def write(page: Page) -> None:
    """The loss with its convention said."""
    each: list[Ref] = [Element(q.name, (), s) for q, s in _order.losses(page.network)]
    refs = [ref for ref in each if page.wants(ref) and not _is_shown(page, ref)]
    if not refs:
        return
    page.section("Over the samples" if page.network.of_values else "Loss")
    for title in page.loss_titles if page.level != "brief" else ():
        page.say(f"{title[0].upper()}{title[1:]}.")
    for sentence in _rows(page) if page.level != "brief" else ():
        page.say(sentence)
    page.lines(refs)
    if page.steps.samples and page.wants(Element(LOSS)):
        word = "mean" if page.problem.batch == "mean" else "sum"
        of, own = "The loss", "their losses"
        if page.network.of_values:
            of, own = (
                page.steps.notation.loss_letter,
                f"the {page.steps.notation.loss_letter} of each",
            )
        page.say(f"{of} over the samples is the {word} of {own} (batch: {word}).")


def _is_shown(page: Page, ref: Ref) -> bool:
    """Has a value of the file been found among the others?"""
    return page.network.of_values and page.steps.same(ref) in page.shown


def _rows(page: Page) -> Iterator[str]:
    """How the losses of several rows of an output are put together, where frameworks take their mean."""
    for aim in page.network.aims:
        of = next((q for q in page.network.of_kind("target") if q.layer == aim.output), None)
        shape = page.network.quantities[of.about].shape if of else ()
        if aim.loss.adds_rows and len(shape) > 1:
            yield f"The losses of its {shape[0]} rows are added up; Keras and PyTorch take their mean."
