"""What quantities are called in headings and sentences."""

from handcalc.formula.text import text
from handcalc.network import Quantity
from handcalc.questions._page import Page


def owner(quantity: Quantity) -> str:
    """The layer that a quantity belongs to, as a heading begins; an input belongs to none."""
    return f"Layer {quantity.layer}" if quantity.layer else "Input"


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
    return f"all {label.heading}" if label.own or label.by_unit else "all cells"


def letter(page: Page, quantity: Quantity) -> str:
    """Its letter, W_f."""
    return text(page.steps.notation.whole_symbol(quantity))
