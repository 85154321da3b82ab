"""A Jupyter notebook: each step as Markdown, and below it a program in plain numpy.

nbformat 4.5, without outputs. The program needs nothing but numpy, and holds each number against the solution.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from handcalc.document import Block, Document, Heading, Program
from handcalc.formats._code import Code
from handcalc.formats._sizes import with_sizes
from handcalc.formats.markdown import titled, written

LONGEST_NAME = 50
"""Of 64 characters that the name of a cell may have."""
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def write(document: Document, **_: object) -> str:
    """The document as a notebook; where it has no numbers, without a program."""
    parts = list(_parts(document.blocks))
    program = document.program() if document.program else Program({})
    code = Code(with_sizes(program, [(part.number, part.blocks) for part in parts]))
    head = [titled(document.title), *(written(part.blocks) for part in parts if not part.number)]
    cells = [_cell("title", "markdown", "\n\n".join(head))]
    if any(code.program.steps.values()):
        cells.append(_cell("given", "code", code.start()))
    for part in parts:
        if part.number:
            cells.append(_cell(f"step-{part.name}", "markdown", written(part.blocks)))
            lines = code.step(part.number)
            if lines:
                cells.append(_cell(f"code-{part.name}", "code", lines))
    content = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class _Part:
    """The heading's number and key, and what stands below it."""

    number: str
    key: str
    blocks: list[Block]

    @property
    def name(self) -> str:
        """What the cells are called; the number alone tells them apart."""
        spelled = re.sub(r"[^A-Za-z0-9_]+", "-", f"{self.number}-{self.key}")
        return spelled.strip("-")[:LONGEST_NAME]


def _parts(blocks: Iterable[Block]) -> Iterator[_Part]:
    """The blocks step by step; those before the first step have no number."""
    part = _Part("", "", [])
    for block in blocks:
        if isinstance(block, Heading) and block.number:
            if part.blocks:
                yield part
            part = _Part(block.number, block.key, [])
        part.blocks.append(block)
    if part.blocks:
        yield part


def _cell(name: str, kind: str, source: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": name, "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": source.splitlines(keepends=True)}
