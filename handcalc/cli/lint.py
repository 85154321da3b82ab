"""`handcalc lint PROBLEM`: what a marker could not tell apart."""

from handcalc.cli._options import Ascii, Force, Problem, TextFormat, TextOutput, Width


def lint(
    problem: Problem,
    format: TextFormat = None,
    output: TextOutput = None,
    width: Width = None,
    ascii: Ascii = False,
    force: Force = False,
) -> None:
    """Say, before the exam, which mistakes marking cannot tell from the right answer."""
    from handcalc.cli._output import emit
    from handcalc.grading.lint import document
    from handcalc.problem import load

    emit(document(load(problem)), format, output, force=force, width=width, ascii=ascii)
