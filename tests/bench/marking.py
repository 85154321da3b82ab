"""How fair and how fast marking is: `python tests/bench/marking.py` prints both.

Fair: sheets of random networks of every kind, worked out by tests/simulated with arithmetic of its own; honest ones that
lose a mark; sheets with something planted in them, read sentence by sentence; numbers drawn at random that are named as a
mistake, at several levels of chance. Fast: a class of 300 and one of 100,000, beside the same sheets one after the other.
"""

import argparse
import csv
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from handcalc.grading import diagnosis  # noqa: E402
from handcalc.grading.checking import Checked, check_with  # noqa: E402
from handcalc.grading.lint import lint  # noqa: E402
from handcalc.grading.reading.sheet import of  # noqa: E402
from handcalc.grading.scheme import Scheme  # noqa: E402
from handcalc.problem import parse  # noqa: E402
from simulated import KINDS  # noqa: E402  # from tests/
from simulated.marking import Marker, agrees  # noqa: E402
from simulated.planting import (  # noqa: E402
    RANDOM,
    drawn_at_random,
    with_gaps,
    with_mistakes,
    with_random_numbers,
    with_slips,
    worked,
)
from simulated.reading import Oracle  # noqa: E402
from simulated.student import Student, exactly, ways  # noqa: E402
from students import MISTAKES, Numbers, drawn, sheet, strategies  # noqa: E402

SOURCE = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How fair and how fast marking is.")
    parser.add_argument("--honest", type=int, default=10_000, help="honest sheets (10,000)")
    parser.add_argument("--read", type=int, default=2_000, help="sheets read by the oracle (2,000)")
    parser.add_argument(
        "--random", type=int, default=40, help="networks for numbers at random (40)"
    )
    parser.add_argument("--networks", type=int, default=25, help="networks for mistakes (25)")
    parser.add_argument("--students", type=int, default=100_000, help="rows of the large class")
    options = parser.parse_args()
    honest(options.honest)
    read_out(options.read)
    for level in (0.0005, 0.001, 0.002, 0.005):
        by_chance(level, options.random)
    planted(options.networks)
    for students in (300, options.students):
        fast(students)


def honest(wanted: int) -> None:
    """Sheets without a mistake, of every kind of network: how many lose a mark or hear of a mistake."""
    for kind, draw in KINDS.items():
        rng, sheets, tally = random.Random(kind), 0, Counter[str]()
        while sheets < wanted / len(KINDS):
            exercise = draw(rng)
            right = exactly(exercise)
            for decimals in (2, 3, 4):
                students = [Student(w, c) for w in ways(decimals).values() for c in (True, False)]
                notes = [worked(exercise, student) for student in students]
                full = [one.sheet for one in notes if one is not None]
                own = [*full, *(with_gaps(rng, sheet) for sheet in full)]
                sheets += len(own)
                for said in Marker(exercise.text(decimals)).mark(own):
                    tally["lost"] += any(one.verdict == "wrong" for one in said.values())
                    for key, one in said.items():
                        untrue = agrees(one.typed, right[key], decimals) != (one.verdict == "right")
                        tally["answers"] += 1
                        tally["undecided"] += one.verdict == "undecided"
                        tally["said right or not against the key"] += untrue
                        tally["spoken of as a mistake"] += bool(one.words)
        print(f"honest, {kind}: {sheets} sheets: {dict(tally)}")


def read_out(wanted: int) -> None:
    """Sheets with something planted in them: every falsehood that is said of them."""
    tally, shown, rng = Counter[str](), Counter[str](), random.Random(31)
    while tally["sheets"] < wanted:
        kind = rng.choice(list(KINDS))
        exercise, decimals = KINDS[kind](rng), rng.choice((2, 3, 4))
        right = exactly(exercise)
        sheets = [
            *with_mistakes(rng, exercise, decimals),
            *with_slips(rng, exercise, decimals),
            *with_random_numbers(rng, exercise, right, decimals),
        ]
        marked = Marker(exercise.text(decimals)).checked([planted.sheet for planted in sheets])
        for planted, checked in zip(sheets, marked, strict=True):
            oracle = Oracle(exercise, decimals, planted.sheet, checked, planted.names)
            keys = rng.sample(sorted(planted.sheet), min(5, len(planted.sheet)))
            tally["sheets"] += 1
            tally["wrong answers"] += sum(e.verdict.name == "WRONG" for e in checked.entries)
            for word, found in (
                ("sentences", oracle.falsehoods()),
                ("right beside another key", list(oracle.not_the_key())),
                ("false names", list(oracle.false_names())),
                ("false guesses", list(oracle.false_names(guesses=True))),
                ("unlike their interval", [f for k in keys for f in oracle.unlike_its_interval(k)]),
            ):
                tally[word] += len(found)
                shown[word] += 1 if found else 0
                if found and shown[word] <= 5:
                    print(f"  {word}: {kind}, {decimals} decimals, {planted.label}: {found[0]}")
    print(f"read by the oracle: {dict(tally)}")


