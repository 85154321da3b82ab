"""The shortcut of a loss behind its activation, p - t, derived from the chain rule and checked."""

from handcalc.document import Line, Lines, words
from handcalc.formula import Number, Symbol, evaluate
from handcalc.network import Gradient
from handcalc.network.graph import TARGET
from handcalc.questions._page import Page


def write(page: Page, ref: Gradient) -> None:
    """The same gradient in one formula, where loss and activation go together."""
    short = page.steps.shortcut(ref.by)
    if short is None or (page.steps.samples and ref.by.sample is None):
        return
    steps, leaf, lines = page.steps, page.steps.leaf(ref), list(short.lines)
    holds = not short.targets_add_to_one or _targets_add_to_one(page, ref)
    if not holds:
        lines.pop()
    page.say("Shorter, because the slopes of loss and activation cancel:")
    shown = [Line(leaf, formula, because=words(why)) for formula, why in lines]
    if not page.network.symbolic:
        last = lines[-1][0]
        carries = steps.policy.carries
        result = evaluate(last, steps.written_leaf if carries else steps.exact_leaf)
        written = steps.policy.write(result, steps.key(ref))
        value = Number(written.value, written.text)
        equal = steps.gives_exactly(last, written)
        with_numbers = None if isinstance(last, Symbol) else page.numbers(last)
        shown.append(Line(leaf, None, with_numbers, value, exact=equal))
    page.add(Lines(tuple(shown)))
    # The random numbers behind symbols do not add to 1: that last line is proved in the tests, in symbols.
    claimed = lines[:-1] if page.network.symbolic and short.targets_add_to_one else lines
    page.claims += [(ref, formula) for formula, _ in claimed]
    if not page.network.symbolic and written.value != steps.written(ref).value:
        page.note(
            "difference",
            "Fewer roundings, so this way comes closer; the steps below go on with ",
            f"{page.text(ref)}, found factor by factor.",
        )
    if not holds:
        page.note(
            "difference", "The targets do not add to 1, so this is not just output minus target."
        )


def _targets_add_to_one(page: Page, ref: Gradient) -> bool:
    """Do they? Without numbers it is taken for granted, and said."""
    if page.network.symbolic:
        page.say("For targets that add to 1:")
        return True
    *first, classes = page.network.quantities[TARGET].shape
    targets = page.steps.tensor(TARGET, ref.by.sample)
    total = 0.0
    for i in range(classes):
        target = targets[(*ref.by.index[: len(first)], i)]
        assert isinstance(target, Symbol)
        total += page.steps.exact_leaf(target)
    return abs(total - 1) < 1e-9
