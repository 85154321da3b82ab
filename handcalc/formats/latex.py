r"""LaTeX: an article of A4 or letter paper for pdflatex, or its body alone for `\input`.

Packages: amsmath, array, booktabs, longtable, graphicx, geometry and fontenc; lmodern and pict2e, for
better letters and lines, where they are installed. Steps bear the numbers of the page, not LaTeX's own.
"""

from typing import assert_never

from handcalc.document import (
    Bar,
    Block,
    Brackets,
    Code,
    Document,
    Graph,
    Heading,
    Inline,
    Inlines,
    Ledger,
    Lines,
    Mark,
    Math,
    Matrix,
    Note,
    Paragraph,
    Plot,
    Table,
    Text,
    Way,
)
from handcalc.formats._columns import as_table, fits
from handcalc.formats._graph import as_table as tree
from handcalc.formats._latex_equations import equations
from handcalc.formats._latex_plot import picture
from handcalc.formats._latex_tables import bracketed, matrix, table
from handcalc.formats._latex_words import escaped, typed, undeclared
from handcalc.formats._pages import height, steps
from handcalc.formats._plain import NOTES
from handcalc.formula.tex import in_a_sentence, tex
from handcalc.formula.text import text

ROOM, ROOM_OF_OTHERS = 80.0, 62.0
"""Digits that stand beside each other on a page of ours, and of an article that takes the body in."""
INDENT = 3.0
"""Digits by which equations stand further to the right than tables."""
_SECTIONS = {2: "section", 3: "subsection"}
_PAPERS = {"a4": "a4paper", "letter": "letterpaper"}

# What the body uses; an article that takes it in may have its own.
_COMMANDS = r"""\providecommand{\hcroom}[1]{\par\begingroup\dimen0=\pagegoal\advance\dimen0-\pagetotal
  \ifdim\dimen0<#1\relax\vfil\penalty-9999 \fi\endgroup}
\providecommand{\hcheading}[3]{\csname#1\endcsname*{\boldmath#2\normalfont\footnotesize
  \quad\hfil\penalty0\hspace*{\fill}\mbox{#3}}}
\providecommand{\hcdisplay}{\ifvmode\nobreak\vskip-\dimexpr0.6\baselineskip+\parskip\relax\fi}
\providecommand{\hcwhy}[1]{\text{\footnotesize\itshape #1}}
\providecommand{\hcreason}[2]{\parbox[t]{\dimexpr0.5em*#1\relax}{\raggedright\footnotesize\itshape #2}}
\providecommand{\hcfit}[2]{\sbox0{$\displaystyle #2$}\ifdim\wd0>\dimexpr0.5em*#1\relax
  \resizebox{\dimexpr0.5em*#1\relax}{!}{\usebox0}\else\usebox0\fi}
\providecommand{\hcstrut}{\rule[-3ex]{0pt}{7.4ex}}
\providecommand{\hcmark}[1]{{\fboxsep=1.5pt\fbox{$#1$}}}
\providecommand{\hcbar}[1]{\rule{#1em}{1.1ex}}
\makeatletter
\@ifundefined{hctable}{\newenvironment{hctable}{\par\medskip\noindent}{\par\medskip}}{}
\makeatother"""


