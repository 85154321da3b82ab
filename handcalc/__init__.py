"""handcalc: the hand calculations of neural-network courses, step by step.

`load` reads a problem file, with `sample=7` for the seventh sample of its data, `solve` works it out, and `check`
marks a sheet; a solution shows itself in Jupyter.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from handcalc.grading.checking import check
    from handcalc.problem import Problem
    from handcalc.sampling import load
    from handcalc.solving import Solution, solve

__all__ = ["Problem", "Solution", "__version__", "check", "load", "solve"]

_HOMES = {
    "Problem": "problem",
    "load": "sampling",
    "Solution": "solving",
    "solve": "solving",
    "check": "grading.checking",
}


def __getattr__(name: str) -> Any:
    """Import the library when it is used: `import handcalc` itself costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module 'handcalc' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"handcalc.{_HOMES[name]}"), name)
