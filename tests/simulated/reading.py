"""Reads what marking says of a sheet, sentence by sentence, and holds it against what is known of the sheet."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from handcalc.formats import write
from handcalc.grading.checking import Checked, Entry
from handcalc.grading.pages import report
from handcalc.grading.pages.why import why
from simulated.marking import agrees
from simulated.student import Exercise, exactly

_NUMBER = r"-?[\d.]+(?:e-?\d+)?"
_TALLY = {
    "right": "RIGHT",
    "following from the answers before": "FOLLOWS",
    "wrong": "WRONG",
    "for a person to decide": "UNDECIDED",
    "blank": "BLANK",
}


@dataclass
class Oracle:
    """What is known of a sheet: the exercise, what was typed, and of which answers a mistake may be named.

    `planted` holds, for each answer that went wrong, the names that are true of it.
    """

    exercise: Exercise
    decimals: int
    sheet: Mapping[str, str]
    checked: Checked
    planted: Mapping[str, frozenset[str]]

    @cached_property
    def key(self) -> dict[str, float]:
        """The right answers."""
        return exactly(self.exercise)

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """What is said of each answer."""
        return {entry.key: entry for entry in self.checked.entries}

    @cached_property
    def follows(self) -> list[dict[str, float]]:
        """What comes out at each answer from those before it, in each way to go on.

        With everything as it stands; along the chain, without the gradients on the way or those of weighted sums;
        and each of these without what is wrong.
        """
        wrong = {e.key for e in self.checked.entries if e.verdict.name == "WRONG"}
        chains: tuple[Callable[[str], bool], ...] = (
            lambda _: True,
            lambda key: not (key.startswith("dE_") and "_in" in key),
            lambda key: not key.startswith("dE_"),
        )
        found = []
        for kept in chains:
            for left_out in (set[str](), wrong):
                typed = {k: v for k, v in self.sheet.items() if kept(k) and k not in left_out}
                try:
                    found.append(exactly(self.exercise, typed))
                except (ZeroDivisionError, ValueError, OverflowError):
                    continue
        return found

    # --- the report ---------------------------------------------------------------------------------

    def falsehoods(self) -> list[str]:
        """Every sentence of the report that is not true of the sheet."""
        text = write(report.document(self.checked), "terminal", width=20_000)
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        found = [f"{line}" for line in lines if not self._true(line)]
        first = [line for line in lines if line.startswith("The first wrong step is")]
        if bool(first) != any(e.verdict.name == "WRONG" for e in self.entries.values()):
            found.append("the first wrong step is not said, or there is none")
        return found

    def _true(self, line: str) -> bool:
        for pattern, holds in (
            (
                rf"({_NUMBER}) of ({_NUMBER}) marks(?:, ({_NUMBER}) still open)?(?:; of \d+ (?:numbers?|formulas?|answers?))?(?:: (.*))?\.",
                self._head,
            ),
            (r"Numbers are asked to (\d) decimals, unless they end before\.", self._asked),
            (r"The first wrong step is (\S+)\.", self._first),
            (r"answer +given +verdict +expected +marks", self._any),
            (r"─+|═+", self._any),
            (r"Right within rounding on the way: (.*)\.", self._rounded),
            (rf"{re.escape(self.checked.scheme.problem.origin.name)}", self._any),
            (
                rf"(\S+) +(\S.*?) +(right|follows|wrong|undecided) +({_NUMBER}) +(\S+)/(\S+)( again)?",
                self._row,
            ),
            (r"(\d+) more cells? of matrices (?:is|are) right\.", self._more),
            (r"Blank: (.*)\.", self._blank),
            (r"Right from the answers before them, which give: (.*)\.", self._giving),
            (
                (
                    r"Within what the digits of the answers before them leave open, "
                    r"though the digits typed give another number: (.*)\."
                ),
                self._giving,
            ),
            (r"(\S+): (\S+) (.*); a person decides\.", self._person),
            (
                (
                    r"(.*) comes? out as if (.*); chance may give (?:this number|these numbers) too\."
                    r"( It costs its mark once\.)? See .*"
                ),
                self._guess,
            ),
            (
                rf"(\S+): (?:the only wrong cell of (\S+); )?(?:from the answers before it ({_NUMBER}) comes out; )?no account of (\S+) is known\. See .*",
                self._unexplained,
            ),
            (r"(.*): no account of these numbers is known\. See .*", self._unexplained_many),
            (
                r"(.*?): (.*?)( It costs its mark once\.)? See handcalc solve problem (\S+)\.",
                self._named,
            ),
        ):
            match = re.fullmatch(pattern, line)
            if match:
                return holds(*match.groups())
        return False

    def _any(self) -> bool:
        return True

    def _head(self, earned: str, of: str, still: str | None, tally: str | None) -> bool:
        counted = dict.fromkeys(_TALLY.values(), 0)
        for part in (tally or "").split(", "):
            number, _, word = part.partition(" ")
            counted[_TALLY[word]] += int(number)
        entries = self.entries.values()
        of_verdict = {
            name: sum(e.verdict.name == name for e in entries) for name in _TALLY.values()
        }
        marks = sum(e.marks for e in entries)
        left = sum(e.of for e in entries if e.verdict.name == "UNDECIDED")
        return (
            counted == of_verdict
            and abs(marks - float(earned)) < 0.006
            and abs(sum(e.of for e in entries) - float(of)) < 0.006
            and abs(left - float(still or 0)) < 0.006
        )

    def _asked(self, decimals: str) -> bool:
        return int(decimals) == self.decimals

    def _first(self, key: str) -> bool:
        """Nothing before it is wrong by the key and by the answers before it."""
        wrong = [e.key for e in self.checked.entries if e.verdict.name == "WRONG"]
        return wrong[:1] == [key] and not agrees(self.sheet[key], self.key[key], self.decimals)

    def _row(
        self,
        key: str,
        given: str,
        verdict: str,
        expected: str,
        marks: str,
        of: str,
        again: str | None,
    ) -> bool:
        entry = self.entries[key]
        digits = len(expected.partition(".")[2])
        near = "e" in expected or abs(float(expected) - self.key[key]) <= 0.5001 * 10**-digits
        costs = verdict in ("wrong", "undecided") and not again
        return (
            given == self.sheet[key][:24]
            and verdict == entry.verdict.name.lower()
            and near
            and float(marks) == (0 if costs else float(of))
        )

    def _more(self, number: str) -> bool:
        few = [e for e in self.checked.entries if self._size(e.group) > report.MOST_CELLS]
        return int(number) == sum(e.verdict.name == "RIGHT" for e in few)

    def _size(self, group: str) -> int:
        return sum(e.group == group for e in self.entries.values())

    def _blank(self, listed: str) -> bool:
        blank = [key for key in self.entries if key not in self.sheet]
        return all(k in blank for k in _keys(listed)) and _number(listed) == len(blank)

    def _giving(self, listed: str) -> bool:
        """Each value is what comes out from the answers before it."""
        pairs = re.findall(rf"(\S+) \(({_NUMBER})\)", listed)
        return bool(pairs) and all(
            self.entries[k].verdict.name == "FOLLOWS" and self._comes_out(k, v) for k, v in pairs
        )

    def _rounded(self, listed: str) -> bool:
        """All that follow and have the key's digits, and no other."""
        found = {
            e.key for e in self.entries.values() if e.verdict.name == "FOLLOWS" and not e.follow
        }
        return set(_keys(listed)) == found

    def _comes_out(self, key: str, value: str) -> bool:
        """Does this value come out, to the digits in which it is said?"""
        unit = 10.0 ** -len(value.partition(".")[2])
        return any(
            abs(float(value) - way[key]) <= 0.51 * unit for way in self.follows if key in way
        )

    def _person(self, key: str, given: str, _: str) -> bool:
        return given == self.sheet[key][:24] and self.entries[key].verdict.name == "UNDECIDED"

    def _guess(self, listed: str, _: str, once: str | None) -> bool:
        pairs = re.findall(r"(\S+) \(([^)]*)\)", listed)
        own = all(self.sheet[k][:24] == v and self.entries[k].guessed for k, v in pairs)
        free = [e for e in self.entries.values() if e.again and e.marks]
        return own and (once is None or bool(free))

    def _unexplained(self, key: str, group: str | None, value: str | None, given: str) -> bool:
        entry = self.entries[key]
        wrong = [e for e in self.entries.values() if e.group == group and e.verdict.name == "WRONG"]
        only = group is None or ([e.key for e in wrong] == [key] and self._size(group) > 1)
        comes = value is None or self._comes_out(key, value)
        return (
            only and comes and given == self.sheet[key][:24] and not (entry.named or entry.guessed)
        )

    def _unexplained_many(self, listed: str) -> bool:
        return all(
            self.entries[k].verdict.name == "WRONG" and not self.entries[k].named
            for k in _keys(listed)
        )

    def _named(self, listed: str, _: str, once: str | None, first: str) -> bool:
        keys = _keys(listed)
        words = self.entries[keys[0]].named
        alike = [e for e in self.entries.values() if words and e.named == words]
        lost = {e.group for e in alike if e.of - e.marks > 1e-9}
        return (
            bool(words)
            and first == keys[0]
            and _number(listed) == len(alike)
            and (once is None or len(lost) <= 1)
        )

    # --- verdicts and names -------------------------------------------------------------------------

    def not_the_key(self) -> Iterator[str]:
        """The answers that are called right without being the key, or the other way round."""
        for key, typed in self.sheet.items():
            verdict = self.entries[key].verdict.name
            if agrees(typed, self.key[key], self.decimals) != (verdict == "RIGHT"):
                yield f"{key}: {typed} is {verdict.lower()} beside the key {self.key[key]}"

    def false_names(self, *, guesses: bool = False) -> Iterator[str]:
        """The mistakes that are named where they were not made, or said with "as if"."""
        for key, typed in self.sheet.items():
            entry = self.entries[key]
            said = entry.guessed if guesses else entry.named
            true = self.planted.get(key, frozenset())
            if said and (not {*said} & true or entry.verdict.name != "WRONG"):
                yield f"{key}: {typed} is {entry.verdict.name.lower()}: {', '.join(said)}"

    # --- why ----------------------------------------------------------------------------------------

    def unlike_its_interval(self, key: str) -> list[str]:
        """What `why` says of an answer that is not what its verdict says."""
        page = write(why(self.checked, key), "terminal", width=20_000)
        value, verdict = float(self.sheet[key]), self.entries[key].verdict.name
        found = ["NaN on the page"] if "NaN" in page else []
        for low, high in re.findall(rf"({_NUMBER}) to ({_NUMBER}) is right\.", page):
            if verdict != "RIGHT" or not _between(low, value, high):
                found.append(f"{verdict}: {value}, and {low} to {high} is right")
        intervals = re.findall(rf"that allows ({_NUMBER}) to ({_NUMBER})\.", page)
        within = [_between(low, value, high) for low, high in intervals]
        if verdict == "FOLLOWS" and not (within and within[-1]):
            found.append(f"follows: {value}, allowed {intervals}")
        if verdict == "WRONG" and any(_inside(low, value, high) for low, high in intervals):
            found.append(f"wrong: {value}, allowed {intervals}")
        if verdict == "FOLLOWS" and not re.search(r"that allows", page):
            found.append("no interval for what follows")
        lines = [line.strip() for line in page.splitlines() if "=" in line]
        if len(lines) != len(set(lines)):
            found.append("a line stands there twice")
        return [f"{key}: {sentence}" for sentence in found]


def _unit(text: str) -> float:
    return 0.51 * 10.0 ** -len(text.partition(".")[2])


def _between(low: str, value: float, high: str) -> bool:
    """Is a number in an interval, which is printed rounded?"""
    step = max(_unit(low), _unit(high)) if "." in low + high else 0.51
    step = min(step, 1e-4)
    return float(low) - step <= value <= float(high) + step


def _inside(low: str, value: float, high: str) -> bool:
    """Is it in it, whatever was rounded away?"""
    step = min(max(_unit(low), _unit(high)), 1e-4)
    return float(low) + step < value < float(high) - step


def _keys(listed: str) -> list[str]:
    """a, b, c, … (4 more): the keys that are named."""
    return [k for k in listed.split(", ") if not k.startswith("…")]


def _number(listed: str) -> int:
    """How many there are with those that are not named."""
    more = re.search(r"\((\d+) more\)$", listed)
    return len(_keys(listed)) + (int(more[1]) if more else 0)
