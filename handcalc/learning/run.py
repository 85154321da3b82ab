"""A run: step after step over batches of data, each from what the step before has left.

Only what the next step needs is kept, so that memory does not grow with the steps.
"""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from handcalc.data import Examples
from handcalc.learning.failing import LostError, first_lost
from handcalc.learning.measure import Measure, kinds_of, measured
from handcalc.learning.networks import Networks
from handcalc.network.graph import Network
from handcalc.network.passes import Result
from handcalc.network.training import left_by, rate_now
from handcalc.network.whole_batch import step_of_batch, values_of_batch
from handcalc.problem.batches import Batches

if TYPE_CHECKING:
    from handcalc.arrays import Array


@dataclass(frozen=True)
class State:
    """What a step begins with: its number, what is learned, what the optimizer remembers, and measures."""

    step: int = 1
    learned: "dict[str, Array]" = field(default_factory=dict)
    memory: "dict[tuple[str, str], Array]" = field(default_factory=dict)
    so_far: Measure = field(default_factory=Measure)
    """Over the samples of this epoch."""
    curve: tuple[tuple[Measure, Measure], ...] = ()
    """Of each whole epoch, over its samples and over those that are held back."""


class Run:
    """Training of one problem on examples; some of them can be held back to be tested on."""

    def __init__(
        self, networks: Networks, examples: Examples, held: Examples, batches: Batches
    ) -> None:
        self.networks, self.examples, self.held, self.batches = networks, examples, held, batches
        self.kinds = kinds_of(examples, networks.form)
        self.state = State(learned=dict(networks.first))

    @property
    def done(self) -> bool:
        """Has the last step been made?"""
        return self.state.step > self.batches.steps

    @property
    def epoch(self) -> int:
        """The epoch of the next step, counted from 1."""
        return self.batches.epoch(self.state.step)

    def step(self) -> bool:
        """One step; is an epoch over with it? The state is the old one or the new one, and nothing between."""
        import numpy as np

        state = self.state
        rows = np.array(self.batches.at(state.step))
        batch = self.examples.some(rows)
        network = self.networks.of(len(rows))
        network.step, network.memory = state.step, state.memory
        given = self.networks.given(network, batch, state.step)
        rate = rate_now(self.networks.problem, self.batches, state.step)
        result = step_of_batch(network, {**given, **state.learned, **rate})
        seen = measured(network, result.values, self.kinds)
        if not np.isfinite(seen.loss):
            raise LostError(state.step, self.epoch, first_lost(network, result.values))
        new = self._after(network, result, seen)
        over = state.step % self.batches.per_epoch == 0
        if over:
            new = self._closed(new)
        self.state = new
        return over

    def tested(self, examples: Examples, learned: "dict[str, Array]") -> Measure:
        """The network in use on some examples: their loss, and how many are right."""
        whole, size = Measure(), self.batches.size
        for start in range(0, len(examples), size):
            batch = examples.some(slice(start, start + size))
            network = self.networks.of(len(batch), in_use=True)
            given = self.networks.given(network, batch, 0, in_use=True)
            values = values_of_batch(network, {**given, **learned})
            whole += measured(network, values, self.kinds, confused=True)
        return whole

    def refuse_lost(self) -> None:
        """Learned numbers that are none, as the very last update may leave them."""
        import numpy as np

        for name, array in self.state.learned.items():
            if not np.isfinite(array).all():
                quantity = self.networks.few.quantities[name]
                where = f": the {quantity.label.word} of layer {quantity.layer} have none"
                raise LostError(self.state.step - 1, self.epoch, where)

    def _after(self, network: Network, result: Result, seen: Measure) -> State:
        state, (learned, memory) = self.state, left_by(network, result)
        return replace(
            state,
            step=state.step + 1,
            learned={**state.learned, **learned},
            memory=memory,
            so_far=state.so_far + seen,
        )

    def _closed(self, state: State) -> State:
        """The state at the end of an epoch, with what its samples and the others have shown."""
        held = self.tested(self.held, state.learned) if len(self.held) else Measure()
        curve = (*state.curve, (state.so_far, replace(held, confused=None)))
        return replace(state, so_far=Measure(), curve=curve)