def by_chance(level: float, networks: int) -> None:
    """Numbers at random in place of all answers: how many of the wrong ones are named, a thousand."""
    rng, tally = random.Random(77), Counter[tuple[str, str]]()
    for number in range(networks):
        exercise = list(KINDS.values())[number % len(KINDS)](rng)
        right = exactly(exercise)
        for decimals in (2, 3, 4):
            marker = Marker(exercise.text(decimals))
            for how in RANDOM:
                sheets = [
                    {k: drawn_at_random(rng, how, v, decimals) for k, v in right.items()}
                    for _ in range(8)
                ]
                with patch.object(diagnosis, "LEVEL", level):
                    marked = marker.mark(sheets)
                for said in marked:
                    for one in said.values():
                        for about in ("all", how, f"{decimals} decimals"):
                            tally[about, one.verdict] += 1
                            tally[about, "named"] += bool(one.names)
                            tally[about, "as if"] += bool(one.guesses)
                            tally[about, "earns again"] += one.again
    for about in ("all", *RANDOM, "2 decimals", "3 decimals", "4 decimals"):
        wrong = tally[about, "wrong"]
        rates = {
            w: round(1000 * tally[about, w] / wrong, 2) for w in ("named", "as if", "earns again")
        }
        print(f"at random, level {level}, {about}: {wrong} wrong; of 1,000 of them {rates}")


def planted(networks: int) -> None:
    """One mistake a sheet: found, named and charged once, or said by lint to be beyond telling."""
    rng, tally = random.Random(7), Counter[tuple[str, int, str]]()
    for _ in range(networks):
        numbers = drawn(rng)
        for decimals in (3, 4):
            problem = parse(numbers.problem(decimals))
            scheme, blind = Scheme(problem), {(b.key, b.mistake) for b in lint(problem).blind}
            for mistake in MISTAKES:
                for way, carries in strategies(decimals):
                    own = sheet(numbers, way, carries, mistake)
                    checked = check_with(scheme, of(own))
                    tally[mistake, decimals, _outcome(checked, own, mistake, blind)] += 1
    for decimals in (3, 4):
        whole = sum(n for (_, d, _), n in tally.items() if d == decimals)
        words = Counter[str]()
        for (_, d, outcome), n in tally.items():
            words[outcome] += n if d == decimals else 0
        said = ", ".join(f"{word} {n}" for word, n in words.most_common())
        print(f"planted, {decimals} decimals: {whole} sheets: {said}")
    for (mistake, decimals, outcome), n in sorted(tally.items()):
        if outcome != "named and charged once":
            print(f"  {mistake}, {decimals} decimals: {outcome} in {n} sheets")


def _outcome(
    checked: Checked, own: dict[str, str], mistake: str, blind: set[tuple[str, str]]
) -> str:
    wrong = [e for e in checked.entries if e.verdict.name in ("WRONG", "UNDECIDED")]
    lost = sum(e.of - e.marks for e in checked.entries if e.key in own)
    if not wrong:
        return "lint had said so" if any(m == mistake for _, m in blind) else "passed unseen"
    names = [e.named or e.guessed for e in wrong]
    if any(words and mistake not in words for words in names):
        return "another name"
    if not all(e.named for e in wrong):
        return "not named everywhere, charged " + ("once" if abs(lost - 1) < 1e-9 else "more")
    return "named and charged once" if abs(lost - 1) < 1e-9 else "charged more than once"


def fast(students: int) -> None:
    """A class as one, beside one sheet after the other; half of it with a mistake."""
    rng = random.Random(5)
    ways = [sheet(SOURCE, w, c, m) for m in (*[""] * 10, *MISTAKES) for w, c in strategies(4)]
    keys = list(ways[0])[:25]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "net.yaml").write_text(SOURCE.problem(4), "utf-8")
        with (place / "class.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["name", *keys])
            for number in range(students):
                own = rng.choice(ways)
                writer.writerow([f"Student {number}", *(own[key] for key in keys)])
        begin = time.perf_counter()
        command = [sys.executable, "-m", "handcalc", "grade", "net.yaml", "class.csv"]
        subprocess.run(
            command,
            cwd=place,
            check=True,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        whole = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    scheme, some = Scheme(parse(SOURCE.problem(4))), min(students, 300)
    begin = time.perf_counter()
    for number in range(some):
        check_with(scheme, of({key: ways[number % len(ways)][key] for key in keys})).entries  # noqa: B018  # made when looked at
    single = (time.perf_counter() - begin) / some * students
    rate = students * len(keys) / whole
    print(
        f"{students} sheets × {len(keys)} answers: {whole:.2f} s with the start of the program, "
        f"{rate:,.0f} answers a second, peak {peak} MB; one after the other {single:.1f} s"
    )


if __name__ == "__main__":
    main()
