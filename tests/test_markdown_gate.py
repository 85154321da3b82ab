"""Hold the gate itself to its promise: a good page passes, and each rule catches its bad page."""

import pytest

from markdown_gate import complaints, span_count

GOOD_PAGE = r"""# One neuron, by hand

The input is $x_1 = 1$, and the weights are $w_1$, $w_2$; with $b$ they make 4 parameters: 3 + 1
$z_1$ is *asked*, `at $0` cost. Note a < b, snake_case and **bold**.

$$
\begin{aligned}
\hat{y} &= \sigma \left( \begin{bmatrix}
-1.5 & 2 \\
0.25 & -3
\end{bmatrix} \cdot x + b \right) \\
&= \frac{\partial L}{\partial w _{11}^{(1)}} < \lVert x \rVert
\end{aligned}
$$

- an item with $x$, and one more: $y$.

> a quotation with $x$

| symbol | where $x$ counts | value |
|:-------|:-----------------|------:|
| $w_1$  | layer 1          |  -1.5 |
| $w_2$  | layer 1          |     2 |

```sh
echo $HOME | cat
```
"""


def block(tex: str) -> str:
    """Set a formula as a block."""
    return f"$$\n{tex}\n$$\n"


def matrix(*rows: str) -> str:
    """Set rows, each with its own end, as a block with a matrix."""
    return block("\n".join([r"\begin{bmatrix}", *rows, r"\end{bmatrix}"]))


def test_a_good_page_passes() -> None:
    assert complaints(GOOD_PAGE) == []


@pytest.mark.parametrize(
    ("page", "rule"),
    [
        # the file
        ("a", "does not end with a newline"),
        ("a\r\n", "LF alone"),
        ("\ufeffa\n", "byte order mark"),
        ("\ud800\n", "cannot be written as UTF-8"),
        # places
        ("costs 5$\n", "belongs to no formula"),
        ("$ x$\n", "belongs to no formula"),
        ("1$x$\n", "belongs to no formula"),
        ("text\n$$\nx\n$$\n", "belongs to no formula"),
        ("\\(x\\)\n", "for the start of a formula"),
        ("```math\nx\n```\n", "stands in a fence"),
        ("\\begin{aligned}\nx\n\\end{aligned}\n\n\\begin{align}\nx\n\\end{align}\n", "{align}"),
        ("$$\nx\n$$\ntext\n", "lacks a blank line"),
        ("# Title\n$$\nx\n$$\n", "lacks a blank line"),
        ("$$x$$\n", "alone on its line"),
        (" $$\nx\n$$\n", "at column 0"),
        ("$$\nx\n$$ (eq)\n", "alone on its line"),
        ("- item\n\n  $$\n  x\n  $$\n", "in a list or in a quote"),
        ("> $$\n> x\n> $$\n", "in a list or in a quote"),
        ("# The $x$\n", "in a heading"),
        ("a [the $x$ is](u)\n", "in a link or in emphasis"),
        ("a *the $x$ is*\n", "in a link or in emphasis"),
        ("[^1]: see $x$\n", "in a footnote"),
        ("($x$ )\n", "stands before"),
        ("$x$-axis\n", "follows"),
        ("$x$)\n", "follows"),
        # what CommonMark does to a formula
        (block("  x"), "CommonMark changes"),
        (block("x &lt; y"), "CommonMark changes"),
        (r"$x \, y$" + "\n", r"strips the backslash of \,"),
        (r"$\lbrace x \}$" + "\n", r"strips the backslash of \}"),
        (block(r"x \\ y"), r"strips the backslash of \\"),
        (r"$\hat{y}_{1}$" + "\n", "may close emphasis"),
        (r"$w_\mathrm{a}$" + "\n", "may close emphasis"),
        ("$a~b$\n", "holds ~"),
        ("$a * b$\n", "holds *"),
        ("$|x|$\n", "holds |"),
        ("$[a](b)$\n", "holds ]("),
        (block("a $x$ b"), "holds $"),
        ("$a<b$\n", "lacks a blank beside it and may open"),
        (matrix("1&2"), "an & in a formula"),
        (block("a\n= b"), "starts like Markdown: ="),
        (block("a\n+ b"), "starts like Markdown: +"),
        (block("a\n1. b"), "starts like Markdown: 1."),
        (block("a \nb"), "ends with blanks"),
        (block("a\n\nb"), "holds a blank line"),
        ("$x\ny$\n", "spans several lines"),
        # what a TeX engine takes
        (r"$\operatorname{f}$" + "\n", r"knows \operatorname"),
        (r"$\le\leq$" + "\n", r"knows \leq"),
        (block("\\begin{gathered}\nx\n\\end{gathered}"), r"knows \begin{gathered}"),
        ("$ä$\n", "holds ä"),
        ("$w_12$\n", "the subscript _12"),
        ("$$\n$$\n", "is empty"),
        ("$" + "x" * 1001 + "$\n", "more than 1000 characters"),
        ("$" + "x^{2} " * 100 + "y$\n", "more than 99 braced scripts"),
        (r"$\begin{cases} x \end{cases}$" + "\n", "holds an environment"),
        (matrix(r"1 \\", r"2 \\"), "last row of bmatrix is empty"),
        (matrix("1", "2"), "row of bmatrix spans several lines"),
        (matrix(" & ".join("12345678901")), "more than 10 columns"),
        (block("x \\\\\ny"), "ends outside an environment"),
        (r"$\frac{1}$" + "\n", "is not TeX"),
        (r"$\left( x$" + "\n", "is not TeX"),
        # tables, HTML and emphasis
        ("| a | b |\n", "has no header row"),
        ("| | |\n|-|-|\n| a | b |\n", "header row of a table is empty"),
        ("| a | b |\n|---|---|\n| a \\| b | c |\n", "not as many |"),
        ("| a | b |\n|---|---|\n| a | $b$ |\n", "later cell of a table"),
        ("| a | b |\n|---|---|\n| $0.5$ | b |\n", "not plain text"),
        ("| a | b |\n|---|---|\n| a | 0.5 |\n", "not right-aligned"),
        ("<details>\n", "raw HTML"),
        ("a<br>b\n", "raw HTML"),
        ("_a_\n", "written with _"),
        ("__a__\n", "written with _"),
    ],
)
def test_each_rule_catches_its_page(page: str, rule: str) -> None:
    assert any(rule in complaint for complaint in complaints(page))


def test_a_complaint_names_the_line() -> None:
    assert complaints("a\n\n" + block("b\n= c") + "\n($x$\n") == [
        "line 5: a line of a formula starts like Markdown: =.",
        "line 8: ( stands before an inline formula, not a blank.",
    ]


def test_formulas_in_code_do_not_count() -> None:
    assert span_count("$x$ and `$y$`\n\n" + block("z")) == 2


def test_many_formulas_are_no_complaint() -> None:
    page = "$x$\n" * 51
    assert (span_count(page), complaints(page)) == (51, [])
