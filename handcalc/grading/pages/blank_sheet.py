"""An empty sheet to fill in: YAML, CSV, or a Markdown form to print, with matrices laid out."""

from collections.abc import Iterator
from typing import Literal

import yaml

from handcalc.errors import sentence, times
from handcalc.fields import Shape
from handcalc.grading.scheme import Figure, Scheme

Form = Literal["yaml", "csv", "markdown"]


def write(scheme: Scheme, form: Form) -> str:
    """The sheet of a problem, every answer blank."""
    lines = {"yaml": _yaml, "csv": _csv, "markdown": _markdown}[form](scheme)
    return "\n".join(lines) + "\n"


def _yaml(scheme: Scheme) -> Iterator[str]:
    problem = scheme.problem
    yield f"# Answers to {problem.origin.name}. Write each number behind its key; leave blank what you do not know."
    if problem.origin.sample:
        yield f"# {sentence(problem.origin.sample)}"
    yield "name:"
    yield f"problem: {_scalar(problem.origin.name)}"
    yield "decimal: point   # or comma"
    yield "answers:"
    for figure in scheme.figures.values():
        yield f"  {figure.key}:   {_hint(figure)}".rstrip()
    for key, answer in scheme.answers.items():
        if not answer.shape:
            yield f"  {_scalar(key)}:"
            continue
        yield f"  {_scalar(key)}:   # {times(answer.shape)}"
        yield from _nested(answer.shape, 4)


def _hint(figure: Figure) -> str:
    if not figure.sized:
        return ""
    each = max(len(figure.points), 2 if figure.word == "unfloored" else 1)
    return "# " + "x".join("_" * (len(figure.value) // each))


def _nested(shape: Shape, indent: int) -> Iterator[str]:
    """Rows of blanks in brackets; further axes as lists of them."""
    blank = "[" + ", ".join("_" * shape[-1]) + "]"
    if len(shape) == 1:
        yield " " * indent + blank
        return
    for _ in range(shape[0]):
        if len(shape) == 2:
            yield f"{' ' * indent}- {blank}"
        else:
            yield f"{' ' * indent}-"
            yield from _nested(shape[1:], indent + 2)


def _csv(scheme: Scheme) -> Iterator[str]:
    """A row of keys, as `grade` reads them: one column a number."""
    keys = [*scheme.figures, *(s.key for a in scheme.answers.values() for s in a.steps)]
    yield ",".join(["name", *(f'"{key}"' if "," in key else key for key in keys)])
    yield "," * len(keys)


def _markdown(scheme: Scheme) -> Iterator[str]:
    problem = scheme.problem
    yield f"# {problem.title or problem.origin.name}"
    yield ""
    if problem.question:
        yield from (problem.question, "")
    if problem.origin.sample:
        yield from (sentence(problem.origin.sample), "")
    yield from ("Name: ______________________________", "")
    single = [key for key, answer in scheme.answers.items() if not answer.shape]
    rows = [*scheme.figures, *single]
    if rows:
        yield from ("| answer | value | answer | value |", "| --- | --- | --- | --- |")
        half = (len(rows) + 1) // 2
        for left, right in zip(rows[:half], [*rows[half:], ""], strict=False):
            yield f"| {_cell(left)} | ____________ | {_cell(right)} | {'____________' if right else ''} |"
        yield ""
    for key, answer in scheme.answers.items():
        if not answer.shape:
            continue
        yield from (f"{_cell(key)} ({times(answer.shape)}):", "")
        columns = answer.shape[-1]
        count = len(answer.steps) // columns
        yield "| " + " | ".join(["", *(str(j + 1) for j in range(columns))]) + " |"
        yield "|" + " --- |" * (columns + 1)
        for i in range(count):
            yield "| " + " | ".join([str(i + 1), *["______"] * columns]) + " |"
        yield ""


def _cell(key: str) -> str:
    return f"`{key}`" if key else ""


def _scalar(text: str) -> str:
    return yaml.safe_dump(text, width=10**9, allow_unicode=True).removesuffix("...\n").strip()
