"""Which element of a page shows the value of which key: #dE_dw5 is where ∂E/∂w₅ is found.

A key has one address, the first place that shows its value; others say that they show it too, and symbols and
numbers elsewhere say whose value they are.
"""

import re
from collections.abc import Iterator
from itertools import chain
from xml.sax.saxutils import quoteattr

from handcalc.document import (
    Block,
    Cell,
    Document,
    Heading,
    Ledger,
    Line,
    Lines,
    Math,
    Matrix,
    Step,
    Table,
    Text,
)
from handcalc.formula import Formula, Leaf, Partial, Symbol, leaves

CONTENT = "the-solution"
"""The address of what is not navigation; like those of steps it has a hyphen, which keys have not."""
HIDE = "hide"
"""The address under which results are hidden; a key of this name has none."""

_KEY = re.compile(r"[\w\[\],@.→←⁰-⁹]+")
ENTRY = re.compile(r" = [^,;\s]+")
"""What stands behind a symbol where a table gives its value."""


class Places:
    """Hands out addresses while a page is written, in the order in which it is read."""

    def __init__(self, document: Document) -> None:
        self._steps: dict[str, Step] = {step.number: step for step in document.steps}
        self.numbers = {b.number for b in document.blocks if isinstance(b, Heading) and b.number}
        self._found_at = {key: step.number for step in document.steps for key in step.finds}
        self._now: Step | None = None
        self._valued, self._named, self._taken = set[str](), set[str](), {HIDE}
        self._of_all = set[str]()
        """Keys of derivatives of the loss of all samples; that of one sample's own is no answer beside it."""
        self._look(document)

    def _look(self, document: Document) -> None:
        """What has a place at all, and where it is shown with a value."""
        for block in document.blocks:
            if isinstance(block, Heading) and block.number:
                self.enter(block.number)
            self._valued.update(map(self._meaning, _entries(block)))
            for line in block.lines if isinstance(block, Lines | Ledger) else ():
                sides = (line.left, *([line.symbols] if line.symbols else []))
                self._of_all.update(
                    leaf.key for s in sides for leaf in leaves(s) if _loss_of(leaf) is None
                )
                if key := key_of(line.left):
                    (self._named if line.value is None else self._valued).add(self._meaning(key))
            if isinstance(block, Matrix):
                self._valued.update((self._whole(block), *chain.from_iterable(block.keys)))
        self._now = None

    def enter(self, number: str) -> None:
        """From here on symbols are those of this step."""
        self._now = self._steps.get(number)

    def at(self, key: str, *, valued: bool = True) -> str:
        """The attribute of an element that shows a key: its address, or whose value it shows again."""
        key = self._meaning(key)
        if not _KEY.fullmatch(key) or (not valued and key in self._valued):
            return ""
        if key in self._taken:
            return f" data-of={quoteattr(key)}"
        self._taken.add(key)
        return f" id={quoteattr(key)}"

    def at_left(self, line: Line) -> str:
        """The attribute of an equation."""
        key = key_of(line.left)
        if not key or self._is_of_one(line.left):
            return ""
        return self.at(key, valued=line.value is not None)

    def from_(self, leaf: Leaf) -> str:
        """The attribute of a symbol or number: whose value it is, where the page shows that."""
        key = "" if self._is_of_one(leaf) else self._meaning(leaf.key)
        shown = key != HIDE and (key in self._valued or key in self._named)
        return f" data-k={quoteattr(key)}" if shown and _KEY.fullmatch(key) else ""

    def at_matrix(self, matrix: Matrix) -> str:
        """The attribute of a whole matrix."""
        return self.at(self._whole(matrix))

    def at_cell(self, matrix: Matrix, row: int, column: int) -> str:
        """The attribute of a cell, counted from 0."""
        return self.at(matrix.keys[row][column]) if matrix.keys else ""

    def is_found(self, matrix: Matrix) -> bool:
        """Is it a result of the step that is being written?"""
        return self._now is not None and bool(key_of(matrix.name))

    @property
    def within_step(self) -> bool:
        """Is a step being written, and not what is given?"""
        return self._now is not None

    def without_place(self, number: str) -> Iterator[str]:
        """The addresses of what a step finds and shows in no place of its own."""
        step = self._steps.get(number)
        for key in dict.fromkeys((step.key, *step.finds)) if step else ():
            new = key not in self._valued and key not in self._named and key not in self._taken
            if new and _KEY.fullmatch(key):
                self._taken.add(key)
                yield key

    def behind(self, number: str) -> list[str]:
        """The numbers of the earlier steps that a step stands on."""
        step = self._steps.get(number)
        found = {self._found_at.get(key, "") for key in step.stands_on} if step else set()
        return [known for known in self._steps if known in found and known != number]

    def _meaning(self, key: str) -> str:
        return self._now.means.get(key, key) if self._now else key

    def _is_of_one(self, formula: Formula) -> bool:
        return bool(_loss_of(formula)) and key_of(formula) in self._of_all

    def _whole(self, matrix: Matrix) -> str:
        """What to type for all of a matrix; that of one of several steps of training has no such key."""
        key, name = key_of(matrix.name), matrix.name
        sample = name.sample if isinstance(name, Symbol) else None
        if self._now is not None and self._now.means:
            return ""
        return f"{key}@{sample}" if sample is not None and "@" not in key else key


def _loss_of(formula: Formula) -> int | None:
    """The sample whose loss is differentiated; 0 where nothing is, None where it is that of all."""
    return formula.of.sample if isinstance(formula, Partial) else 0


def matrix_size(matrix: Matrix) -> tuple[int, int]:
    """The rows and columns of the whole."""
    return matrix.of or (len(matrix.rows), len(matrix.rows[0]))


def key_of(formula: Formula) -> str:
    """The key of a symbol or a derivative; other formulas have none."""
    return formula.key if isinstance(formula, Symbol | Partial) else ""


def entries(cell: Cell) -> Iterator[tuple[int, str]]:
    """Where a cell gives a value: the place of its symbol among the inlines, and its key."""
    if not isinstance(cell, tuple):
        return
    for i, inline in enumerate(cell[:-1]):
        behind = cell[i + 1]
        valued = isinstance(behind, Text) and ENTRY.match(behind.text)
        if valued and isinstance(inline, Math) and (key := key_of(inline.formula)):
            yield i, key


def _entries(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        for row in block.rows:
            for cell in row:
                yield from (key for _, key in entries(cell))
