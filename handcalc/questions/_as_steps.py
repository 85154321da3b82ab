"""The blocks of a page as steps: what each of them finds, and the earlier ones that it stands on."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from handcalc.document import Block, Heading, Ledger, Lines, Step
from handcalc.formula import is_long, leaves
from handcalc.network import Element, Ref, Stage
from handcalc.network.unrolled import key_at

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
            means = _means(page, blocks) if page.training_step else {}
            steps.append(Step(number, key, tuple(finds), tuple(before), tuple(blocks), means))
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


def _means(page: "Page", blocks: Iterable[Block]) -> dict[str, str]:
    """Of one of several steps of training: the answer that each symbol is, by its key in formulas."""
    equations = (line for b in blocks if isinstance(b, Lines | Ledger) for line in b.lines)
    sides = (side for line in equations for side in (line.left, line.symbols) if side)
    found: dict[str, str] = {}
    for leaf in (leaf for side in sides for leaf in leaves(side)):
        if leaf.key not in found:
            ref = page.steps.known(leaf)
            found[leaf.key] = leaf.key if ref is None else meant(page, ref)
    return found


def meant(page: "Page", ref: Ref) -> str:
    """The key of a value on the whole page, of one of several steps of training with that step.

    What is learned, and what an optimizer remembers, is what the step before has left; the first one is given it.
    """
    steps, before = page.steps, page.training_step - 1
    key = steps.key(ref)
    match ref:
        case _ if before < 0:
            return key
        case Stage(of=element, word=word, old=True):
            return key_at(steps, steps.key(Stage(element, word)), before) if before else key
        case Element() if ref.quantity in page.network.learned_names:
            return f"{key}@step{before}" if before else key
        case Element() if steps.is_given(ref):
            return key
    return page.key_of(key)
