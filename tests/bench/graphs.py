"""Deep, wide and long networks: `python tests/bench/graphs.py` prints what they cost beside their baselines.

Of dense layers in a row every gradient is worked out, of 100, 200 and 400 of them: twice as many take twice as
long. Whole processes stand beside `handcalc solve net-2-2-2`, most of which is the start of Python and sympy.
`python tests/bench/bench.py` prints the same tables behind its own; `--rounds 3` measures less often.
"""

import argparse
import tempfile
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from random import Random

from timing import ROOT, Call, Row, handcalc, path_first

BIG = ROOT / "tests" / "bench" / "net-784-128-10.yaml"
DEPTHS = (100, 200, 400)
_FOLDER = tempfile.TemporaryDirectory(prefix="handcalc-bench-")
"""The files last as long as the process."""


def _file(name: str, text: str) -> Path:
    path = Path(_FOLDER.name) / name
    path.write_text(text, "utf-8")
    return path


def _numbers(random: Random, *shape: int) -> object:
    """Nested lists of numbers with two decimals."""
    if not shape:
        return random.randint(-99, 99) / 100
    return [_numbers(random, *shape[1:]) for _ in range(shape[0])]


def _deep(layers: int) -> str:
    """Two neurons a layer, each a little of both of the layer before."""
    random = Random(layers)
    rows = "".join(
        f"  - dense: {{name: l{n}, weights: {_numbers(random, 2, 2)}, bias: 0.1, activation: tanh}}\n"
        for n in range(1, layers + 1)
    )
    return f"input: [0.5, -1]\nlayers:\n{rows}target: [1, 0]\nloss: mean_squared_error\nask: gradients\n"


def _convolutions() -> str:
    """3 × 3 on 3 × 3 on 60 × 60, then the mean: 3,364 and 3,136 cells, each of them a path."""
    return """\
input: {shape: [60, 60], random: {seed: 1, low: 0, high: 1, decimals: 2}}
layers:
  - conv2d: {name: c, kernel_size: 3, kernel: {random: {seed: 2}}, bias: 0.1, activation: tanh}
  - conv2d: {name: d, kernel_size: 3, kernel: {random: {seed: 3}}, bias: 0.1}
  - global_average_pooling2d: {name: m}
target: [1]
loss: mean_squared_error
ask: [gradients, dE_dx]
"""


def _pooling(word: str) -> str:
    return f"""\
input: {{shape: [300, 300], random: {{seed: 1, low: 0, high: 1, decimals: 6}}}}
layers:
  - global_{word}_pooling2d: {{name: m}}
target: [2]
loss: mean_squared_error
ask: [forward, gradients, dE_dx]
"""


def _images() -> str:
    random = Random(4)
    samples = "".join(
        f"  - {{input: {_numbers(random, 4, 4, 3)}, target: [{n % 2}, {1 - n % 2}]}}\n"
        for n in range(10)
    )
    return f"""\
samples:
{samples}layers:
  - conv2d: {{name: c, kernel: {_numbers(random, 2, 2, 3, 2)}, activation: tanh}}
  - flatten
  - dense: {{name: o, weights: {_numbers(random, 2, 18)}, activation: softmax}}
loss: categorical_crossentropy
"""


def _counted() -> str:
    return (
        "input: {shape: [4]}\nlayers:\n"
        + "  - dense: {units: 4}\n" * 10_000
        + "ask: [parameters]\n"
    )


@cache
def _solving(text: str) -> Callable[[], object]:
    """The file read once; each round solves it and writes its page."""
    path_first()
    from handcalc import solve
    from handcalc.problem import parse

    problem = parse(text)
    return lambda: solve(problem).to("terminal")


def _round(text: str) -> object:
    return _solving(text)()


def _forget(text: str) -> None:
    """Empty sympy's cache: a round must not live on what the round before worked out."""
    _solving(text)
    from sympy.core.cache import clear_cache

    clear_cache()


def _call(name: str, text: str) -> Call:
    return Call(name, partial(_round, text), prepare=partial(_forget, text))


def rows() -> tuple[Row, ...]:
    """The comparisons; those with one baseline stand together."""
    deep = [_call(f"every gradient of {n} dense layers", _deep(n)) for n in DEPTHS]
    start = handcalc("solve", "net-2-2-2")
    one_key = handcalc("solve", "net-2-2-2", "dE_dw5")
    files = {
        "conv-conv-mean-60x60.yaml": _convolutions(),
        "global-max-300x300.yaml": _pooling("max"),
        "global-average-300x300.yaml": _pooling("average"),
    }
    images = _file("ten-images-4x4x3.yaml", _images())
    return (
        *(Row(call, deep[0]) for call in deep[1:]),  # 2 and 4
        *(Row(handcalc("solve", _file(name, text)), start) for name, text in files.items()),
        Row(handcalc("solve", images, "dE_dx"), start),
        Row(handcalc("solve", _file("dense-10000.yaml", _counted())), start),
        Row(handcalc("solve", BIG, "dE_dw17"), one_key),
    )


def main() -> None:
    """Measure and print medians, with the least and the greatest ratio of the rounds."""
    from rich.console import Console
    from timing import measure

    from bench import ratios

    parser = argparse.ArgumentParser(description="What deep, wide and long networks cost.")
    parser.add_argument("--rounds", type=int, default=5, help="rounds after a warm-up (5)")
    rounds = max(1, parser.parse_args().rounds)
    Console(width=120).print(ratios(measure(rows(), rounds), f"Networks, {rounds} rounds"))


if __name__ == "__main__":
    main()
