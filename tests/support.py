"""What several tests need: problems from a few words, and their answers."""

from functools import cache
from typing import Any

import handcalc
from handcalc import library
from handcalc.document import Document
from handcalc.formats import write
from handcalc.problem import Problem, parse

BESIDE = str(library.folder() / "problem.yaml")
"""A place from which the images of the shipped problems are found."""


@cache
def solution(text: str, level: Any = "normal") -> "handcalc.Solution":
    """The worked solution of a problem given as YAML."""
    return handcalc.solve(parse(text, BESIDE, "problem"), level=level)


def page(text: str, level: str = "normal") -> str:
    """The worked solution as it is printed, on lines that are wide enough."""
    return write(solution(text, level), "terminal", width=200)


def answers(document: Document) -> dict[str, Any]:
    """Full-precision values by key."""
    return {key: answer.value for key, answer in document.answers.items()}


def shown(document: Document) -> dict[str, Any]:
    """Values as they are shown, by key."""
    return {key: answer.shown for key, answer in document.answers.items()}


def one(problem: Problem | str, key: str, **options: Any) -> tuple[Any, Any]:
    """Value and text of one answer."""
    asked = problem if isinstance(problem, Problem) else parse(problem)
    answer = handcalc.solve(asked, [key], **options).answers[key]
    return answer.value, answer.shown
