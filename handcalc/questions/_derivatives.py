"""The slope of each activation and of the loss, derived once, rule by rule, with sympy as the proof."""

from collections.abc import Iterable, Iterator
from math import prod

from handcalc.document import Line, Lines, words
from handcalc.errors import ProofError
from handcalc.formula import (
    Derivative,
    Formula,
    Partial,
    Symbol,
    algebra,
    is_long,
    leaves,
    substitute,
)
from handcalc.formula.calculus import derive
from handcalc.formula.text import text
from handcalc.losses._loss import Loss
from handcalc.network import Element, Local, Ref
from handcalc.network.formulas import Elements
from handcalc.operations._along import Along
from handcalc.operations._elementwise import Elementwise
from handcalc.operations._operation import Operation
from handcalc.operations._tensor import Index
from handcalc.questions._page import Page

MOST_DERIVED = 8
"""Names in one formula up to which its slope by each of them is derived."""


def write(page: Page) -> None:
    """One derivation for each kind of activation and for the loss (`--level full`)."""
    if page.level != "full":
        return
    of_values = list(_of_values(page))
    others = [node for node in page.network.nodes if node.operation.derivable]
    others = [node for node in others if not page.network.quantities[node.output].label.of_file]
    if not others and not of_values:
        return
    page.section("The slopes that are used")
    for slope, result, definition, claim, by in of_values:
        page.step(slope)
        _derivation(page, result, definition, definition, claim, by)
    seen: list[Operation] = []
    for node in others:
        operation = node.operation
        if operation in seen:
            continue
        seen.append(operation)
        shape = page.network.quantities[node.inputs[0]].shape
        for title, result, definition, expanded, claim, by in _claims(
            operation, shape[-1] if shape else 1, page.steps.notation.loss
        ):
            page.step(title)
            _derivation(page, result, definition, expanded, claim, by)
        page.say(f"In words: {operation.rule()}.")


def once(page: Page, slopes: Iterable[Ref]) -> None:
    """Where the slope of an activation is used for the first time: its definition, its derivative, and that in its output."""
    if page.level != "normal":
        return
    for slope in slopes:
        if not isinstance(slope, Local):
            continue
        operation = page.network.producer(slope.of.quantity).operation
        if not isinstance(operation, Elementwise):
            continue
        z, a = Symbol("z", "z"), Symbol("a", "a")
        claim = operation.slope(z, a)
        if a not in leaves(claim) or not page.first_time(f"slope of {operation!r}"):
            continue
        definition = operation.of(z)
        derivative = derive(operation.expanded(z), z)[1]
        if not _agrees(derivative, definition, claim, a, z):
            # The proof of the step in which it is used says so.
            continue
        whole = Derivative(a, z)
        lines = (
            Line(a, definition),
            Line(whole, derivative),
            Line(whole, claim, because=words("the same, in the output")),
        )
        word = type(operation).__module__.rpartition(".")[2].replace("_", " ")
        page.say(f"Where the slope of {word} comes from:")
        page.add(Lines(lines))


def _of_values(page: Page) -> Iterator[tuple[Partial, Symbol, Formula, Formula, Symbol]]:
    """The slope of each value of the file, of an array its first element, by each name in its formula."""
    network, steps = page.network, page.steps
    sample = steps.samples[0] if steps.samples else None
    for node in network.nodes:
        quantity = network.quantities[node.output]
        if not quantity.label.of_file or node.output not in network.reaching:
            continue
        of = Element(node.output, (0,) * len(quantity.shape), sample)
        definition, symbol = steps.formula(of), steps.leaf(of)
        if definition is None or is_long(definition) or not isinstance(symbol, Symbol):
            continue
        for by in list(dict.fromkeys(leaves(definition)))[:MOST_DERIVED]:
            ref = steps.ref(by)
            if not isinstance(by, Symbol) or not isinstance(ref, Element):
                continue
            if network.quantities[ref.quantity].kind == "target":
                continue
            claim = steps.formula_of_slope(Local(of, ref))
            yield Partial(symbol, by), symbol, definition, claim, by


_Claim = tuple[str, Symbol, Formula, Formula, Formula, Symbol]


