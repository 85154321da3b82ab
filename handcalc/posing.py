"""The question alone: what is given, by which conventions, and what is to be found."""

from collections.abc import Iterable, Sequence

from handcalc.answers import asked
from handcalc.document import Cell, Document, Inline, Inlines, Math, Paragraph, Table, Text, words
from handcalc.errors import count, listed
from handcalc.formula.text import text
from handcalc.network import Element, Quantity, Ref, Steps, build
from handcalc.network.graph import INPUT, PARAMETERS, RATE
from handcalc.network.rounding import Policy
from handcalc.operations.affine import Affine
from handcalc.operations.correlate import Correlate
from handcalc.problem import Problem
from handcalc.questions import COUNTED, QUESTIONS, _grids
from handcalc.questions._page import Page, elements

MOST_GIVEN = 40
"""Numbers of one quantity that are listed among what is given."""


def pose(problem: Problem) -> Document:
    """The exercise without its solution."""
    network = build(problem)
    steps = Steps(network, Policy(problem.rounding))
    chosen, targets = asked(steps, problem)
    page = Page(steps, "normal", chosen)
    head(page)
    if targets is None:
        tasks = [QUESTIONS[word].task for word in chosen]
    else:
        tasks = list(dict.fromkeys(text(steps.leaf(ref)) for ref in targets))
    page.say(f"Find {'; '.join(tasks)}.")
    name = problem.origin.name
    return Document(name, problem.title or name, tuple(page.blocks))


def head(page: Page) -> None:
    """What is given, and the conventions under which it is worked."""
    problem = page.problem
    if problem.question:
        page.add(Paragraph(words(problem.question)))
    if problem.source:
        page.add(Paragraph(words(f"Source: {problem.source}")))
    if page.wanted is None and page.level != "brief":
        rows = (
            [_shape_of_input(page)]
            if COUNTED.issuperset(page.questions)
            else [
                row
                for q in page.network.of_role("input", *PARAMETERS, "target", "slope", "rate")
                if not _as_matrix(page, q)
                for row in _given(page, q)
            ]
        )
        if rows:
            page.add(Table(("given", "numbers"), tuple(rows)))
        for quantity in page.network.of_role("input", *PARAMETERS, "slope"):
            if _as_matrix(page, quantity):
                own = page.steps.samples if page.network.per_sample(quantity.name) else ()
                for sample in own or (None,):
                    _grids.write(page, quantity.name, lambda element: element, sample)
    if page.level != "brief" and not COUNTED.issuperset(page.questions):
        for sentence in _conventions(page):
            page.note("convention", sentence)
    _asked(page, [ref for ref in page.targets if page.steps.is_given(ref)])


def _asked(page: Page, given: Sequence[Ref]) -> None:
    """Given numbers that are asked for: line by line, of large quantities as a matrix."""
    if len(given) <= MOST_GIVEN or page.network.symbolic:
        page.lines(given, because=words("given in the file"))
        return
    for name, sample in dict.fromkeys(
        (e.quantity, e.sample) for e in given if isinstance(e, Element)
    ):
        _grids.write(page, name, lambda element: element, sample)


def _shape_of_input(page: Page) -> tuple[Cell, ...]:
    return "input", " × ".join(map(str, page.network.quantities[INPUT].shape))


def _as_matrix(page: Page, quantity: Quantity) -> bool:
    """Inputs and kernels in rows are shown as matrices, not as a list of their numbers."""
    return len(quantity.shape) > 1 and quantity.role != "weights" and not page.network.symbolic


def _given(page: Page, quantity: Quantity) -> Iterable[tuple[Cell, ...]]:
    steps, shape = page.steps, " × ".join(map(str, quantity.shape))
    own = page.network.per_sample(quantity.name) and page.steps.samples
    for sample in page.steps.samples if own else (None,):
        refs = elements(quantity.shape, quantity.name, sample)
        name = _name(quantity) + ("" if sample is None else f", sample {sample + 1}")
        first, last = Math(steps.leaf(refs[0])), Math(steps.leaf(refs[-1]))
        if page.network.symbolic and quantity.role != "rate":
            yield name, (first,) if len(refs) == 1 else (first, Text(" to "), last)
        elif len(refs) > MOST_GIVEN:
            yield name, (Text(f"{shape} numbers, "), first, Text(" to "), last)
        else:
            yield name, _values(page, refs)


