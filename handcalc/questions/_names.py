"""What quantities are called in headings and sentences."""

from handcalc.formula.greek import lettered
from handcalc.formula.text import text
from handcalc.network import Quantity
from handcalc.network.graph import INPUT
from handcalc.questions._page import Page


def owner(quantity: Quantity) -> str:
    """The layer that a quantity belongs to, as a heading begins; an input belongs to none.

    Values of the file are called by their names alone, and what is learned without a layer by its letter.
    """
    if quantity.label.of_file:
        return lettered(quantity.layer)
    if quantity.layer:
        return f"Layer {quantity.layer}"
    if quantity.kind == "learned":
        return quantity.label.letter
    return "Input" if quantity.name == INPUT else f"Input {quantity.label.letter}"


def place(quantity: Quantity) -> str:
    """Where in its layer a quantity stands: which way, which time, which head."""
    label = quantity.label
    return way(quantity) + (f", {label.counts} {label.at}" if label.at is not None else "")


def way(quantity: Quantity) -> str:
    """Which way a sequence is read, if it is read both ways."""
    return f", {quantity.label.way}" if quantity.label.way else ""


def all_of(quantity: Quantity) -> str:
    """All elements of a quantity, in the plural; cells where its name says no more."""
    label = quantity.label
    alone = label.own or label.by_unit or (quantity.kind == "learned" and not quantity.layer)
    return f"all {label.heading}" if alone else "all cells"


def letter(page: Page, quantity: Quantity) -> str:
    """Its letter, W_f."""
    return text(page.steps.notation.whole_symbol(quantity))
