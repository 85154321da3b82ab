"""The blocks of a page as steps: what each of them finds, and the earlier ones that it stands on."""

from typing import TYPE_CHECKING

from handcalc.document import Block, Heading, Step
from handcalc.formula import is_long, leaves
from handcalc.network import Ref

if TYPE_CHECKING:
    from handcalc.questions._page import Page


def of(page: "Page") -> tuple[Step, ...]:
    """The blocks step by step."""
    parts: dict[str, list[Block]] = {}
    number = ""
    for block in page.blocks:
        number = block.number if isinstance(block, Heading) and block.number else number
        parts.setdefault(number, []).append(block)
    shown_at: dict[str, list[Ref]] = {}
    for ref, at in page.shown.items():
        shown_at.setdefault(at, []).append(ref)
    steps, done = [], set[Ref]()
    for number, blocks in parts.items():
        if number:
            made = [ref for ref in shown_at.get(number, []) if not page.steps.is_given(ref)]
            key = next((b.key for b in blocks if isinstance(b, Heading)), "")
            finds = map(page.key_of, map(page.steps.key, made))
            before = map(page.key_of, _behind(page, made, done))
            steps.append(Step(number, key, tuple(finds), tuple(before), tuple(blocks)))
            done.update(made)
    return tuple(steps)


def _behind(page: "Page", made: list[Ref], done: set[Ref]) -> dict[str, None]:
    """The keys of earlier steps that some stand on; a factor without a line of its own is followed back."""
    steps, before = page.steps, dict[str, None]()
    waiting, met = made[::-1], set(made)
    while waiting:
        formula = steps.formula(waiting.pop())
        for leaf in () if formula is None or is_long(formula) else leaves(formula):
            other = steps.ref(leaf)
            if other in met or steps.is_given(other):
                continue
            met.add(other)
            if other in done:
                before[leaf.key] = None
            else:
                waiting.append(other)
    return before