def _values(page: Page, refs: Sequence[Ref]) -> Inlines:
    """x1 = 0.2, x2 = 0.1."""
    found: list[Inline] = []
    for i, ref in enumerate(refs):
        end = ", " if i < len(refs) - 1 else ""
        found += [Math(page.steps.leaf(ref)), Text(f" = {page.steps.written(ref).text}{end}")]
    return tuple(found)


_NAMES = {
    "input": "input",
    "weights": "weights of",
    "kernel": "kernel of",
    "bias": "bias of",
    "target": "target",
    "slope": "gradient of the output",
    "rate": "learning rate",
}


_SLIDES = {
    False: "Convolution means cross-correlation, {}: the kernel slides over the input as it stands.",
    True: "Convolution in the strict sense, {}: the kernel is turned by 180° before it slides.",
}
_SUMS = {
    1: "s(t) = Σ x(t {} a)·k(a)",
    2: "s(i, j) = Σ x(i {0} m, j {0} n)·k(m, n)",
    3: "s(h, i, j) = Σ x(h {0} l, i {0} m, j {0} n)·k(l, m, n)",
}


def _name(quantity: Quantity) -> str:
    """input, weights of h."""
    return f"{_NAMES[quantity.role]} {quantity.layer}".strip()


def _conventions(page: Page) -> Iterable[str]:
    problem, rounding = page.problem, page.steps.policy.rounding
    product = {
        "Wx": "z = W·x + b, a row of W for each neuron",
        "xW": "z = x·W + b, a row of W for each input",
        "WTx": "z = Wᵀ·x + b, a row of W for each input",
    }[problem.notation.product]
    operations = [node.operation for node in page.network.nodes]
    if any(isinstance(operation, Affine) for operation in operations):
        yield f"Dense layers compute {product}."
    constants = {operation.constant for operation in operations if isinstance(operation, Affine)}
    for place in ("first", "last"):
        if place in constants:
            line = "column" if problem.notation.product == "Wx" else "row"
            yield f"The {place} {line} of W is the bias: it belongs to a constant input of 1."
    slides = [operation for operation in operations if isinstance(operation, Correlate)]
    for flip, said in _SLIDES.items():
        ranks = {len(operation.size) for operation in slides if operation.flip == flip}
        for rank in sorted(ranks):
            yield said.format(_SUMS[rank].format("-" if flip else "+"))
    if any(operation.channels != "none" and operation.groups == 1 for operation in slides):
        yield "With channels, Y_i = B_i + Σ_j X_j ⋆ K_ij: filter i has a kernel for each channel j."
    if problem.loss is not None and page.wanted is not None:
        yield f"Loss: {page.loss_title}."
    if page.updates and RATE in page.network.quantities:
        yield (
            "All gradients are found with the weights as they were; then all weights are updated at once."
            if problem.update == "simultaneous"
            else "Layer by layer from the output back, weights are updated before the gradient passes through them."
        )
    if page.network.symbolic:
        yield from _unused_numbers(page)
        return
    how = {"half_up": "rounded", "half_even": "rounded half to even", "truncate": "cut off"}[
        rounding.mode
    ]
    places = f"{how} to {count(rounding.decimals, 'decimal')}, small ones to 3 digits" + (
        ", some answers to others," if rounding.keys else ","
    )
    yield (
        f"Worked by hand: each number is {places} when it is written and used as it is written."
        if page.steps.policy.carries
        else f"Computed with full precision; numbers are {places} where they are shown, and ≈ stands where the numbers shown do not give the result exactly."
    )


def _unused_numbers(page: Page) -> Iterable[str]:
    """Some numbers without the others give none: that they were passed over is said."""
    network = page.network
    given = [q for q in network.of_role("input", *PARAMETERS) if q.name in network.given]
    missing = [_name(q) for q in given if q.name in network.without_numbers]
    unused = [_name(q) for q in given if q.name not in network.without_numbers]
    if missing and unused:
        yield (
            f"The file has no numbers for {listed(missing)}, so everything is worked in symbols; "
            f"those for {listed(unused)} are not used."
        )