def write(document: Document, *, paper: str = "a4", preamble: str = "article", **_: object) -> str:
    """The document as a file for pdflatex; with the preamble `none` its body alone."""
    room = ROOM if preamble == "article" else ROOM_OF_OTHERS
    title = rf"\begin{{center}}\Large\bfseries {escaped(document.title)}\end{{center}}"
    parts = [title, *(_step(step, room) for step in steps(document.blocks))]
    foreign = [
        rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{{{[}}U+{ord(c):04X}{{]}}}}"
        for c in undeclared(parts)
    ]
    needed = ["amsmath", "array", "booktabs", "longtable", "graphicx"]
    body = "\n\n".join([_COMMANDS, *parts])
    if preamble == "none":
        said = f"% A body for \\input; its article needs \\usepackage{{{','.join(needed)}}}"
        return "\n".join([said, *(f"% and {line}" for line in foreign), body]) + "\n"
    return "\n".join(
        [
            rf"\documentclass[11pt,{_PAPERS[paper]},fleqn]{{article}}",
            r"\usepackage[T1]{fontenc}",
            r"\IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}",
            r"\IfFileExists{pict2e.sty}{\usepackage{pict2e}}{}",
            r"\usepackage[margin=22mm]{geometry}",
            rf"\usepackage{{{','.join(needed)}}}",
            r"\ifdefined\DeclareUnicodeCharacter",
            *foreign,
            r"\fi",
            r"\setlength{\parindent}{0pt}\setlength{\parskip}{6pt plus 2pt}",
            r"\setlength{\mathindent}{1.5em}\raggedbottom\allowdisplaybreaks",
            r"\setlength{\emergencystretch}{3em}\setlength{\LTpre}{6pt}\setlength{\LTpost}{6pt}",
            r"\begin{document}",
            body,
            r"\end{document}",
            "",
        ]
    )


def _step(step: list[Block], room: float) -> str:
    """A step begins on the next page where its beginning has no room on this one."""
    wanted = rf"\hcroom{{{height(step):.1f}\baselineskip}}" + "\n"
    body = "\n\n".join(_block(block, room) for block in step).replace(
        "\n\n\\hcdisplay\n", "\n\\hcdisplay\n"
    )
    return wanted + body if isinstance(step[0], Heading) else body


def _block(block: Block, room: float) -> str:
    match block:
        case Heading():
            return _heading(block)
        case Paragraph():
            return _inlines(block.inlines)
        case Lines():
            return equations(block.lines, room, _inlines)
        case Ledger():
            if fits(block, room + INDENT):
                return table(as_table(block), room + INDENT, _in_cells)
            return equations(block.lines, room, _inlines)
        case Matrix():
            return matrix(block, room)
        case Brackets():
            signs = {"·": r"\cdot", "≈": r"\approx"}
            parts = (signs.get(p, p) if isinstance(p, str) else bracketed(p) for p in block.parts)
            return f"\\hcdisplay\n\\[\n\\hcfit{{{room:.0f}}}{{{' '.join(parts)}}}\n\\]"
        case Table():
            return table(block, room + INDENT, _in_cells)
        case Graph():
            return table(tree(block, indent="\u2003"), room + INDENT, _in_cells)
        case Plot():
            return f"{picture(block)}\n\n\\emph{{{escaped(block.caption)}}}"
        case Note():
            return rf"{{\small\textbf{{{NOTES[block.kind]}.}} {_inlines(block.inlines)}\par}}"
        case _:
            assert_never(block)


def _heading(block: Heading) -> str:
    """A number, what is found, and what to type to see it alone; never the last line of a page."""
    title = _inlines(block.title)
    plain = "".join(text(i.formula) if isinstance(i, Math) else _inline(i) for i in block.title)
    key = typed(block.key) if block.key and block.key != plain else ""
    number = rf"{escaped(block.number)}\quad " if block.number else ""
    section = _SECTIONS.get(block.level, "subsubsection")
    return f"\\hcheading{{{section}}}{{{number}{title}}}{{{key}}}"


def _in_cells(inlines: Inlines) -> str:
    """In a table a fraction is as large as in an equation."""
    return "".join(
        rf"$\displaystyle {tex(i.formula)}$" if isinstance(i, Math) else _inline(i) for i in inlines
    )


def _inlines(inlines: Inlines) -> str:
    return "".join(map(_inline, inlines))


def _inline(inline: Inline) -> str:
    match inline:
        case Text():
            return escaped(inline.text)
        case Code():
            return typed(inline.text)
        case Math():
            return f"${in_a_sentence(inline.formula)}$"
        case Mark():
            said = escaped(inline.text)
            return rf"\textbf{{{said}}}" if inline.meaning == "wrong" else said
        case Way():
            stations = (r"\cdots" if s is None else in_a_sentence(s) for s in inline.stations)
            return "$" + r" \leftarrow ".join(stations) + "$"
        case Bar():
            return rf"\hcbar{{{7 * inline.share:.2f}}}"
        case _:
            assert_never(inline)
