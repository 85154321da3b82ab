"""Gradients: the chain rule from E back to every weight and bias, factor by factor."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod

from handcalc.document import Cell, Code, Line, Lines, Table, words
from handcalc.errors import listed
from handcalc.formula import Number, Product, Symbol, elide, is_long, leaves, total
from handcalc.formula.greek import lettered
from handcalc.network import Gradient, Local, Node, Quantity, Ref
from handcalc.network.graph import LOSS
from handcalc.operations._rearranged import Rearranged
from handcalc.operations._reduction import Reduction
from handcalc.questions import (
    _batch,
    _chain,
    _circuit,
    _derivatives,
    _flat,
    _grids,
    _identity,
    _matrices,
    _names,
    _order,
    _through_time,
    _vanishing,
)
from handcalc.questions._page import MOST_SYMBOLS, MOST_TERMS, Page

MOST_SUMMED = 200
"""Paths of each up to which they are worked out on lines; longer sums are results in a grid."""
MOST_COMPARED = 200
"""Gradients among which those with slopes of another kind are looked for."""
MOST_KINDS = 3
MOST_ON_LINES = 60
"""Parameters up to which the others are one line each; beyond, they are a grid of results."""


def write(page: Page) -> None:
    """Layer by layer from the output back, for each sample by itself, then over the samples."""
    # The input, which belongs to no layer: when it is asked for, or passed on by a layer alone.
    by_input = page.wanted is not None or page.network.asks_input or _asks_input(page)
    places = [
        (layer, [q for q in quantities if layer or by_input or q.kind != "input"], sample)
        for layer, quantities, sample in _order.backward_places(page.network)
    ]
    places = [place for place in places if place[1]]
    if not any(_of_places(page, qs, sample) for _, qs, each in places for sample in each):
        return
    _derivatives.write(page)
    page.section("Gradients")
    if page.level != "brief":
        page.say(
            "How much does ",
            Symbol(page.steps.notation.loss_letter, page.steps.notation.loss),
            " change when a number changes a little? Follow every path back to it: along a "
            "path the slopes are multiplied, and where paths meet they are added.",
        )
    _without_influence(page)
    several = page.steps.each_has_a_loss
    first: int | None = None
    again: dict[int | None, list[Gradient]] = {}
    for layer, quantities, together in places:
        if several and together == (None,):
            continue
        if len(together) > 1:
            _of_batch(page, quantities[0], together)
        elif _of_places(page, quantities, together[0]):
            first = together[0] if first is None else first
            if page.network.of_values and together[0] != first and page.level != "full":
                again.setdefault(together[0], []).extend(_of_places(page, quantities, together[0]))
                continue
            _layer(page, quantities, together[0], repeated=together[0] != first)
            if together[0] == first:
                _vanishing.write(page, layer, first)
    for sample, refs in again.items():
        page.step(f"Sample {page.network.sample_number(sample or 0)}: all of them in the same way")
        page.lines(refs)
    if several:
        _over_samples(page, list(page.backward))
    _flat.write(page)
    _circuit.write(page, gradients=True)


def _of_batch(page: Page, quantity: Quantity, samples: Sequence[int | None]) -> None:
    """The gradients by one quantity of all samples, where these meet."""
    if not any(_of_places(page, [quantity], sample) for sample in samples):
        return

    def in_full(refs: list[Ref]) -> None:
        for ref in refs:
            assert isinstance(ref, Gradient)
            _chain.write(page, ref)

    if page.level == "brief":
        page.step(
            f"{_names.owner(quantity)}{_names.place(quantity)}, all samples: {quantity.label.heading}"
        )
    _batch.write(page, quantity, samples, Gradient, in_full)
    if page.level != "brief":
        _rule(page, quantity.name)


def _asks_input(page: Page) -> bool:
    """Is the gradient by an input among what is asked beside the questions?"""
    inputs = {quantity.name for quantity in page.network.inputs}
    return any(isinstance(ref, Gradient) and ref.by.quantity in inputs for ref in page.targets)


def _without_influence(page: Page) -> None:
    """Layers none of whose values reaches the loss: their gradients are 0, and why."""
    network = page.network
    used = {q.layer for q in network.values if q.name in network.reaching}
    layers = [name for name in dict.fromkeys(q.layer for q in network.values) if name not in used]
    if page.wanted is not None:
        by = [ref.by.quantity for ref in page.targets if isinstance(ref, Gradient)]
        asked = {network.quantities[name].layer for name in by}
        layers = [name for name in layers if name in asked]
    if layers and network.of_values:
        names = listed([lettered(name) for name in layers])
        page.say(
            f"{page.steps.notation.loss_letter} does not depend on {names}: gradients by it are 0."
        )
    elif layers:
        kind = "layers" if len(layers) > 1 else "layer"
        page.say(
            f"The loss does not depend on {kind} {listed(layers)}: gradients by its values are 0."
        )


def _of_places(page: Page, quantities: Sequence[Quantity], sample: int | None) -> list[Gradient]:
    """The gradients that have a step of their own, in the order in which they are needed."""
    found: list[Gradient] = []
    for quantity in quantities:
        if quantity.kind == "input" and quantity.layer and page.wanted is None:
            continue
        refs = page.of(Gradient, quantity.name, sample)
        if quantity.kind != "learned" and not page.steps.all_stand_alone(quantity):
            refs = [ref for ref in refs if _stands_alone(page, ref)]
        found += [ref for ref in refs if not page.steps.is_given(page.steps.same(ref))]
    return found


def _stands_alone(page: Page, ref: Gradient) -> bool:
    """Is ∂E/∂element a step, not just a factor: by itself, or because it is asked for?"""
    asked = page.wanted is not None and ref in page.targets
    return asked or page.steps.stands_alone(ref.by)


def _layer(
    page: Page, quantities: Sequence[Quantity], sample: int | None, *, repeated: bool
) -> None:
    """One layer; of a repeated one, as of every sample after the first, a line for each result."""
    refs = _of_places(page, quantities, sample)
    if not refs:
        return
    at = "" if sample is None else f", sample {page.network.sample_number(sample)}"
    if page.level == "brief":
        of = f": {quantities[0].label.heading}" if page.network.mixes else ""
        owners = dict.fromkeys(_names.owner(page.network.quantities[r.by.quantity]) for r in refs)
        page.step(f"{listed(list(owners))}{at}{of}")
        _table(page, refs)
        return
    groups: dict[str, list[Gradient]] = {}
    for ref in refs:
        groups.setdefault(ref.by.quantity, []).append(ref)
    made = [page.network.quantities[name] for name in groups]
    last_made = next((q.name for q in reversed(made) if q.kind == "made"), "")
    for name, group in groups.items():
        if not (repeated and all(page.steps.same(ref) in page.shown for ref in group)):
            _group(page, name, group, at, repeated=repeated)
        if name == last_made:
            _through_time.write_back(page, made, group[0].by.sample)
    if not repeated:
        _in_matrices(page, groups, at)


def _group(page: Page, name: str, group: list[Gradient], at: str, *, repeated: bool) -> None:
    """The gradients by one quantity."""
    quantity = page.network.quantities[name]
    if quantity.kind == "made" and _through_time.repeats_back(page, quantity):
        return
    picture = quantity.kind == "input" and len(quantity.shape) > 1
    cells = picture or not quantity.label.by_unit or page.steps.is_cell(group[0].by)
    if cells and page.wanted is None and page.network.symbolic:
        _system(page, quantity, group, at)
        return
    alone = _counts_alone(page, quantity)
    by_cell = not quantity.label.kernel and len(quantity.shape) > alone
    # Of single cells each is a step of its own; what is asked as a whole is a matrix.
    whole = len(group) == prod(quantity.shape) > _order.MOST_IN_FULL
    if cells and by_cell and (page.wanted is None or whole):
        _cells(page, quantity, group, at, repeated=repeated)
        return
    few = len(group) <= _order.MOST_IN_FULL and not repeated
    sample = group[0].by.sample
    in_matrix = len(group) > 1 and page.level != "full"
    in_matrix = in_matrix and (page.view == "matrices" or (repeated and quantity.kind == "learned"))
    if in_matrix and _matrices.is_there(page, quantity, sample):
        if repeated and quantity.kind == "learned":
            _together(page, quantity, at, sample)
        elif repeated:
            _others(page, quantity, group, at)
        else:
            _chain.write(page, group[0])
    elif few or page.level == "full":
        for ref in group:
            _chain.write(page, ref)
    elif repeated:
        _others(page, quantity, group, at)
    else:
        _chain.write(page, group[0])
        _others(page, quantity, group[1:], at)
    if page.wanted is None:
        _identity.write(page, name, sample)


def _together(page: Page, quantity: Quantity, at: str, sample: int | None) -> None:
    """Weights and biases of a dense layer in one step: of a sample that goes as the first one did."""
    biases = [
        ref
        for other in page.network.parameters
        if other.layer == quantity.layer and other.label.role == "bias"
        for ref in page.of(Gradient, other.name, sample)
    ]
    what = f"{quantity.label.heading}{' and biases' if biases else ''}"
    page.step(f"{_names.owner(quantity)}{at}: {what} in the same way")
    _matrices.backward(page, quantity, sample)
    page.lines(biases)


def _in_matrices(page: Page, groups: Mapping[str, Sequence[Gradient]], at: str) -> None:
    """The gradients of a dense layer once more, as products of matrices: what comes to it, then its weights."""
    sample = next(ref.by.sample for group in groups.values() for ref in group)
    own = [page.network.quantities[name] for name in groups]
    own = [q for q in own if page.wanted is None and _matrices.is_there(page, q, sample)]
    if own:
        page.step(f"{_names.owner(own[0])}{at}: as matrices")
    for quantity in own:
        _matrices.backward(page, quantity, sample)


def _counts_alone(page: Page, quantity: Quantity) -> bool:
    """Is a list a few numbers with names of their own, and not cells: biases, and what values are made of?"""
    given = page.network.of_values and quantity.kind == "input"
    return given or quantity.label.word in ("bias", "learned")


def _cells(
    page: Page, quantity: Quantity, group: list[Gradient], at: str, *, repeated: bool
) -> None:
    """The gradient of a layer of cells: the largest of them in full, then all as a matrix."""
    consumers = page.network.consumers(quantity.name)
    places = bool(consumers) and all(isinstance(n.operation, Rearranged) for n, _ in consumers)
    # What only moves to other places is said, unless the gradient that moves is not yet found.
    behind = page.steps.paths(group[0].by)[:1]
    known = all(page.steps.same(Gradient(path)) in page.shown for path in behind)
    places = places and (known or repeated)
    in_full = not repeated and not places
    if in_full:
        examples = _of_each_kind(page, group)
        for ref in examples:
            _chain.write(page, ref)
        _rule(page, quantity.name)
        if len(examples) == len(group):
            return
    whole = _names.all_of(quantity)
    page.step(f"{_of(quantity)}{at}: {whole}" + " in the same way" * (not places))
    if places:
        _rule(page, quantity.name)
    _grids.write(page, quantity.name, Gradient, group[0].by.sample)
    _identity.write(page, quantity.name, group[0].by.sample)


def _of_each_kind(page: Page, group: list[Gradient]) -> list[Gradient]:
    """The largest gradient, and where others have slopes of another kind the largest of those."""
    kinds: dict[tuple[str, ...], Gradient] = {}
    for ref in group[:MOST_COMPARED]:
        kind = _kind(page, ref)
        best = kinds.get(kind)
        if best is None or abs(page.steps.exact(ref)) > abs(page.steps.exact(best)):
            kinds[kind] = ref
    largest = max(group, key=lambda ref: abs(page.steps.exact(ref)))
    others = [ref for kind, ref in kinds.items() if kind != _kind(page, largest)]
    return [largest, *others[: MOST_KINDS - 1]]


def _kind(page: Page, ref: Gradient) -> tuple[str, ...]:
    """What its slopes are: products, quotients, negatives."""
    formula = page.steps.formula(ref)
    if formula is None or is_long(formula):
        return ()
    slopes = (page.steps.ref(leaf) for leaf in leaves(formula))
    made = (page.steps.formula(slope) for slope in slopes if isinstance(slope, Local))
    return tuple(sorted({type(slope).__name__ for slope in made}))


def _system(page: Page, quantity: Quantity, group: list[Gradient], at: str) -> None:
    """Without numbers: the chain rule of one element, then the system of equations for all."""
    page.step(f"{_of(quantity)}{at}: {quantity.label.heading}", key=page.steps.key(group[0]))
    _all_paths(page, group[0])
    shown = group if len(group) <= MOST_ON_LINES else [*group[:3], group[-1]]
    page.add(Lines(tuple(_with_slopes(page, ref) for ref in shown)))
    _rule(page, quantity.name)
    _identity.write(page, quantity.name, group[0].by.sample)


def _with_slopes(page: Page, ref: Gradient) -> Line:
    """One equation of the system, the slopes put in."""
    line, formula = page.line(ref), page.steps.formula(ref)
    assert formula is not None
    symbols = elide(page.with_slopes(formula), MOST_SYMBOLS)
    return line if isinstance(symbols, Number) else replace(line, symbols=symbols)


def _all_paths(page: Page, ref: Gradient) -> None:
    """The chain rule over the paths of a cell, before the slopes are put in."""
    steps, paths = page.steps, page.steps.paths(ref.by)
    if not paths or any(path.quantity == LOSS for path in paths):
        return
    factors = [(Gradient(path), Local(path, ref.by)) for path in paths]
    terms = [Product(tuple(steps.leaf(part) for part in both)) for both in factors]
    page.add(
        Lines(
            (Line(steps.leaf(ref), elide(total(terms), MOST_TERMS), because=words("chain rule")),)
        )
    )


def _of(quantity: Quantity) -> str:
    return _names.owner(quantity) + _names.place(quantity)


def _rule(page: Page, name: str) -> None:
    """How the gradient comes through what follows, in words: pooling, padding, reshaping."""
    uses = [
        (node.operation, slot)
        for node, slot in page.network.consumers(name)
        if node.output in page.network.reaching and not _is_of_one_number(page, node)
    ]
    if not all(isinstance(operation, Rearranged) for operation, _ in uses):
        # What changes its place and goes into a formula too has a sum of both as its gradient.
        uses = [(o, slot) for o, slot in uses if not isinstance(o, Rearranged)]
    for rule in dict.fromkeys(o.rule_of(slot) for o, slot in uses if not o.derivable):
        if rule:
            page.say(f"{rule[0].upper()}{rule[1:]}.")


def _is_of_one_number(page: Page, node: Node) -> bool:
    """Is it the sum, the mean or the length of a single number, of which nothing is to be said?"""
    operation, shapes = node.operation, [page.network.quantities[n].shape for n in node.inputs]
    return isinstance(operation, Reduction) and operation.count(shapes[0]) == 1


def _others(page: Page, quantity: Quantity, group: list[Gradient], at: str) -> None:
    """The remaining gradients of a quantity: a line each, or a grid of results."""
    few_terms = len(page.steps.paths(group[0].by)) <= MOST_SUMMED
    if len(group) <= MOST_ON_LINES and few_terms:
        name = f" {_names.letter(page, quantity)}" * quantity.label.own
        heading = f"{quantity.label.heading}{name}"
        page.step(f"{_names.owner(quantity)}{at}: {heading} in the same way")
        page.lines(group)
        return
    steps = page.steps
    key = f"d{steps.notation.loss}_d{steps.notation.whole(quantity)}"
    first = steps.key(group[0])
    page.step(f"{_names.owner(quantity)}{at}: all results", key=key)
    sample = group[0].by.sample
    _grids.write(page, quantity.name, Gradient, sample)
    page.say("One of them in full: ", Code(f"handcalc solve {page.name} {first}"), ".")


def _table(page: Page, refs: Sequence[Ref]) -> None:
    if page.network.symbolic:
        page.lines(refs)
        return
    rows = tuple((page.steps.leaf(ref), page.text(ref)) for ref in refs)
    page.add(Table(("gradient", "value"), rows, frozenset({1})))


def _over_samples(page: Page, layers: list[str]) -> None:
    """The mean or the sum of the samples' gradients, for every parameter."""
    refs: list[Ref] = []
    for layer in layers:
        for quantity in page.network.parameters:
            if quantity.layer == layer:
                refs += page.of(Gradient, quantity.name, None)
    if not refs:
        return
    word = "mean" if page.problem.batch == "mean" else "sum"
    page.step(f"Over all samples: the {word} of their gradients (batch: {word})")
    if page.level == "brief" or len(refs) > MOST_ON_LINES:
        _table(page, refs)
    elif len(refs) > _order.MOST_IN_FULL and page.level == "normal" and not page.network.symbolic:
        page.lines(refs[:1])
        _by_sample(page, refs, word)
    else:
        page.lines(refs)


def _by_sample(page: Page, refs: Sequence[Ref], word: str) -> None:
    """A row for each parameter: its gradient in each sample, and what these give together."""
    rows: list[tuple[Cell, ...]] = []
    for ref in refs:
        assert isinstance(ref, Gradient)
        each = [Gradient(replace(ref.by, sample=sample)) for sample in page.steps.samples]
        rows.append((page.steps.leaf(ref), *(page.text(own) for own in (*each, ref))))
    numbers = [page.network.sample_number(sample) for sample in page.steps.samples]
    header = ("gradient", *(f"sample {n}" for n in numbers), word)
    page.add(Table(header, tuple(rows), frozenset(range(1, len(header)))))
