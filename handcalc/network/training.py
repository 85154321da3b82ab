"""Training: step after step of one network, each from the weights that the step before has left.

Of every step there are the arrays; of those that are explained there are formulas too. Only what the next step
needs is kept, so that memory does not grow with the steps.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, prod
from typing import TYPE_CHECKING, NoReturn

from handcalc.errors import ProblemError
from handcalc.formula import Formula, Number, evaluate
from handcalc.network.building import build
from handcalc.network.graph import LOSS, RATE, Network
from handcalc.network.passes import Result, loss_of, mistakes, one_step
from handcalc.network.refs import After, Element, Ref, Stage
from handcalc.network.rounding import Policy, Written
from handcalc.network.silent import silent
from handcalc.network.steps import Steps
from handcalc.problem.batches import Batches
from handcalc.problem.model import Problem

if TYPE_CHECKING:
    from handcalc.network.silent import Flags
    from handcalc.operations._operation import Array

MOST_NETWORKS = 64
"""Batches whose networks are kept; with more of them each is built when its turn comes."""


@dataclass(frozen=True)
class State:
    """What a step begins with: its number, what is learned so far, and what the optimizer remembers."""

    step: int = 1
    learned: "dict[str, Array]" = field(default_factory=dict)
    memory: "dict[tuple[str, str], Array]" = field(default_factory=dict)
    written: Mapping[Ref, Written] = field(default_factory=dict)
    """The same as a person has written it down, where written numbers are carried on."""


@dataclass
class Course:
    """How training went: the loss before each step, where the only learned number was, which rectifiers gave 0."""

    losses: list[float] = field(default_factory=list)
    places: list[float] = field(default_factory=list)
    """After 0, 1, 2, … steps; none where several numbers are learned."""
    alive: "dict[str, Array]" = field(default_factory=dict)
    """The last step in which each unit gave something for some sample; 0 where there was none."""

    def see(self, step: int, loss: float, silent_units: "dict[str, Flags]") -> None:
        """One step more."""
        import numpy as np

        self.losses.append(loss)
        for name, units in silent_units.items():
            self.alive[name] = np.where(units, self.alive.get(name, 0.0), float(step))

    def died(self, per_epoch: int) -> list[tuple[Element, int]]:
        """The units that gave 0 in the last steps, an epoch of them at least, and since which step."""
        count = len(self.losses)
        return [
            (Element(name, (unit,)), int(last) + 1)
            for name, own in self.alive.items()
            for unit, last in enumerate(own)
            if last <= count - per_epoch
        ]


class Training:
    """The steps of a problem that is trained for several of them."""

    def __init__(self, problem: Problem, policy: Policy) -> None:
        self.problem, self.policy = problem, policy
        self.batches = problem.batches
        self._networks: dict[tuple[tuple[int, ...], int], Network] = {}
        self._kept: dict[int, State] = {1: State()}
        self._seen: dict[int, Steps] = {}
        self._of_all: dict[int, Steps] = {}

    @property
    def count(self) -> int:
        """How many steps there are."""
        return self.batches.steps

    @property
    def explained(self) -> tuple[int, ...]:
        """The steps that are worked out in full."""
        return self.problem.explain or (1,)

    def at(self, step: int) -> Steps:
        """The formulas and values of one step."""
        if step not in self._seen:
            start = max(kept for kept in self._kept if kept <= step)
            state = self._kept[start]
            while state.step < step:
                state = self._after(state)[0]
            self._kept[step] = state
            self._seen[step] = self._steps(state)
        return self._seen[step]

    def of_all_samples(self, step: int) -> Steps:
        """The formulas and values of all samples with the weights that one step begins with."""
        if step not in self._of_all:
            own = self.at(step).network
            whole = replace(build(self.problem, step), now=own.now, memory=own.memory)
            self._of_all[step] = Steps(whole, self.policy)
        return self._of_all[step]

    def course(self, keeping: Collection[int] = ()) -> Course:
        """All steps, one after the other; some are kept to be looked at."""
        state, found = self._kept[1], Course()
        for number in range(1, self.count + 1):
            if number in keeping:
                self._kept[number] = state
            state, result, network = self._after(state)
            found.see(number, _measure(network, result), silent(network, result.values))
            if not isfinite(found.losses[-1]):
                self._refuse(number)
            found.places += _places(network, result, last=number == self.count)
        return found

    def _refuse(self, step: int) -> NoReturn:
        """A step whose loss is beyond all numbers, or has none."""
        origin = self.problem.origin
        word = "steps" if self.problem.steps is not None else "epochs"
        place = (word,) if getattr(self.problem, word) is not None else ()
        said = f"in step {step} the loss has no finite value any more"
        what = f"{said}; write a smaller learning_rate, or fewer steps"
        raise ProblemError(origin.path, [origin.mistake(place, what)])

    def _after(self, state: State) -> tuple[State, Result, Network]:
        network = self._network(state.step)
        network.step, network.memory = state.step, state.memory
        result = one_step(network, {**network.arrays, **self._start(state)})
        learned, memory = left_by(network, result)
        written = self._written(state) if self.policy.carries else {}
        return State(state.step + 1, {**state.learned, **learned}, memory, written), result, network

    def _start(self, state: State) -> "dict[str, Array]":
        """What is learned before a step, and the learning rate of it."""
        return {**state.learned, **rate_now(self.problem, self.batches, state.step)}

    def rate(self, step: int) -> Formula | None:
        """The learning rate of a step, as its schedule has it; None where it stays what it is."""
        return rate_of(self.problem, self.batches, step)

    def _written(self, state: State) -> dict[Ref, Written]:
        """What is carried into the next step by hand."""
        steps, found = self._steps(state), dict[Ref, Written]()
        kept = steps.optimizer.kept
        for element in steps.learned_elements:
            found[element] = steps.by_hand(After(element))
            for row in (Stage(element, word) for word in kept):
                found[replace(row, old=True)] = steps.by_hand(row)
        return found

    def _steps(self, state: State) -> Steps:
        network = self._network(state.step)
        own = replace(network, step=state.step, now=self._start(state), memory=state.memory)
        return Steps(own, self.policy, state.written)

    def _network(self, step: int) -> Network:
        """The network on the samples of a step; those of equal batches are one."""
        batch, samples = self.batches.at(step), self.problem.samples
        place = (batch, step if self.problem.gradients else 1)
        if place not in self._networks:
            if len(self._networks) >= MOST_NETWORKS:
                self._networks.clear()
            own = tuple(samples[i] for i in batch) if samples else None
            made = build(self.problem.model_copy(update={"samples": own}), place[1])
            made.batch = batch
            self._networks[place] = made
        return self._networks[place]


def rate_of(problem: Problem, batches: Batches, step: int) -> Formula | None:
    """The learning rate of a step; None where there is no schedule.

    Steps that the optimizer has made before the first one of the file count too.
    """
    schedule, optimizer = problem.schedule, problem.optimizer
    if schedule is None or optimizer is None:
        return None
    given = optimizer.learning_rate
    before = optimizer.first_step - 1
    done = before + step - 1 if schedule.per == "step" else batches.epoch(step) - 1
    return schedule.rate(Number(given.value, given.text), done)


def rate_now(problem: Problem, batches: Batches, step: int) -> "dict[str, Array]":
    """The learning rate of a step where a schedule changes it; else nothing in place of the file's."""
    import numpy as np

    formula = rate_of(problem, batches, step)
    return {} if formula is None else {RATE: np.asarray(float(evaluate(formula, lambda _: 0)))}


def left_by(
    network: Network, result: Result
) -> "tuple[dict[str, Array], dict[tuple[str, str], Array]]":
    """What a step leaves to the next one: what is learned or kept beside it, and the optimizer's memory."""
    optimizer = network.problem.optimizer
    rows = optimizer.state if optimizer else {}
    memory = {place: array for place, array in result.stages.items() if place[1] in rows}
    running = {old: result.values[new] for new, old in network.running.items()}
    return {**result.updated, **running}, memory


def _places(network: Network, result: Result, *, last: bool) -> list[float]:
    """The only learned number before a step, and after the last one."""
    if [prod(quantity.shape) for quantity in network.learned] != [1]:
        return []
    name = network.learned[0].name
    before = float(result.values[name].item())
    return [before, float(result.updated[name].item())] if last else [before]


def _measure(network: Network, result: Result) -> float:
    """The loss; for a rule that has none, how many outputs are wrong; 0 where gradients alone are given."""
    if network.loss_is_known:
        return loss_of(network, result.values[LOSS])
    return mistakes(network, result) if network.problem.rule else 0
