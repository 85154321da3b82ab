"""LaTeX: what pdflatex takes, holds every number, and obeys no word of a problem file."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import handcalc
from handcalc import library
from handcalc.document import (
    Bar,
    Code,
    Curve,
    Document,
    Heading,
    Ledger,
    Line,
    Lines,
    Mark,
    Matrix,
    Note,
    Paragraph,
    Plot,
    Table,
    Visited,
    words,
)
from handcalc.errors import UsageError
from handcalc.formats import FORMATS, write
from handcalc.formula import Negative, Number, Product, Quotient, Sum, Symbol
from handcalc.formula.tex import tex
from hostile import HOSTILE

# What amsmath, booktabs and LaTeX itself know, and what the body brings along.
COMMANDS = """
    documentclass usepackage IfFileExists ifdefined DeclareUnicodeCharacter fi setlength parindent parskip
    mathindent raggedbottom allowdisplaybreaks emergencystretch LTpre LTpost begin end providecommand par begingroup
    endgroup dimen pagegoal advance pagetotal ifdim relax vfil penalty csname endcsname boldmath normalfont
    footnotesize quad qquad hfil hspace fill mbox ifvmode nobreak vskip dimexpr baselineskip text itshape parbox
    raggedright sbox displaystyle wd resizebox usebox else rule fboxsep fbox makeatletter makeatother newenvironment
    medskip noindent Large bfseries small textbf texttt emph textbackslash textasciitilde textasciicircum
    textless textgreater textbar textquotedbl textasciigrave textsuperscript textsubscript ldots textbullet
    toprule midrule bottomrule endhead endfoot arraybackslash hline scriptstyle left right bigl bigr frac sqrt
    partial sum hat cdot cdots approx times star ast surd le ge ne pm div infty nabla int in ell vdots Vert vert
    lfloor rfloor rightarrow leftarrow overrightarrow overleftarrow mathrm max min ln log sin cos tan tanh prime
    put framebox line makebox circle qbezier unitlength circ
    alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega
    hcroom hcheading hcdisplay hcwhy hcreason hcfit hcstrut hcmark hcbar @ifundefined
    """
ENVIRONMENTS = {
    "document", "center", "align*", "array", "tabular", "longtable", "hctable", "cases", "picture",
}  # fmt: skip

NAMES = library.names()
# One of each kind is compiled; each takes a second.
COMPILED = (
    "net-2-2-2",
    "conv-classifier",
    "descent-to-the-minimum",
    "micrograd-expression",
    "vgg-16",
)


def _complaints(page: str) -> list[str]:
    """What LaTeX would not take: braces, environments, commands, letters within a formula."""
    page = re.sub(r"(?m)(?<!\\)%.*$", "", page)
    bare = re.sub(r"\\[\\{}$%&#_]", "  ", page)
    found = [
        f"unknown \\{name}"
        for name in set(re.findall(r"\\([A-Za-z@]+)", bare)) - set(COMMANDS.split())
    ]
    depth = 0
    for sign in re.findall("[{}]", bare):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            found.append("a brace is closed that was not opened")
    if depth:
        found.append("a brace is left open")
    open_ones: list[str] = []
    body = bare.replace(r"{\newenvironment{hctable}", "")
    for which, name in re.findall(r"\\(begin|end)\{([^}]*)\}", body):
        if name not in ENVIRONMENTS:
            found.append(f"unknown environment {name}")
        if which == "begin":
            open_ones.append(name)
        elif not open_ones or open_ones.pop() != name:
            found.append(f"{name} ends and has not begun")
    found += [f"{name} does not end" for name in open_ones]
    math = re.findall(
        r"(?s)\$([^$]*)\$|\\begin\{align\*\}(.*?)\\end\{align|\\\[\n(.*?)\n\\\]", bare
    )
    for formula in map("".join, math):
        # Within a formula words are words.
        alone = re.sub(r"\\(?:text|hcwhy|hcreason\{\d+\})\{[^{}]*\}", "", formula)
        found += [f"{c} in a formula" for c in set(alone) if not c.isascii()]
        if re.search(r"\n\s*\n", formula):
            found.append("a formula holds a blank line")
    return found


def _compile(source: str, folder: Path) -> str:
    (folder / "page.tex").write_text(source, "utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page"]
    made = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    log = made.stdout.decode("utf-8", "replace")
    assert made.returncode == 0, log[-1500:]
    return log


@pytest.mark.parametrize("name", NAMES)
def test_every_problem_is_written(name):
    document = handcalc.solve(name)
    page = write(document, "latex")

    assert _complaints(page) == []
    assert not re.search(r"Piecewise|\bnan\b|(?<![\w.^{-])-0(?![.\d])", page)
    for block in document.blocks:
        for line in getattr(block, "lines", ()):
            if isinstance(line.value, Number):
                assert tex(line.value) in page


@pytest.mark.parametrize("name", ["adam-on-a-square", "lstm-two-units", "conv-layer-symbolic"])
def test_every_derivation_is_written(name):
    assert _complaints(write(handcalc.solve(name, level="full"), "latex")) == []


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", COMPILED)
def test_pdflatex_sets_it_within_the_margins(name, tmp_path):
    log = _compile(write(handcalc.solve(name), "latex"), tmp_path)

    assert not re.search(r"Overfull \\hbox \(([2-9]|\d\d)", log)
    assert (tmp_path / "page.pdf").stat().st_size > 10_000


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_the_body_alone_goes_into_an_article(tmp_path):
    body = write(handcalc.solve("net-2-2-2"), "latex", preamble="none")
    needed = re.search(r"\\usepackage\{[^}]*\}", body)
    assert needed
    article = f"\\documentclass{{article}}{needed[0]}\\begin{{document}}\n{body}\\end{{document}}"

    assert "documentclass" not in body
    assert not re.search(r"Overfull \\hbox \(([2-9]|\d\d)", _compile(article, tmp_path))


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
def test_no_word_of_a_file_is_a_command_for_pdflatex(tmp_path):
    """The words stand on the page as they are, and nothing is read or run."""
    page = write(_of_words(HOSTILE), "latex")

    # What is read is named in the log behind a bracket.
    assert "(/etc" not in _compile(page, tmp_path)
    assert not set(tmp_path.iterdir()) - {
        tmp_path / f"page.{e}" for e in ("tex", "log", "aux", "pdf")
    }


def test_no_word_of_a_file_is_a_command():
    """Everywhere that words stand: titles, headings, keys, cells, reasons, names of curves."""
    page = write(_of_words(HOSTILE), "latex")

    assert _complaints(page) == []
    assert r"\input" not in page.replace(r"\textbackslash{}input", "")


def _of_words(text: str) -> Document:
    """A document with the same words in every place."""
    x = Symbol("x", "x")
    line = Line(x, None, None, Number(1), because=words(text))
    return Document(
        text,
        text,
        (
            Heading(2, words(text), text, text),
            Paragraph(words(text, Code(text), Mark(text, "wrong"), Bar(0.5), x)),
            Lines((line,)),
            Ledger(text, (line, line)),
            Matrix(x, ((text, "1"), ("2", text)), frozenset({(0, 0)})),
            Table((text, "n"), ((text, "1"), (words(text), "2"), (x, "3")), frozenset({1})),
            Plot(text, text, text, (Curve(text, ((0.0, 0.0), (1.0, 1.0))),), (Visited(0, (0, 0)),)),
            Note("remark", words(text)),
        ),
    )


def test_a_long_sum_goes_on_in_the_next_line():
    terms = tuple(Product((Number(i), Symbol("w", f"w{i}", str(i)))) for i in range(30))
    page = write(Document("x", "x", (Lines((Line(Symbol("y", "y"), Sum(terms)),)),)), "latex")
    rows = page[page.index(r"\begin{align*}") :].split("\\\\\n")

    assert len(rows) > 2
    assert all(tex(term) in page for term in terms)
    assert max(row.count("cdot") for row in rows) < 15


def test_a_sum_in_brackets_goes_on_within_them():
    terms = tuple(Negative(Symbol("word", f"w{i}", str(i))) for i in range(20))
    product = Product((Quotient(Number(1), Number(20)), Sum((Symbol("a", "a"), *terms))))
    page = write(Document("x", "x", (Lines((Line(Symbol("y", "y"), product),)),)), "latex")

    assert page.count(r"\bigl(") == page.count(r"\bigr)") == 1
    assert r"\hcfit{" not in page[page.index(r"\begin{align*}") :]


def test_a_wide_matrix_stands_in_blocks_of_its_columns():
    cells = tuple(f"{i}.1234" for i in range(100, 128))
    page = write(Document("x", "x", (Matrix(Symbol("M", "M"), (cells, cells)),)), "latex")

    assert all(page.count(cell) == 2 for cell in cells)
    assert page.count(r"\begin{array}") > 1
    assert max(row.count("&") for row in page.split(r"\\")) < 12


def test_a_wide_table_stands_in_parts_that_begin_with_its_first_column():
    header = ("student", *(f"answer{i}" for i in range(30)))
    table = Table(header, (("Ada", *("0.1234" for _ in range(30))),), frozenset(range(1, 31)))
    page = write(Document("x", "x", (table,)), "latex")

    assert page.count("0.1234") == 30
    assert page.count("student") == page.count("Ada") > 2


def test_a_long_table_goes_on_over_the_page():
    table = Table(("n",), tuple((str(i),) for i in range(60)), frozenset({0}))

    assert r"\begin{longtable}" in write(Document("x", "x", (table,)), "latex")


def test_letters_that_pdflatex_has_not_are_declared():
    page = write(Document("x", "é ŷ σ 中", ()), "latex")

    assert r"\DeclareUnicodeCharacter{4E2D}" in page
    assert "é ŷ $\\sigma$ 中" in page
    assert page.count("DeclareUnicodeCharacter{") == 1


@pytest.mark.parametrize(("paper", "said"), [("a4", "a4paper"), ("letter", "letterpaper")])
def test_the_paper(paper, said):
    assert said in write(Document("x", "x", ()), "latex", paper=paper)


def test_numbers_of_steps_are_those_of_the_page():
    document = handcalc.solve("net-2-2-2")
    page = write(document, "latex")

    for block in document.blocks:
        if isinstance(block, Heading):
            assert rf"section}}{{{block.number}\quad " in page


def test_bytes_are_no_text():
    options: dict[str, Any] = {}
    with pytest.raises(UsageError, match=r"write it to a file: -o solution\.pdf"):
        write(Document("x", "x", ()), "pdf", **options)
    assert {"latex", "typst", "pdf"} <= set(FORMATS)
