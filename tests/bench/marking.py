"""How fair and how fast marking is: `python tests/bench/marking.py` prints both.

Fair: simulated sheets of random networks, worked out by tests/students.py with arithmetic of its own;
honest ones that lose a mark, and planted mistakes that are found, named and charged once. Fast: a class
of 300 and one of 100,000, beside the same sheets one after the other.
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

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from handcalc.grading.checking import Checked, check_with  # noqa: E402
from handcalc.grading.lint import lint  # noqa: E402
from handcalc.grading.scheme import Scheme  # noqa: E402
from handcalc.grading.sheet import of  # noqa: E402
from handcalc.problem import parse  # noqa: E402
from students import MISTAKES, Numbers, drawn, sheet, strategies  # noqa: E402  # from tests/

SOURCE = Numbers(
    (0.5, 0.3, 0.1, 0.4, 0.7, 0.2, 0.4, 0.8), (0.2, 0.1), (0.3, 0.5), (0.09, 0.01), 0.1
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="How fair and how fast marking is.")
    parser.add_argument("--networks", type=int, default=850, help="random networks (850)")
    parser.add_argument("--students", type=int, default=100_000, help="rows of the large class")
    options = parser.parse_args()
    honest(options.networks)
    planted(max(1, options.networks // 34))
    for students in (300, options.students):
        fast(students)


def honest(networks: int) -> None:
    """Sheets without a mistake: how many lose a mark."""
    rng, sheets, answers, lost = random.Random(2024), 0, 0, Counter[int]()
    for _ in range(networks):
        numbers = drawn(rng)
        for decimals in (2, 3, 4):
            scheme = Scheme(parse(numbers.problem(decimals)))
            for way, carries in strategies(decimals):
                own = sheet(numbers, way, carries)
                checked = check_with(scheme, of(own))
                bad = sum(e.of - e.marks for e in checked.entries if e.key in own)
                lost[decimals] += bool(bad)
                sheets, answers = sheets + 1, answers + len(own)
    print(f"honest: {sheets} sheets, {answers} answers; sheets that lost a mark: {dict(lost)}")


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
    if {e.mistake for e in wrong} != {mistake}:
        return "another name"
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
