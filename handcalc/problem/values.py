"""Formulas of one's own: `values: {q: x + y}` becomes a formula layer for each of them."""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any

from handcalc.errors import printable
from handcalc.formula.greek import spelled
from handcalc.formula.syntax import CONSTANTS
from handcalc.problem.exact_yaml import Path

OF_INPUT = ("shape", "symbol", "random", "image", "color", "divide")
_NAME = re.compile(r"[A-Za-zΑ-Ωα-ω][A-Za-z0-9_]*")


def written_out(
    data: dict[str, Any], places: tuple[Path, ...], present: Collection[str] = ()
) -> tuple[dict[str, Any], tuple[Path, ...]]:
    """The file with a layer for each of its values, and the place of each layer; `present` names its fields.

    `input: {x: 1, y: 2}` becomes `inputs:`, and a list of names, [x, y], single numbers that are not given.
    """
    if not data.get("values") or not isinstance(data["values"], dict):
        # Values that cannot be read stand for layers all the same.
        there = {"layers": [{"dense": {"units": "1"}}]} if "values" in present else {}
        data = _in_ascii(data) if isinstance(data.get("gradients"), dict) else data
        return {**there, **_by_name(data, symbols="gradients" in data)}, places
    typed = [str(name) for name in data["values"]]
    torn = _torn(data["values"])
    if torn:
        raise TornFormulaError(torn)
    data = _by_name(_in_ascii(data), symbols=True)
    values = data["values"]
    if not values or not isinstance(data.get("layers", []), list):
        return data, places
    before = list(data.get("layers", []))
    # What is neither true nor false is said once, where it stands.
    gates = {"gates": True} if data.get("gates") in (True, "true") else {}
    made = [{"formula": {"name": name, "formula": text, **gates}} for name, text in values.items()]
    places = places or tuple(("layers", i) for i in range(len(before)))
    found = {**data, "layers": [*before, *made]}
    loss = data.get("loss")
    if isinstance(loss, str) and loss in values:
        found = {"minimize": loss, **found}
        del found["loss"]
    return found, (*places, *(("values", name) for name in typed))


def misfits(data: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """A loss that names one value beside a value that is minimized."""
    loss, other = data.get("loss"), data.get("minimize")
    if not isinstance(data.get("values"), dict) or not isinstance(loss, str):
        return
    named = {spelled(str(name)) for name in data["values"]}
    if other is not None and spelled(loss) in named and spelled(str(other)) != spelled(loss):
        said = f"loss: {loss} and minimize: {printable(str(other))[:40]} name two values"
        yield ("minimize",), f"{said}; leave one of them out"


class TornFormulaError(ValueError):
    """Formulas that YAML has cut at a comma, `{f: max(x, y)}`: their names."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(names)
        self.wrong: list[tuple[Path, str]] = [
            (("values", name), "a comma ends the formula inside of { }; put the formula in quotes")
            for name in names
        ]


def _torn(values: dict[str, Any]) -> list[str]:
    """The formulas with a bracket that is open, where a name without a value follows."""
    names = list(values)
    return [
        str(name)
        for name, behind in pairwise(names)
        if isinstance(values[name], str)
        and values[name].count("(") > values[name].count(")")
        and values[behind] is None
    ]


def _in_ascii(data: dict[str, Any]) -> dict[str, Any]:
    """Greek letters in names as they are typed in keys: alpha for α."""
    found = dict(data)
    for field in ("values", "input", "inputs", "learned", "gradients"):
        if isinstance(found.get(field), dict):
            found[field] = {spelled(str(name)): given for name, given in found[field].items()}
        elif field in ("input", "learned") and isinstance(found.get(field), list):
            own = found[field]
            found[field] = [spelled(item) if _is_name(item) else item for item in own]
    if isinstance(found.get("samples"), list):
        found["samples"] = [_in_ascii(s) if isinstance(s, dict) else s for s in found["samples"]]
    for field in ("minimize", "loss"):
        if isinstance(found.get(field), str):
            found[field] = spelled(found[field])
    return found


def _by_name(data: dict[str, Any], *, symbols: bool) -> dict[str, Any]:
    """Inputs under their names, in samples too."""
    found = dict(data)
    if is_named(found.get("input")):
        found["inputs"] = found.pop("input")
    if isinstance(found.get("samples"), list):
        found["samples"] = [
            {("inputs" if k == "input" and is_named(v) else k): v for k, v in sample.items()}
            if isinstance(sample, dict)
            else sample
            for sample in found["samples"]
        ]
    for field in ("input", "learned") if symbols else ():
        names = found.get(field)
        if isinstance(names, list) and is_list_of_names(names):
            del found[field]
            own = {str(name): {"shape": "number"} for name in names}
            found["inputs" if field == "input" else field] = own
    return found


def is_named(given: object) -> bool:
    """Are these inputs by their names, and no options of one input?"""
    return isinstance(given, dict) and bool(given) and not any(key in OF_INPUT for key in given)


def is_list_of_names(given: object) -> bool:
    """Are these names? e and π alone are numbers, among names they are names too."""
    if not isinstance(given, list) or not all(map(_is_name, given)):
        return False
    return any(item not in CONSTANTS for item in given)


def _is_name(item: object) -> bool:
    return isinstance(item, str) and bool(_NAME.fullmatch(item))
