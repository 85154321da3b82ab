"""The problem file of a trained network: its layers, with the numbers that they have learned.

It is written from the file that was trained: `weights: {from: trained.npz}` stands for every learned array, repeated
blocks are written out, and the input is the shape of the samples of `data:`. Layers are as they are in use: nothing is
dropped, and running values are used.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handcalc.data import Source
from handcalc.errors import HandcalcError, ProblemError, UsageError, printable
from handcalc.formula.greek import spelled
from handcalc.learning import stored_layers
from handcalc.learning.checkpoint import called
from handcalc.learning.networks import Networks
from handcalc.problem import Problem, blocks, exact_yaml, parse, uses
from handcalc.problem.beside import ARRAYS
from handcalc.problem.data import name_in
from handcalc.problem.ends import INPUT
from handcalc.problem.model import Unknown
from handcalc.problem.writing import flow, item

LEFT_OUT = frozenset(
    {
        "title",
        "source",
        "question",
        "input",
        "inputs",
        "samples",
        "target",
        "data",
        "layers",
        "notes",
    }
)
"""Fields that are written anew, or that speak of other numbers."""


@dataclass(frozen=True)
class Written:
    """What is to be written: the place of the file, that of the learned numbers, and the data."""

    networks: Networks
    place: Path
    weights: Path
    source: Source

    @property
    def problem(self) -> Problem:
        """What is trained."""
        return self.networks.problem

    def text(self) -> str:
        """The file; UsageError where a problem file cannot say what is trained, or from what."""
        if self.place.suffix.lower() not in (".yaml", ".yml"):
            raise UsageError(f"{self._shown}: is a problem file; write a name with .yaml")
        self._refuse_large()
        try:
            found = "\n".join(self._lines()) + "\n"
        except LookupError as error:
            raise self._refused(f"there is no field for {error.args[0]}") from None
        self._refuse_others(found)
        return found

    @property
    def _weights(self) -> str:
        return self._beside(self.weights, ships=False)

    @property
    def _shown(self) -> str:
        return printable(str(self.place))

    def _beside(self, path: Path, *, ships: bool = True) -> str:
        """How the new file calls another one, which lies in its folder, or ships."""
        name = name_in(self.place.resolve().parent, path, ships=ships)
        if name is None:
            said = f"{self._shown}: {printable(str(path))[:200]} lies outside of its folder"
            raise UsageError(f"{said}; write --problem into a folder above both files")
        return name

    def _lines(self) -> Iterator[str]:
        problem = self.problem
        data = exact_yaml.read(problem.origin.path, problem.origin.text)
        data, _, _ = blocks.expanded(uses.in_full(data))
        yield f"title: {flow(f'{problem.title or problem.origin.name}, trained')}"
        yield from (f"source: {flow(problem.source)}",) if problem.source else ()
        yield f"data: {flow(self._data())}"
        yield from self._input(data)
        learned = list(map(called, self.networks.first))
        if "layers" in data:
            yield "layers:"
            for layer in stored_layers.of(problem, data["layers"], learned, self._weights):
                yield f"  - {item(layer)}"
        for field, value in data.items():
            if field == "learned" and isinstance(value, dict):
                own = {name: self._number(name, learned) or value[name] for name in value}
                yield f"{field}: {flow(own)}"
            elif field == "outputs":
                own = {name: _without_target(output) for name, output in value.items()}
                yield f"{field}: {flow(own)}"
            elif field not in LEFT_OUT:
                yield f"{field}: {flow(value)}"

    def _number(self, name: str, learned: Collection[str]) -> dict[str, str]:
        """A number of formulas, θ and theta alike, by the name of its array."""
        array = f"learned.{spelled(name)}"
        found = {"from": self._weights} | ({} if spelled(name) == name else {"array": array})
        return found if array in learned else {}

    def _data(self) -> dict[str, Any]:
        source = self.source
        found = {"file": self._beside(source.path)}
        found |= {"target": source.target} if source.target else {}
        found |= {"labels": self._beside(source.labels)} if source.labels else {}
        divide = f"{source.divide!r}".removesuffix(".0")
        return found | ({} if source.divide == 1 else {"divide": divide})

    def _input(self, data: Mapping[str, Any]) -> Iterator[str]:
        """The shapes of the inputs; single numbers of formulas have none, and stay with their target."""
        shapes = self.networks.form.inputs
        if () in shapes.values():
            fields = ("input", "inputs", "target")
            yield from (f"{field}: {flow(data[field])}" for field in fields if field in data)
            return
        given: Mapping[str, Any] = self.problem.inputs or {INPUT: self.problem.input}
        found: dict[str, Any] = {}
        for name, shape in shapes.items():
            found[name] = {"shape": list(shape)}
            own = given.get(name)
            if isinstance(own, Unknown) and "symbol" in own.model_fields_set:
                found[name]["symbol"] = own.symbol
        alone = found.get(INPUT)
        yield f"inputs: {flow(found)}" if alone is None else f"input: {flow(alone)}"

    def _refuse_large(self) -> None:
        """Numbers that no problem file reads."""
        optimizer = self.problem.optimizer
        copies = 1 + len(optimizer.state if optimizer else {})
        if copies * sum(array.nbytes for array in self.networks.first.values()) > ARRAYS.most:
            said = f"{printable(str(self.weights))} will be larger than {ARRAYS.most // 10**6} MB"
            raise UsageError(f"{said}, which no problem file reads; leave --problem out")

    def _refuse_others(self, text: str) -> None:
        """The file is read as it will be: does each array arrive where it comes from, and has one sample a value?"""
        import numpy as np

        draws = np.random.default_rng(1)
        sent = {name: draws.uniform(0.1, 1, a.shape) for name, a in self.networks.first.items()}
        there = {self._weights: {called(name): array for name, array in sent.items()}}
        try:
            read = parse(text, str(self.place), self.place.stem, on_data=True, arrays=there)
            networks = Networks(read)
            found = networks.first
            networks.of(1)
        except ProblemError as error:
            raise self._refused(error.mistakes[0].what) from None
        except HandcalcError as error:
            raise self._refused(str(error)) from None
        for name, array in sent.items():
            if name not in found or not np.array_equal(found[name], array):
                raise self._refused(f"there is no field for {called(name)}")

    def _refused(self, why: str) -> UsageError:
        said = f"{self._shown}: the trained network cannot be written as a problem file: {why}"
        return UsageError(f"{said}. Train without --problem, or change that layer")


def _without_target(output: dict[str, Any]) -> dict[str, Any]:
    """An output whose targets are those of the data."""
    return {field: value for field, value in output.items() if field != "target"}
