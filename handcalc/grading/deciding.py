"""Open answers of a class: what people decided is applied, what is still open is collected."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from handcalc.errors import safe
from handcalc.grading.decisions import Case, Decision, Decisions, Open
from handcalc.grading.figures import Figured
from handcalc.grading.scheme import Scheme
from handcalc.grading.step import Step
from handcalc.grading.verdict import SAID, Judged, Verdict, Why
from handcalc.network import Ref
from handcalc.number import plain

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[tuple[Any, ...], np.dtype[Any]]

MOST_NAMED = 1_000


@dataclass
class Applied:
    """How many answers are as a person decided, the decisions by key and student, and whose marks changed."""

    answers: int = 0
    by_key: dict[str, dict[int, Decision]] = field(default_factory=dict)
    changed: dict[str, None] = field(default_factory=dict)
    used: set[Case | str] = field(default_factory=set)
    """The rows of the file that some answer fits."""
    capped: dict[str, str] = field(default_factory=dict)
    """Marks beyond those that an answer counts, by its key."""

    def merge(self, other: "Applied") -> None:
        """Those of some more students."""
        self.answers += other.answers
        self.used |= other.used
        self.capped |= other.capped
        for name in other.changed:
            if len(self.changed) < MOST_NAMED:
                self.changed[name] = None


@dataclass
class Deciding:
    """Applies decisions to some students at once."""

    scheme: Scheme
    decisions: Decisions

    def apply(
        self,
        steps: Sequence[Step],
        judged: Mapping[Ref, Judged],
        typed: Mapping[Ref, Sequence[str]],
        figured: Sequence[dict[str, Figured]],
        figures: Mapping[str, Sequence[str]],
        name_of: Callable[[int], str],
    ) -> tuple[Open, Applied]:
        """Put decisions in the place of verdicts; what is open still, and what was decided."""
        cases, applied = Open(), Applied()
        for key, student, case, expected in (
            *self._figures(figured, figures),
            *self._numbers(steps, judged, typed),
        ):
            decided = self.decisions.of(case)
            if decided is not None:
                row, decision = decided
                applied.by_key.setdefault(key, {})[student] = self._in_full(key, decision)
                applied.answers += 1
                applied.used.add(row)
            elif case.reason:
                cases.add(case, name_of(student), expected)
        for step in steps:
            one = judged[step.ref]
            for student, decision in applied.by_key.get(step.key, {}).items():
                one.verdict[student], one.why[student] = decision.verdict, Why.PERSON
                for rows in (*one.names.values(), *one.guesses.values(), one.again):
                    rows[student] = False
        for key in figures:
            for student, decision in applied.by_key.get(key, {}).items():
                own = figured[student]
                own[key] = replace(
                    own[key],
                    verdict=decision.verdict,
                    why=Why.PERSON,
                    mistakes=(),
                    guesses=(),
                    again=False,
                )
        return cases, applied

    def _in_full(self, key: str, decision: Decision) -> Decision:
        """Some marks of several are not right."""
        if decision.marks is None:
            return decision
        full = decision.marks >= self.scheme.full_marks.get(key, 0.0) > 0
        return replace(decision, verdict=Verdict.RIGHT if full else Verdict.WRONG)

    def _numbers(
        self,
        steps: Sequence[Step],
        judged: Mapping[Ref, Judged],
        typed: Mapping[Ref, Sequence[str]],
    ) -> Iterator[tuple[str, int, Case, str]]:
        """The numbers that a person is asked about, or has spoken of without being asked."""
        spoken = self.decisions.whatever_the_reason()
        answers = {answer for answer, _ in spoken}
        for step in steps:
            one, texts = judged[step.ref], typed.get(step.ref)
            if texts is None:
                continue
            some = set((one.verdict == Verdict.UNDECIDED).nonzero()[0].tolist())
            if step.key in answers:
                some |= {i for i, given in enumerate(texts) if (step.key, safe(given)) in spoken}
            for i in sorted(some):
                is_open = one.verdict[i] == Verdict.UNDECIDED
                reason = SAID[Why(int(one.why[i]))] if is_open else ""
                case = Case(step.key, safe(texts[i]), reason, step.shown(float(one.follow[i])))
                yield step.key, i, case, step.expected

    def _figures(
        self, figured: Sequence[dict[str, Figured]], typed: Mapping[str, Sequence[str]]
    ) -> Iterator[tuple[str, int, Case, str]]:
        spoken = self.decisions.whatever_the_reason()
        for key, texts in typed.items():
            for i, own in enumerate(figured):
                given, is_open = safe(texts[i]), own[key].verdict == Verdict.UNDECIDED
                if is_open or (key, given) in spoken:
                    reason = SAID[own[key].why] if is_open else ""
                    yield key, i, Case(key, given, reason), own[key].figure.shown

    def give(self, earned: "dict[str, Array]", applied: Applied) -> None:
        """Marks that a person gave as a number, no more than the answer counts."""
        of = self.scheme.full_marks
        for key, students in applied.by_key.items():
            for student, decision in students.items():
                if decision.marks is not None:
                    earned[key][student] = min(decision.marks, of[key])
                    if decision.marks > of[key]:
                        applied.capped[key] = f"{plain(decision.marks)} marks"

    def changes(
        self,
        before: "Mapping[str, Array]",
        after: "Mapping[str, Array]",
        applied: Applied,
        name_of: Callable[[int], str],
    ) -> None:
        """Whose marks the decisions change."""
        if not applied.answers:
            return
        import numpy as np

        more = np.sum([after[key] - before[key] for key in after], axis=0)
        for student in np.flatnonzero(np.abs(more) > 1e-9).tolist():
            applied.changed[name_of(student)] = None
