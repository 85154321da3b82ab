r"""Tell whether a Markdown page with LaTeX renders alike in every common viewer.

Some viewers look for the formulas first; others (GitHub above all) read the page as CommonMark and
hand what is then left between the dollars to a TeX engine. So a formula is safe only if

* every viewer finds it: it stands in a place, and between neighbours, that no viewer objects to;
* CommonMark leaves it alone: the page read without mathematics still holds it letter by letter;
* every TeX engine takes it: commands known to all, rows that survive, and a strict parse.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Final, NamedTuple, TypeAlias

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from math_core import LatexError, LatexToMathML
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

Finding: TypeAlias = tuple[int, str]  # a line, from 0, and a sentence
Piece: TypeAlias = tuple[Token, int, str]  # a token, its line and the kind of block around it

LONGEST_FORMULA: Final = 1000  # GitLab and Gitea show a longer one as source
MOST_SCRIPTS: Final = 99  # GitHub gives up on a formula with more
MOST_COLUMNS: Final = 10  # LaTeX stops at the next column of a matrix (MaxMatrixCols)

# Taken by KaTeX, MathJax with its base and ams packages, pandoc and plain amsmath alike.
COMMANDS: Final = """
    alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma
    tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega
    frac sqrt partial sum hat bar prime tanh sin cos exp ln log max min ell cdot times star ast odot otimes top le
    overrightarrow overleftarrow
    ge ne approx to mapsto leftarrow Rightarrow xrightarrow left right lfloor rfloor lvert rvert
    lVert rVert lbrace rbrace mid vert underbrace overbrace underset overset underline boxed mathrm
    mathbf mathbb mathcal text quad qquad cdots ldots vdots ddots hline begin end
    """
MATRICES: Final = ["bmatrix", "pmatrix"]
ENVIRONMENTS: Final = [*MATRICES, "aligned", "cases", "array"]

# Each table below maps a pattern for what must not be there to a sentence; {} is what was found.
_FILE: Final = {
    "[\ud800-\udfff]": "the page cannot be written as UTF-8",
    "\\A\ufeff": "the page starts with a byte order mark",
    r"(?s)\r.*": "a line does not end with LF alone",
    r"\A\Z|[^\n]\Z": "the last line does not end with a newline",
}
_PROSE: Final = {
    r"\$": "a $ belongs to no formula (a block needs a blank line before it)",
    r"\\[(\[]": "some viewers take {} for the start of a formula",
}
_FORMULA: Final = {
    rf"\\(?!(?:{'|'.join(COMMANDS.split())})(?![A-Za-z]))[A-Za-z]+": "not every viewer knows {}",
    rf"\\begin(?!{{(?:{'|'.join(ENVIRONMENTS)})}})[^}}]*}}?": "not every viewer knows {}",
    r"\\(?![A-Za-z]).?": "CommonMark strips the backslash of {}",
    r"[^ -~\n]": "a formula holds {}, which is not printable ASCII",
    r"[*~`#|$]|\]\(": "a formula holds {}, which is Markdown's",
    r"(?<!\s)<|<(?!\s)": "a < in a formula lacks a blank beside it and may open an HTML tag",
    r"(?<!\s)&|&[A-Za-z0-9#]": "an & in a formula lacks a blank beside it",
    r"(?<! )_(?![A-Za-z0-9])|_(?![A-Za-z0-9{\\])": "a _ in a formula may close emphasis",
    r"_[A-Za-z0-9]{2,}": "the subscript {} lacks its braces",
    r"(?m)[ \t]+$": "a line of a formula ends with blanks",
    r"\A\s*\Z": "a formula is empty",
    rf"(?s)\A.{{{LONGEST_FORMULA + 1}}}.*": f"a formula has more than {LONGEST_FORMULA} characters",
}
_INLINE: Final = _FORMULA | {
    r"\n": "an inline formula spans several lines",
    r"\\begin\b": "an inline formula holds an environment",
}
_BLOCK: Final = _FORMULA | {
    r"\n[ \t]*\n": "a formula holds a blank line",
    # A line such as -1 & 2 is safe: without a blank after the sign it is no list.
    r"(?m)^ *(?:[>#*=]|(?:[-+]|\d+[.)])(?!\S)|-+$)": "a line of a formula starts like Markdown: {}",
}
_NEIGHBOURS: Final = {
    r"\A\S": "{} stands before an inline formula, not a blank",
    r"[^\s.,;:?!]\Z": "{} follows an inline formula, neither a blank nor a punctuation mark",
}
_NO_PLACE: Final = frozenset({"heading", "footnote", "later cell of a table"})
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_INNERMOST: Final = re.compile(r"\\begin\{(\w+)\}((?:(?!\\begin).)*?)\\end\{\1\}", re.DOTALL)
_BLOCK_TYPES: Final = frozenset({"math_block", "math_block_label", "amsmath"})


class Span(NamedTuple):
    """Hold one formula: the line and offset of its mark (``$`` or ``$$``), and its TeX."""

    line: int
    start: int
    mark: str
    tex: str


def _pad(state: StateCore) -> None:
    """Let a formula open a text that ends with a digit.

    For the character before the first one dollarmath looks at index -1, which is the last one.
    """
    for token in state.tokens:
        token.content += " " if token.type == "inline" else ""


_CONVERTER: Final = LatexToMathML(fancy_error=False)
_PLAIN: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MATH: Final = MarkdownIt("commonmark").enable("table").use(amsmath_plugin)
_MATH.use(dollarmath_plugin, allow_space=False, allow_digits=False)
_MATH.core.ruler.before("inline", "pad", _pad)


def complaints(page: str) -> list[str]:
    """Say in one sentence each, with the line, what some viewer would not render as meant."""
    found = list(_matches(_FILE, page))
    page = _readable(page)
    pieces = list(_pieces(page))
    spans, prose = _divide(page, pieces)
    found += [*_matches(_PROSE, prose), *_of_places(page, pieces), *_of_commonmark(page, spans)]
    for span in spans:
        found += [(span.line + below, sentence) for below, sentence in _of_formula(page, span)]
    return [f"line {line + 1}: {sentence}." for line, sentence in sorted(set(found))]


def span_count(page: str) -> int:
    """Count the formulas of a page: GitLab shows those after the fiftieth as source."""
    page = _readable(page)
    return len(_divide(page, list(_pieces(page)))[0])


def _readable(page: str) -> str:
    """Replace what is no text, and end lines as the parser counts them."""
    return re.sub(r"\r\n?", "\n", page.encode(errors="replace").decode())


def _matches(rules: Mapping[str, str], text: str) -> Iterator[Finding]:
    """Find what a table of rules objects to in a text."""
    for pattern, sentence in rules.items():
        for match in re.finditer(pattern, text):
            yield text.count("\n", 0, match.start()), sentence.format(match[0])


def _pieces(page: str) -> Iterator[Piece]:
    """List the tokens of a page in its order, those inside a text each with its own line."""
    opener = ""
    for token in _MATH.parse(page):
        line = token.map[0] if token.map else 0
        if token.type != "inline":
            later = (opener, token.type) == ("td_close", "td_open")
            opener = "later cell of a table" if later else token.type
            yield token, line, ""
        footnote = re.match(r"\[\^[^\]]+\]:", token.content)
        for child in token.children or ():
            yield child, line, "footnote" if footnote else opener.removesuffix("_open")
            line += child.type in {"softbreak", "hardbreak"}


def _divide(page: str, pieces: list[Piece]) -> tuple[list[Span], str]:
    """Part a page into its formulas and its prose: the page with formulas and code blanked out."""
    starts = [0, *accumulate(len(line) + 1 for line in page.split("\n"))]
    spans, prose, end = [], page, 0
    for token, line, _ in pieces:
        begin = end = max(end, starts[line])
        if token.map and token.type in _BLOCK_TYPES | {"fence", "code_block"}:
            begin, end = starts[token.map[0]], starts[token.map[1]]
        elif token.type in {"math_inline", "code_inline"}:
            content = re.escape(token.content).replace(r"\ ", r"\s")
            mark = re.escape(token.markup)
            if there := re.compile(rf"{mark}\s?{content}\s?{mark}").search(page, begin):
                begin, end = there.span()
        if token.type in _BLOCK_TYPES | {"math_inline"}:
            spans.append(Span(page.count("\n", 0, begin), begin, token.markup, token.content))
        prose = prose[:begin] + re.sub(r"[^\n]", " ", page[begin:end]) + prose[end:]
    return spans, prose


def _of_places(page: str, pieces: list[Piece]) -> Iterator[Finding]:
    """Judge where formulas stand, and constructs that are not portable wherever they stand."""
    lines = ["", *page.split("\n"), ""]
    for token, line, within in pieces:
        if token.type in {"html_block", "html_inline"}:
            yield line, "the page holds raw HTML"
        elif token.type in {"em_open", "strong_open"} and "_" in token.markup:
            yield line, "emphasis is written with _ and not with *"
        elif token.type == "fence" and token.info.startswith("math"):
            yield line, "a formula stands in a fence, which few viewers know"
        elif token.type == "text" and within == "paragraph" and token.content[:1] == "|":
            yield line, "a table has no header row"
        elif token.map and token.type == "table_open":
            yield from _of_table(lines[line + 1 : token.map[1] + 1], line)
        elif token.type == "math_inline":
            if token.level:
                yield line, "a formula stands in a link or in emphasis"
            if within in _NO_PLACE:
                yield line, f"a formula stands in a {within}"
            if within == "td" and _NUMBER.fullmatch(token.content):
                yield line, "a number in a table is a formula, not plain text"
        elif token.map and token.type in _BLOCK_TYPES:
            around = lines[token.map[0] : token.map[1] + 2]
            if token.level:
                yield line, "a block of math stands in a list or in a quote"
            if around[1] != "$$" or around[-2] != "$$":
                yield line, "a block of math lacks a $$ alone on its line, at column 0, at an end"
            if around[0].strip() or around[-1].strip():
                yield line, "a block of math lacks a blank line before or after it"


def _of_table(rows: list[str], first: int) -> Iterator[Finding]:
    """Judge the rows of a table that starts at a line."""
    if not rows[0].strip(" |"):
        yield first, "the header row of a table is empty"
    for line, row in enumerate(rows, first):
        if row.count("|") != rows[0].count("|"):
            yield line, "a row of a table has not as many | as its header row"
    cells = (row.strip().strip("|").split("|") for row in rows)
    for _, rule, *column in zip(*cells, strict=False):
        numeric = column and all(_NUMBER.fullmatch(cell.strip()) for cell in column)
        if numeric and not re.fullmatch("-+:", rule.strip()):
            yield first + 1, "a column of numbers in a table is not right-aligned"


def _of_commonmark(page: str, spans: list[Span]) -> Iterator[Finding]:
    """Judge whether CommonMark, which knows no mathematics, leaves the formulas as they are."""
    html, end = _PLAIN.render(page), 0
    for span in spans:
        # Of a pair that ends a line CommonMark drops one backslash, but GitHub protects it.
        kept = escapeHtml(f"{span.mark}{span.tex}{span.mark}").replace("\\\\\n", "\\\n")
        if (there := html.find(kept, end)) < 0:
            yield span.line, "CommonMark changes the text of a formula"
        end = max(end, there + len(kept))


def _of_formula(page: str, span: Span) -> Iterator[Finding]:
    """Judge the TeX of a formula and what stands beside it, with lines counted from its first."""
    inline, end = span.mark == "$", span.start + len(f"${span.tex}$") + 1
    unpaired = re.sub(r"(?m)\\\\$", "{}", span.tex)
    yield from _matches(_INLINE if inline else _BLOCK, unpaired)
    if inline:
        padded = f" {page} "  # so that the first and the last character have neighbours, too
        yield from _matches(_NEIGHBOURS, padded[span.start] + "$" + padded[end])
    if len(re.findall(r"[_^]\s*\{", span.tex)) > MOST_SCRIPTS:
        yield 0, f"a formula has more than {MOST_SCRIPTS} braced scripts"
    yield from ((0, sentence) for sentence in _of_rows(span.tex))
    try:
        _CONVERTER.convert_with_local_state(span.tex, displaystyle=not inline)
    except LatexError as error:
        yield 0, f"a formula is not TeX ({str(error).rstrip('.')})"


def _of_rows(tex: str) -> Iterator[str]:
    """Judge the rows of the environments of a formula, from the inside out."""
    while environment := _INNERMOST.search(tex):
        name, body = environment.groups()
        rows = re.sub(r"^\{\w*\}", "", body).split(r"\\")
        if not rows[-1].strip():
            yield f"the last row of {name} is empty"
        for row in rows:
            if "\n" in row.replace(r"\hline", "").strip():
                yield f"a row of {name} spans several lines"
            if name in MATRICES and row.count("&") >= MOST_COLUMNS:
                yield f"a row of {name} has more than {MOST_COLUMNS} columns"
        tex = tex[: environment.start()] + "x" + tex[environment.end() :]
    if r"\\" in tex:
        yield "a row ends outside an environment"
