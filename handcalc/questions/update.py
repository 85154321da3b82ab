"""Update: one step of gradient descent, and whether the loss fell."""

from dataclasses import replace
from math import prod

from handcalc.document import Line, Lines, Table
from handcalc.formula import Formula
from handcalc.network import After, Element, Gradient, Quantity, Steps, build
from handcalc.network.graph import LOSS
from handcalc.questions import _descent, _grids, _order, _silent
from handcalc.questions._page import Page, elements

MOST_ROWS = 60
MOST_ON_LINES = 40
"""Values of a network up to which each is worked out again with the new weights."""
MOST_IN_GRIDS = 200
"""Values up to which those that layers give on are shown with the new weights."""


def write(page: Page) -> None:
    """Old value, gradient and new value of every parameter; then the loss with the new ones."""
    refs = [ref.of for q in page.network.learned for ref in page.of(After, q.name, None)]
    if page.wanted is not None:
        # What was written out behind its gradient is not written again.
        refs = [element for element in refs if After(element) not in page.shown]
    after_wanted = page.network.loss_is_known and page.wants(After(Element(LOSS)))
    if not refs and not after_wanted:
        return
    page.section("Update")
    _rule(page)
    if refs:
        _new_values(page, refs)
    if refs and page.wanted is None:
        _difference(page)
    if after_wanted and not page.network.symbolic:
        _loss_after(page)


def _rule(page: Page) -> None:
    optimizer, network = page.optimizer, page.network
    rate = page.steps.leaf(Element("rate"))
    how = "along its gradient, uphill" if optimizer.ascends else optimizer.way
    if optimizer.learning_rate.value < 0 and not optimizer.state and page.problem.rule is None:
        turned = (
            "against its gradient, downhill" if optimizer.ascends else "along its gradient, uphill"
        )
        how = f"{turned}, as the learning rate is negative"
    elif optimizer.learning_rate.value == 0:
        how = "by 0"
    if "Delta" in optimizer.words:
        how += "; its change Δ is written down first"
    who = "parameter" if page.optimizer.updates == "all" else "weight"
    if not network.learned:
        page.say(f"No {who} is learned, so that nothing moves.")
        return
    frozen = any(
        not page.problem.layers[q.number - 1].trainable for q in network.parameters if q.layer
    )
    learning = " that is learned" if frozen else ""
    value = "" if network.symbolic else f" = {page.text(Element('rate'))}"
    page.say(f"Every {who}{learning} moves {how}; the learning rate is ", rate, f"{value}.")


