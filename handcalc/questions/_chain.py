"""One gradient: the chain rule along its paths, its factors, the result, and the new value."""

from handcalc.document import Code, Line, Lines, Way
from handcalc.formula import Partial, Product, leaves, total
from handcalc.network import Element, Gradient, Local, Ref
from handcalc.network.closure import MOST_FOLLOWED
from handcalc.network.graph import LOSS
from handcalc.questions import _derivatives, _normalized, _order, _shortcut
from handcalc.questions._page import Page

TIMES = {2: "twice", 3: "three times"}
MOST_PATHS = 3
"""Paths of a fork up to which the chain rule over all of them stands in one formula."""


def write(page: Page, ref: Gradient) -> None:
    """One gradient: the chain rule, its factors or paths, the result, and the update."""
    steps = page.steps
    leaf = steps.leaf(ref)
    page.step(leaf, key=leaf.key)
    formula = steps.formula(ref)
    assert formula is not None
    paths = steps.paths(ref.by)
    if page.steps.is_cell(ref.by):
        _places(page, ref, paths)
        page.lines([ref])
        _where_from(page, ref)
    elif len(paths) > 1:
        _fork(page, ref, paths)
    elif isinstance(formula, Product) and all(isinstance(f, Partial) for f in formula.factors):
        _ways(page, ref, paths)
        page.add(Lines((page.chain(ref),)))
        page.ledger("factor", [steps.ref(factor) for factor in leaves(formula)], ref)
    else:
        page.lines([ref])
    _cut_off(page, ref)
    _twice(page, ref, paths)
    _shortcut.write(page, ref)
    _normalized.write(page, ref)
    _update(page, ref)
    _derivatives.once(page, _slopes(page, ref, paths))


def _slopes(page: Page, ref: Gradient, paths: list[Element]) -> list[Ref]:
    """The slopes that are multiplied on the first paths."""
    if page.steps.is_cell(ref.by):
        return []
    met = [page.steps.chain(path) for path in paths[:MOST_PATHS] if path.quantity != LOSS]
    return [*(slope for chain in met for slope in chain), *(Local(p, ref.by) for p in paths[:1])]


def _ways(page: Page, ref: Gradient, paths: list[Element]) -> None:
    """E ← o1_out ← o1_in ← w5: through what the number reaches the loss, a line for each path of a fork."""
    if len(paths) > MOST_PATHS or paths[0].quantity == LOSS:
        return
    for path in paths:
        page.say(_way(page, [*_towards(page, path), ref.by]))


def _towards(page: Page, path: Element) -> list[Element]:
    """From what is found already to the first value of a path."""
    known, *slopes = page.steps.chain(path)
    assert isinstance(known, Gradient)
    return [known.by, *(slope.by for slope in slopes if isinstance(slope, Local))]


def _way(page: Page, met: list[Element]) -> Way:
    """From the loss to what is met, with a gap where the first of them is not made into the loss at once."""
    steps, first = page.steps, met[0]
    direct = [path.quantity for path in steps.paths(first)] == [LOSS]
    loss = steps.leaf(Element(LOSS, (), first.sample))
    return Way((loss, *(() if direct else (None,)), *map(steps.leaf, met)))


def _places(page: Page, ref: Gradient, paths: list[Element]) -> None:
    """One weight of a kernel is used wherever the window stands: each place is a path."""
    quantity = page.network.quantities[ref.by.quantity]
    if quantity.label.kernel and len(paths) > 1 and page.first_time(f"places of {quantity.name}"):
        page.say(
            page.steps.leaf(ref.by),
            f", as each cell of the kernel, is used at {len(paths)} places of the window: {len(paths)} paths, "
            "and they are added.",
        )


def _cut_off(page: Page, ref: Gradient) -> None:
    """Where truncation lets no gradient back."""
    network = page.network
    cuts = [n for n, _ in network.consumers(ref.by.quantity) if n.cut == ref.by.quantity]
    if cuts:
        time = network.quantities[cuts[0].output].label.at
        page.say(
            page.steps.leaf(ref.by),
            f" goes into time {time} too; no gradient comes back from there (truncate).",
        )


