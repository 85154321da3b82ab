"""How bad many choices of numbers are, about: a quick reckoning for all of them at once.

Every mistake is worked out with each choice and held against the room that the right answers had with the
numbers of the file.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from handcalc.formula import leaves
from handcalc.grading.lint.file_numbers import Values
from handcalc.grading.lint.findings import PARTLY, UNSEEN
from handcalc.grading.lint.nature import Nature
from handcalc.grading.lint.planting import Sheets
from handcalc.grading.lint.plants import Plant, plants
from handcalc.grading.lint.reach import Tried
from handcalc.grading.lint.variants import Variants, differ, drawn
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.network import Element, Local, Ref

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]


class Reckoning:
    """How bad many choices of numbers are, about."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.steps = scheme, Tried(scheme).steps
        self.sheets = Sheets(scheme, self.steps) if self.steps else None
        self.reach: dict[Ref, float] = {}

    @cached_property
    def made(self) -> list[Plant]:
        """The mistakes that can be seen with some numbers."""
        if self.sheets is None:
            return []
        self.reach = {step.ref: self.sheets.reach(step.ref) for step in self.steps}
        return [
            plant for plant in plants(self.sheets, self.steps) if plant.off or self._shows(plant)
        ]

    @cached_property
    def _draws(self) -> Variants:
        return drawn(self.scheme.steps)

    def _shows(self, plant: Plant) -> bool:
        assert plant.formula is not None
        of, right = self._draws.of(plant.formula), self._draws.value(plant.step.ref)
        return bool(differ(of, right).any())

    @cached_property
    def work(self) -> int:
        """Numbers in all formulas."""
        return sum(
            1 + sum(1 for _ in leaves(plant.formula)) for plant in self.made if plant.formula
        )

    @cached_property
    def _unseen(self) -> int:
        """How many mistakes no answer shows with the numbers of the file."""
        return int(self._reckoned([{}])[1][0])

    def weights(self, choices: Sequence[Values]) -> list[float]:
        """What `Linted.weight` is, about, with each of several choices; none may hide one more mistake."""
        import numpy as np

        weights, unseen = self._reckoned(choices)
        return [float(weight) for weight in np.where(unseen > self._unseen, np.inf, weights)]

    def _reckoned(self, choices: Sequence[Values]) -> "tuple[Array, Array]":
        """The weights, and how many mistakes no answer shows."""
        import numpy as np

        variants = _variants(self.scheme, choices)
        cells = Counter((place, self._groups[key]) for place, key in self._forms)
        seen: dict[int, Array] = {}
        total: Any = 0.0
        with np.errstate(all="ignore"):
            for (place, key), forms in self._forms.items():
                passes = [self._passes(plant, variants) for plant in forms]
                some, every = np.any(passes, axis=0), np.all(passes, axis=0)
                weight = np.where(every, 1.0, np.where(some, PARTLY, 0.0))
                total = total + weight / cells[place, self._groups[key]]
                seen[place] = seen.get(place, False) | ~every
            unseen = sum((~shown).astype(int) for shown in seen.values())
            total = total + UNSEEN * unseen
            of_group = Counter(self._groups.values())
            for step in self.steps:
                total = total + self._guessed(step, variants) / of_group[step.group]
        return np.broadcast_to(total, len(choices)), np.broadcast_to(unseen, len(choices))

    def _passes(self, plant: Plant, variants: Variants) -> "Array":
        """Is it as near the right value as may be? What has no value is not seen either."""
        import numpy as np

        assert plant.formula is not None
        off = np.abs(variants.of(plant.formula) - variants.value(plant.step.ref))
        passes: Array = ~(off > self.reach[plant.step.ref])
        return passes

    @cached_property
    def _forms(self) -> dict[tuple[int, str], list[Plant]]:
        """The forms of each mistake in each answer."""
        found: dict[tuple[int, str], list[Plant]] = {}
        for plant in self.made:
            found.setdefault((plant.mistake, plant.step.key), []).append(plant)
        return found

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {step.key: step.group for step in self.steps}

    @cached_property
    def _guesses(self) -> dict[Ref, list[float | Ref]]:
        """What should not pass in each answer: 0, 1 and numbers of the problem, unless it is that by nature."""
        found: dict[Ref, list[float | Ref]] = {}
        for step in self.steps:
            nature = Nature(step, self._draws)
            copied = [r for r in step.before() if self.scheme.steps.is_given(r)]
            found[step.ref] = [
                *(guess for guess in (0.0, 1.0) if not nature.is_often(guess)),
                *(ref for ref in copied if not nature.takes(ref)),
            ]
        return found

    def _guessed(self, step: Step, variants: Variants) -> "Array":
        """Such a guess would pass, or slopes before the answer are saturated."""
        import numpy as np

        value, reach = variants.value(step.ref), self.reach[step.ref]
        found, slopes = np.zeros(variants.rows, bool), np.zeros(variants.rows)
        for guess in self._guesses[step.ref]:
            other = guess if isinstance(guess, float) else variants.value(guess)
            found |= np.abs(value - other) <= reach
        for ref in step.before():
            if isinstance(ref, Local) and step.slope_of_activation(ref) is not None:
                slope = np.abs(variants.value(ref))
                slopes += (slope > 0) & (slope < 0.5 * step.asked)
        return found + slopes


def _variants(scheme: Scheme, choices: Sequence[Values]) -> Variants:
    """The network with each choice of numbers."""
    import numpy as np

    changed = dict.fromkeys(ref for choice in choices for ref in choice)

    def given(element: Element) -> Any:
        own = scheme.steps.exact(element)
        if element not in changed:
            return own
        return np.array([choice.get(element, own) for choice in choices])

    return Variants(scheme.steps, len(choices), given)
