"""The size of a result, axis by axis: the formula, the numbers, and what the floor throws away."""

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from handcalc.document import Line, Lines, words
from handcalc.errors import ProofError
from handcalc.formula import Symbol, evaluate, leaves, number
from handcalc.formula.open_size import at_numbers, letters_of
from handcalc.network import Node
from handcalc.operations._operation import Size
from handcalc.questions._page import Page
from handcalc.questions._products import counted


def write(page: Page, node: Node) -> None:
    """One equation for each axis over which a window slides."""
    sizes = list(of(page, node))
    if not sizes or page.level == "brief":
        return
    say_letters(page)
    page.add(Lines(tuple(map(_line, sizes))))


def say_letters(page: Page) -> None:
    """What the letters of sizes mean, once."""
    if page.first_time("sizes"):
        page.say(f"Sizes, with {_legend(page)}:")


def of(page: Page, node: Node) -> Iterable[Size]:
    """The sizes of a node's result that have a derivation."""
    return node.operation.sizes(*(page.network.quantities[n].shape for n in node.inputs))


_LETTERS = {
    "n": "n cells along an axis",
    "k": "a window of k",
    "s": "moved by s",
    "d": "its cells d apart",
    "p": "p cells of padding a side",
    "q": "q at the end",
    "r": "r cells of output padding",
    "m": "m places that are asked for",
}


def _legend(page: Page) -> str:
    """What the letters mean that occur in this network."""
    nodes = (node for node in page.network.nodes if page.network.quantities[node.output].layer)
    formulas = [size.formula for node in nodes for size in of(page, node)]
    used = {leaf.key for formula in formulas for leaf in leaves(formula)}
    return ", ".join(said for letter, said in _LETTERS.items() if letter in used)


def _line(size: Size) -> Line:
    """Rows = n - k + 1 = 11 - 2 + 1 = 10, evaluated and held against the arrays."""
    for numbers in _choices(letters_of(size.value, *size.letters.values())):
        values = {leaf: Fraction(at_numbers(n, numbers)) for leaf, n in size.letters.items()}
        found, wanted = evaluate(size.formula, values.__getitem__), at_numbers(size.value, numbers)
        if found != wanted:
            raise ProofError(size.axis, f"the formula gives {found}, the array has {wanted}")
    value = counted(size.value)
    name = Symbol(size.axis, size.axis)
    put_in = None if size.numbers in (value, number(size.value)) else size.numbers
    return Line(name, size.formula, put_in, value, because=words(size.remark) * bool(size.remark))


def _choices(letters: Collection[str]) -> Iterable[Mapping[str, int]]:
    """Numbers for the letters of a size: one choice without any, else a few that are all different."""
    for i in range(3 if letters else 1):
        yield {letter: (i + 1) * (7 + place) + i for place, letter in enumerate(sorted(letters))}
