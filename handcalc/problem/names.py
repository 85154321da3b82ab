"""The names in formulas, looked up: inputs, learned numbers, the target, and earlier layers."""

from collections.abc import Collection, Iterator, Mapping

from handcalc.formula.syntax import Part, parse
from handcalc.formula.tokens import UnknownNameError, UnreadableFormulaError
from handcalc.layers._layer import Sources
from handcalc.layers.formula import Formula
from handcalc.operations._named import named, unknown
from handcalc.operations._words import WORDS
from handcalc.problem import ends, flow
from handcalc.problem.exact_yaml import Path
from handcalc.problem.model import Problem

_INSTEAD = {
    "floor": "the whole number as an input",
    "ceil": "the whole number as an input",
    "Φ": "(1 + erf(x/√2))/2",
    "Φ′": "exp(-x^2/2)/√(2π)",
    "φ": "exp(-x^2/2)/√(2π)",
    "σ′": "σ(x)*(1 - σ(x))",
    "sigmoid′": "sigmoid(x)*(1 - sigmoid(x))",
    "tanh′": "1 - tanh(x)^2",
}
"""Functions that answers can name and files cannot, and what to write in a file."""


def bound(problem: Problem, unread: Collection[str] = ()) -> tuple[Problem, list[tuple[Path, str]]]:
    """Every formula with its names looked up, and what is wrong with the others.

    `unread` are names of numbers that cannot be read, so that nothing can be said of formulas with them.
    """
    wrong: list[tuple[Path, str]] = []
    if not any(isinstance(layer, Formula) for layer in problem.layers):
        return problem, wrong
    known = {name: name for name in ends.beside(problem)}
    inputs = ends.entries(problem)
    for entry in inputs:
        known |= {entry.letter: entry.name, entry.name: entry.name}
    names = flow.layer_names(problem.layers)
    first = len(names) - len(problem.values or {})
    before = inputs[0].name if len(inputs) == 1 else ends.INPUT
    made = []
    for i, (layer, name) in enumerate(zip(problem.layers, names, strict=True)):
        found = layer
        if isinstance(layer, Formula):
            # Of a formula that cannot be read nothing else is said.
            found = layer.model_copy(update={"from_": Sources(list(known.values())[:1])})
            own = known if i >= first else {**known, "x": before}
            own = dict.fromkeys(unread, "") | own
            later = {n for n in names[i:] if n}
            try:
                found = _bound(layer, own) or found
            except UnknownNameError as error:
                said = _unknown(error.name, own, later, name, problem.notation.target)
                wrong.append(
                    (("layers", i, "formula", "formula", *error.at), f"the formula {said}")
                )
            except UnreadableFormulaError as error:
                said = f"the formula {error}"
                wrong.append((("layers", i, "formula", "formula", *error.at), said))
        made.append(found)
        known[name], before = name, name
    return problem.model_copy(update={"layers": tuple(made)}), wrong


def _unknown(name: str, known: Mapping[str, str], later: set[str], own: str, target: str) -> str:
    if name == own:
        return f"names {name}, which is the value itself; give the new value another name"
    if name in later:
        return f"names {name}, which comes later; write it after {name}"
    if name == target:
        return f"names {name}, the target, which there is not; write target: and its value"
    instead = _INSTEAD.get(name)
    if instead:
        return f"has the function {name}, which stands in no file; write {instead}"
    return unknown(name, known)


def _bound(layer: Formula, known: Mapping[str, str]) -> Formula | None:
    """The formula over its sources; None where one of them cannot be read."""
    tree = parse(layer.formula, lambda name: named(name, known) is not None, WORDS, plainly=True)
    used = dict.fromkeys(_names(tree))
    meant = {name: found for name in used if (found := named(name, known)) is not None}
    if not all(known[found.base] for found in meant.values()):
        return None
    sources = list(dict.fromkeys(known[found.base] for found in meant.values()))
    places = {found.base: sources.index(known[found.base]) for found in meant.values()}
    return layer.bound(tree, places, Sources(sources or list(filter(None, known.values()))[:1]))


def _names(part: Part) -> Iterator[str]:
    if part.kind == "name":
        yield part.text
    for inner in part.parts:
        yield from _names(inner)