def _twice(page: Page, ref: Gradient, paths: list[Element]) -> None:
    """A value that goes into the next one in two places has a slope from each."""
    for path in paths[:MOST_PATHS]:
        times = page.steps.times_in(Local(path, ref.by))
        if times > 1:
            by, of = page.steps.leaf(ref.by), page.steps.leaf(path)
            page.say(
                by,
                " stands in ",
                of,
                f" {TIMES.get(times, f'{times} times')}: the slopes of all its places are added.",
            )
            return


def _where_from(page: Page, ref: Gradient) -> None:
    """Where the many values of a sum come from, when it stands alone."""
    formula = page.steps.formula(ref)
    if page.wanted is None or formula is None or page.network.symbolic:
        return
    found = [page.steps.ref(leaf) for leaf in leaves(formula)]
    missing = [r for r in found if isinstance(r, Gradient) and page.steps.same(r) not in page.shown]
    if missing:
        whole = page.steps.notation.whole_gradient(page.network.quantities[missing[0].by.quantity])
        page.say(
            "Where the gradients in it come from: ",
            Code(f"handcalc solve {page.name} {whole.key}"),
            ".",
        )


def _fork(page: Page, ref: Gradient, paths: list[Element]) -> None:
    """Several paths: the chain rule over all of them, new factors, a row a path, the sum."""
    steps = page.steps
    page.say(steps.leaf(ref.by), _where_to(page, ref.by, paths))
    _ways(page, ref, paths)
    parts = {path: steps.formula(Gradient(ref.by, path)) for path in paths}
    written_out = len(paths) <= MOST_PATHS
    if written_out:
        page.add(Lines((Line(steps.leaf(ref), total(p for p in parts.values() if p is not None)),)))
    else:
        page.add(Lines((page.chain(ref),)))
    shown = (
        paths if len(paths) <= MOST_FOLLOWED or page.level == "full" else [*paths[:2], paths[-1]]
    )
    if len(shown) < len(paths):
        page.say(f"Three of the {len(paths)} paths are written out; the others go the same way.")
    rows: list[Ref] = []
    for path in shown:
        part = parts[path]
        assert part is not None
        rows += [
            r
            for leaf in leaves(part)
            if isinstance(leaf, Partial)
            and (r := steps.ref(leaf)) not in page.shown
            and r not in rows
        ]
        rows.append(Gradient(ref.by, path))
    page.ledger("path", rows, ref, symbols_of_paths=not written_out)


def _where_to(page: Page, element: Element, paths: list[Element]) -> str:
    """Where the paths of a fork begin: at every time, now and in the future, in every sample."""
    quantities = page.network.quantities
    own = quantities[element.quantity]
    # The times of another layer, as of a decoder, are counted by themselves.
    made = [quantities[path.quantity] for path in paths]
    labels = [quantity.label for quantity in made if quantity.layer == own.layer]
    times = [label.at for label in labels if label.at is not None and label.counts == "time"]
    n = len(paths)
    if own.kind == "learned" and len(set(times)) == n:
        return f" is used at every time: {n} paths, one through each of them, and they are added:"
    here = own.label.at
    if own.kind == "made" and here is not None and own.label.counts == "time":
        others = {time for time in times if time != here}
        later = sum(label.at in others for label in labels)
        if len(others) == 1 and len(labels) == later == n:
            return f" reaches the loss through time {others.pop()} alone, along {n} paths:"
        if len(others) == 1 and len(labels) == n and 0 < later < n:
            now, then = _paths(n - later), _paths(later)
            return (
                f" reaches the loss along {now} from time {here} and {then} through time "
                f"{others.pop()}, that is what comes back from there:"
            )
    samples = {path.sample for path in paths} - {None}
    if not page.network.per_sample(own.name) and len(samples) == n > 1:
        return f" is used in every sample: {n} paths, one through each of them, and they are added:"
    return f" reaches {_goal(page)} along {n} paths, one through each value it goes into:"


def _goal(page: Page) -> str:
    return page.steps.notation.loss_letter if page.network.of_values else "the loss"


def _paths(n: int) -> str:
    return "one path" if n == 1 else f"{n} paths"


def _update(page: Page, ref: Gradient) -> None:
    """The new value of a parameter, right behind its gradient."""
    learned = ref.by.quantity in page.network.learned_names
    if not learned or page.steps.each_has_a_loss or not page.updates:
        return
    if page.wanted is None and not _order.in_full(page.network.quantities[ref.by.quantity]):
        return
    page.lines(new for new in page.steps.stages(ref.by) if page.wants(new))