def _claims(operation: Operation, n: int, loss: str) -> Iterator[_Claim]:
    """Title, symbol of the result, definition, the form to derive, the slope, and by what."""
    word = type(operation).__module__.rpartition(".")[2].replace("_", " ")
    if isinstance(operation, Elementwise):
        z, a = Symbol("z", "z"), Symbol("a", "a")
        slope = operation.slope(z, a)
        yield f"Slope of {word}", a, operation.of(z), operation.expanded(z), slope, z
        return
    if isinstance(operation, Loss):
        for words_for, derived, size, i in operation.derivations(n):
            y = _vector("o", size)
            t = _vector("t", prod(operation.target_shape((size,))))
            sample: Index = (0,) * derived.over_samples
            seen = _of_one_sample(y) if sample else y
            definition = derived.definition(sample, seen, t)
            slope = derived.partial(sample, 0, (*sample, i), seen, seen, t)
            name = ", ".join(filter(None, ("Slope of the loss", word, words_for)))
            yield name, Symbol(loss, loss), definition, definition, slope, _at(y, i)
        return
    assert isinstance(operation, Along)
    n = min(n, 3)
    z_all, p = _vector("z", n), _vector(operation.letter, n)
    for by in range(min(n, 2)):
        definition = operation.definition((0,), z_all)
        slope = operation.partial((0,), 0, (by,), p, z_all)
        at = z_all[by]
        assert isinstance(at, Symbol)
        kind = "by its own score" if by == 0 else "by another score"
        yield f"Slope of {word} {kind}", _first(p), definition, definition, slope, at


def _derivation(
    page: Page, result: Symbol, definition: Formula, expanded: Formula, claim: Formula, by: Symbol
) -> None:
    lines = [Line(result, definition)]
    if expanded != definition:
        lines.append(Line(result, expanded, because=words("in exponentials")))
    rules, derivative = derive(expanded, by)
    lines += [Line(rule.left, rule.right, because=words(rule.because)) for rule in rules]
    whole = Derivative(result, by)
    if len(rules) != 1 or rules[0].right != derivative:
        lines.append(Line(whole, derivative, because=words("put together")))
    in_output = any(symbol.base == result.base for symbol in _symbols(claim))
    if text(claim) != text(derivative):
        lines.append(
            Line(
                whole,
                claim,
                because=words("the same, in the output" if in_output else "simplified"),
            )
        )
    page.add(Lines(tuple(lines)))
    _refuse_other(derivative, definition, claim, result, by)
    page.note(
        "checked",
        f"sympy differentiates the definition to {algebra.sympy_says(definition, by)}, which is the same.",
    )


def _refuse_other(
    derivative: Formula, definition: Formula, claim: Formula, result: Symbol, by: Symbol
) -> None:
    """Both forms of a slope are what sympy finds."""
    if not _agrees(derivative, definition, claim, result, by):
        raise ProofError(f"slope of {text(result)}", "sympy finds another derivative")


def _agrees(
    derivative: Formula, definition: Formula, claim: Formula, result: Symbol, by: Symbol
) -> bool:
    """Does sympy find the derivative, and what is claimed with the output's definition in it?"""
    outputs = {result: definition}
    proved = substitute(
        claim, lambda leaf: outputs.get(leaf, leaf) if isinstance(leaf, Symbol) else leaf
    )
    others = any(s.base == result.base and s != result for s in _symbols(proved))
    return algebra.is_derivative(derivative, definition, by) and (
        others or algebra.is_derivative(proved, definition, by)
    )


def _symbols(formula: Formula) -> list[Symbol]:
    return [leaf for leaf in leaves(formula) if isinstance(leaf, Symbol)]


def _vector(letter: str, n: int) -> Elements:
    def at(index: Index) -> Formula:
        i = str(index[0] + 1)
        return Symbol(letter, f"{letter}{i}", i)

    return Elements((n,), at)


def _of_one_sample(vector: Elements) -> Elements:
    """The same for who sees all samples at once: there is one."""
    return Elements((1, *vector.shape), lambda index: vector.at(index[1:]))


def _first(vector: Elements) -> Symbol:
    return _at(vector, 0)


def _at(vector: Elements, place: int) -> Symbol:
    symbol = vector[place]
    assert isinstance(symbol, Symbol)
    return symbol