def _new_values(page: Page, refs: list[Element]) -> None:
    """A row a parameter, and its line where it has not been written out behind its gradient."""
    shown = refs if len(refs) <= MOST_ROWS or page.level == "full" else refs[: MOST_ROWS // 2]
    fresh = [element for element in shown if After(element) not in page.shown]
    if page.wanted is None and not page.network.symbolic:
        _table(page, shown)
    alone = page.problem.rule is not None or page.problem.gradients is not None
    if alone or page.network.symbolic or page.wanted is not None or page.steps.samples:
        # Of many samples the table has all of them; one line says how.
        one = page.wanted is None and not page.network.symbolic and page.level == "normal"
        one = one and not page.steps.optimizer.words and len(fresh) > _order.MOST_IN_FULL
        page.lines(
            r for element in (fresh[:1] if one else fresh) for r in page.steps.stages(element)
        )
    if len(shown) < len(refs):
        more = len(refs) - len(shown)
        page.say(f"{more} more are updated in the same way (--level full, or --format json).")


def _table(page: Page, refs: list[Element]) -> None:
    carries = page.steps.policy.carries
    rows: list[tuple[str | Formula, ...]] = []
    slopes = [] if page.problem.rule else [Gradient]
    for element in refs:
        kinds = (lambda e: e, *slopes, After)
        row = [page.text(kind(element)) for kind in kinds]
        exact = [f"{page.steps.exact(After(element)):z.10f}"] if carries else []
        rows.append((page.steps.leaf(element), *row, *exact))
    full = ["full precision"] if carries else []
    header = ("parameter", "before", *(["gradient"] if slopes else []), "after", *full)
    page.add(Table(header, tuple(rows), frozenset(range(1, len(header)))))


def _difference(page: Page) -> None:
    """The other order of updating, and another form of the optimizer, where they give other numbers."""
    network = page.network
    if network.symbolic or page.problem.rule is not None:
        return
    _other_form(page)
    twice = any(layer.is_used_again for layer in network.problem.layers)
    twice = twice or network.problem.penalty is not None
    if twice or len(dict.fromkeys(q.layer for q in network.parameters)) < 2:
        return
    own = network.problem.update
    other = "sequential" if own == "simultaneous" else "simultaneous"
    how = (
        "Had each layer been updated before the gradient passed through it"
        if own == "simultaneous"
        else "Had all gradients been found with the weights as they were"
    )
    _would_be(page, f"{how} (update: {other})", {"update": other})


def _other_form(page: Page) -> None:
    """The first of the other forms of the optimizer with which another number would be shown.

    Later on the other form would have come to other weights, and remembered something else.
    """
    if page.network.step > 1:
        return
    for options, said in page.optimizer.others:
        if any(getattr(page.optimizer, name) != value for name, value in options.items()):
            form = page.optimizer.model_copy(update=options)
            if _would_be(page, said, {"optimizer": form}):
                return


def _would_be(page: Page, how: str, changes: dict[str, object]) -> bool:
    """The first new value that would be another one with some field of the file changed."""
    from handcalc.network.proof import Prover

    network, steps = page.network, page.steps
    changed = replace(
        build(network.problem.model_copy(update=changes), network.step),
        now=network.now,
        memory=network.memory,
    )
    there = Steps(changed, steps.policy)
    for quantity in network.learned:
        for element in elements(quantity.shape, quantity.name, None):
            new, old = (s.written(After(element)).text for s in (there, steps))
            if new == old:
                new, old = (f"{s.exact(After(element)):z.10f}" for s in (there, steps))
            if new != old:
                Prover(there).check([After(element), Gradient(element)])
                leaf = steps.leaf(After(element))
                page.note("difference", f"{how}, ", leaf, f" would be {new} instead of {old}.")
                return True
    return False


def _values_after(page: Page) -> None:
    """The values with the new parameters: line by line, of more of them what each layer gives on."""
    steps, network = page.steps, page.network
    values = [(q, s) for _, qs, together in _order.places(network) for s in together for q in qs]
    if sum(prod(q.shape) for q, _ in values) <= MOST_ON_LINES:
        for quantity, sample in values:
            page.lines([After(e) for e in elements(quantity.shape, quantity.name, sample)])
        return
    page.say("The values anew, found as in the forward pass:")
    given_on = [(q, s) for q, s in values if _is_given_on(page, q)]
    if sum(prod(q.shape) for q, _ in given_on) <= MOST_IN_GRIDS:
        for quantity, sample in given_on:
            _grids.write(page, quantity.name, After, sample)
    output = network.quantities[network.output]
    if prod(output.shape) > MOST_ROWS:
        return
    for sample in steps.samples or (None,):
        refs = [After(element) for element in elements(output.shape, output.name, sample)]
        page.add(Lines(tuple(Line(steps.leaf(ref), value=page.value(ref)) for ref in refs)))


def _is_given_on(page: Page, quantity: Quantity) -> bool:
    """Does another layer take it?"""
    layers = {
        page.network.quantities[node.output].layer
        for node, _ in page.network.consumers(quantity.name)
    }
    return any(layer not in ("", quantity.layer) for layer in layers)


def _loss_after(page: Page) -> None:
    """The forward pass with the new parameters, and the comparison."""
    steps = page.steps
    own = page.steps.notation.loss_letter if page.network.of_values else "The loss"
    page.step(f"{own} after the update")
    if page.level != "brief":
        _values_after(page)
    losses = [After(Element(q.name, (), s)) for q, s in _order.losses(page.network)]
    page.lines(ref for ref in losses if page.steps.same(ref) not in page.shown)
    before, after = Element(LOSS), After(Element(LOSS))
    old, new = steps.exact(before), steps.exact(after)
    verdict = "fell" if new < old else "rose" if new > old else "did not change"
    hidden = old != new and steps.written(before).value == steps.written(after).value
    page.say(
        "" if page.network.of_values else "The loss ",
        steps.leaf(before),
        f" {verdict}: from {page.text(before)} to {page.text(after)}",
        f" (at full precision from {old:.8f} to {new:.8f})."
        if steps.policy.carries or hidden
        else ".",
        _too_large(page, old, new),
    )
    _silent.after_update(page)
    _descent.of_one_step(page)


def _too_large(page: Page, old: float, new: float) -> str:
    """What is said of a step that went the other way than small ones do."""
    rate = float(page.optimizer.learning_rate.value)
    if page.optimizer.state or rate == 0 or new == old or not _is_sloped(page):
        return ""
    uphill = page.optimizer.ascends == (rate > 0)
    if uphill == (new > old):
        return ""
    way, does = ("along", "raise") if uphill else ("against", "lower")
    return f" Small steps {way} the gradient {does} it; this one was too large."


def _is_sloped(page: Page) -> bool:
    """Is there a gradient that is not 0?"""
    return any(
        page.steps.exact(Gradient(element)) != 0
        for quantity in page.network.learned
        for element in elements(quantity.shape, quantity.name, None)
    )
