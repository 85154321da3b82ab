"""`handcalc show PROBLEM`: the question alone."""

from handcalc.cli._options import Ascii, Force, FormatOption, Output, Problem, Sample, Width


def show(
    problem: Problem,
    sample: Sample = None,
    format: FormatOption = None,
    output: Output = None,
    force: Force = False,
    width: Width = None,
    ascii: Ascii = False,
) -> None:
    """Print the question alone: what is given and what is to be found."""
    from handcalc.cli._output import emit
    from handcalc.cli._writing import refuse_input
    from handcalc.posing import pose
    from handcalc.sampling import load

    refuse_input(output, problem)
    emit(pose(load(problem, sample=sample)), format, output, force=force, width=width, ascii=ascii)
