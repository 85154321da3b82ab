"""HTML pages: well-formed, without a network, every formula worth what it says, in colours that can be read."""

import math
import random
import re
from base64 import b64encode
from fractions import Fraction
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from typer.testing import CliRunner

import handcalc
from handcalc import formats, library
from handcalc.cli._app import app
from handcalc.document import (
    Bar,
    Code,
    Document,
    Heading,
    Ledger,
    Line,
    Lines,
    Mark,
    Matrix,
    Note,
    Paragraph,
    Step,
    Table,
    words,
)
from handcalc.formats import write
from handcalc.formula import (
    Call,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    evaluate,
    exp,
    leaves,
    substitute,
)
from handcalc.formula.mathml import Printer, mathml, terms
from handcalc.formula.sources import with_sources
from handcalc.formula.walk import numbers
from support import solution

XHTML = "{http://www.w3.org/1999/xhtml}"
CSS = (Path(formats.__file__).parent / "page.css").read_text("utf-8")
JS = (Path(formats.__file__).parent / "page.js").read_text("utf-8")
MEANINGS: tuple[Any, ...] = ("right", "follows", "wrong", "undecided", "blank")

SYMBOLS = """
input: {shape: [2]}
layers:
  - dense: {name: hidden_layer, units: 2, activation: elu}
  - dense: {units: 2, activation: softmax}
loss: categorical_crossentropy
optimizer: {sgd: {learning_rate: 0.1, form: add}}
notation: {weights: matrix, values: z_a}
"""


def _page(document: Document, **options: Any) -> ET.Element:
    return ET.fromstring(write(document, "html", **options))


def _named(root: ET.Element, *names: str) -> list[ET.Element]:
    return [element for name in names for element in root.iter(XHTML + name)]


def _text(element: ET.Element) -> str:
    return "".join(element.itertext())


@pytest.mark.parametrize("name", library.names())
def test_every_shipped_problem_is_a_well_formed_page_that_needs_nothing_else(name):
    page = write(handcalc.solve(name, level="full"), "html")
    root = ET.fromstring(page)
    ids = [element.get("id") for element in root.iter() if element.get("id")]

    assert root.get("lang") == "en"
    assert len(_named(root, "h1")) == 1
    assert len(ids) == len(set(ids))
    assert all(heading.get("id") for heading in _named(root, "h2", "h3"))
    assert all(head.get("scope") in ("col", "row") for head in _named(root, "th"))
    assert [_text(script) for script in _named(root, "script")] == [JS]
    assert not _named(root, "link", "img", "iframe", "object")
    assert not [e for e in root.iter() if {"src", "action", "data"} & set(e.attrib)]
    assert not [name for e in root.iter() for name in e.attrib if name.startswith("on")]
    assert {link.get("href") for link in _named(root, "a")} <= {f"#{place}" for place in ids}
    assert {e.get("data-k") or e.get("data-of") for e in root.iter()} <= {None, *ids}
    assert not re.search(r"url\(|@import", page)


@pytest.mark.parametrize("name", library.names())
def test_what_is_wide_moves_in_its_own_box(name):
    """Whatever cannot be broken stands in an element that scrolls by itself."""
    root = _page(handcalc.solve(name))
    boxed = [t for div in _named(root, "div") if div.get("class") == "scroll" for t in div]

    assert boxed == _named(root, "table")
    for kind in ("scroll", "line"):
        assert re.search(rf"\.{kind}[^{{}}]*\{{[^}}]*overflow(-x)?: auto", CSS), kind


@pytest.mark.parametrize("name", ["net-2-2-2", "cnn-11x7", "net-3-4-3-2", "vgg-16"])
def test_headings_follow_each_other_without_a_gap_and_have_addresses(name):
    root = _page(handcalc.solve(name))
    levels = [int(e.tag[-1]) for e in root.iter() if re.fullmatch(rf"{XHTML}h\d", e.tag)]
    numbers = [block.number for block in handcalc.solve(name).blocks if isinstance(block, Heading)]

    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for number in numbers:
        assert root.find(f".//*[@id='step-{number}']") is not None


def test_the_key_of_a_step_stands_beside_its_heading():
    root = _page(handcalc.solve("net-2-2-2"))
    heading = root.find(".//*[@id='step-3.1']")

    assert heading is not None
    assert [_text(code) for code in _named(heading, "code")] == ["dE_dw5"]
    assert "∂E/∂w5" in _text(heading)


def test_steps_are_folds_that_are_open_and_nothing_is_hidden_without_the_script():
    root = _page(handcalc.solve("net-2-2-2"))
    folds = [fold for fold in _named(root, "details") if fold.get("class") in ("part", "step")]
    steps = handcalc.solve("net-2-2-2").steps

    assert len(folds) == len(steps)
    assert all(fold.get("open") for fold in folds)
    assert [_named(fold[0], "h2", "h3")[0].get("id") for fold in folds] == [
        f"step-{step.number}" for step in steps
    ]
    assert not [e for e in root.iter() if e.get("hidden") or e.get("class") == "off"]
    assert {e.get("class") for e in root.iter() if e.get("aria-hidden")} <= {"bar"}
    assert not _named(root, "button")


def test_a_long_page_has_landmarks_and_contents_and_a_short_one_no_more_than_it_needs():
    root = _page(handcalc.solve("net-2-2-2"))
    body = _named(root, "body")[0]
    links = [link.get("href") for nav in _named(root, "nav") for link in _named(nav, "a")]
    short = _page(Document("x", "x", (Paragraph(words("Nothing to fold.")),)))

    assert [e.tag.removeprefix(XHTML) for e in body] == ["a", "header", "nav", "main", "script"]
    assert body[0].get("href") == "#" + (body[3].get("id") or "")
    assert links == [f"#step-{step.number}" for step in handcalc.solve("net-2-2-2").steps]
    assert [e.tag.removeprefix(XHTML) for e in _named(short, "body")[0]] == ["header", "main"]


def test_the_key_of_an_answer_is_the_address_of_the_line_that_finds_it():
    """∂E/∂w₅ ends its ledger with 0.075, h₁ᵒᵘᵗ is a line, w₅ is given, conv1 is a matrix and its cells."""
    root = _page(handcalc.solve("net-2-2-2"))
    convolution = _page(handcalc.solve("cnn-11x7"))

    def at(page: ET.Element, key: str) -> tuple[str, str]:
        found = page.find(f".//*[@id='{key}']")
        assert found is not None
        return found.tag.removeprefix(XHTML), _text(found).replace("\u00a0", " ")

    assert at(root, "dE_dw5")[0] == "tr"
    assert at(root, "dE_dw5")[1].endswith("≈0.075")
    assert at(root, "h1_out")[1].endswith("≈0.605")
    assert at(root, "w5") == ("span", "w5 = 0.7")
    assert at(convolution, "conv1")[0] == "table"
    assert at(convolution, "x[2,1]") == ("td", "0.2")
    assert at(convolution, "conv1[10,6]") == ("td", "1.63")


def _answer(document: Document, key: str) -> Any:
    """The text of an answer, or of an element of one: conv1[2,3]@2 of conv1@2."""
    if key in document.answers:
        return document.answers[key].shown
    parted = re.fullmatch(r"(.*)\[([0-9,]+)\]([^\[\]]*)", key)
    if not parted or parted[1] + parted[3] not in document.answers:
        return None
    found: Any = document.answers[parted[1] + parted[3]].shown
    for index in map(int, parted[2].split(",")):
        found = found[index - 1]
    return found


@pytest.mark.parametrize(
    "name", sorted(set(library.names()) - {"encoder-block", "conv1d-model", "transformer-block"})
)
def test_what_stands_at_the_address_of_an_answer_is_that_answer(name):
    """In cells, lines and ledgers, there and wherever its value is shown again; 1e-9 is written otherwise."""
    document = handcalc.solve(name)
    for place in _page(document).iter():
        key = place.get("id") or place.get("data-of")
        value = [e for e in place.iter() if e.get("class") == "r"][-1:]
        shown = [place] if place.tag == XHTML + "td" else value
        is_place = place.tag in (XHTML + "td", XHTML + "tr") or place.get("class") == "line"
        expected = _answer(document, key) if key and is_place else None
        if expected is not None and shown:
            assert _text(shown[0]).translate({0x2212: "-", ord("≈"): "", ord(","): ""}) == expected


@pytest.mark.parametrize("name", ["net-2-2-2", "cnn-11x7", "net-3-4-3-2", "attention-three-words"])
def test_answers_that_the_page_shows_have_an_address(name):
    document = handcalc.solve(name)
    root = _page(document)
    ids = {element.get("id") for element in root.iter()}

    assert not {key for step in document.steps for key in step.finds} - ids
    assert not {step.key for step in document.steps if step.key} - ids


def test_symbols_and_the_numbers_in_their_places_say_whose_value_they_are():
    """o₁ⁱⁿ = w₅·h₁ᵒᵘᵗ + w₆·h₂ᵒᵘᵗ + b₂ = 0.7·0.605 + 0.2·0.589 + 0.5."""
    root = _page(handcalc.solve("net-2-2-2"))
    line = root.find(".//*[@id='o1_in']")
    assert line is not None
    carried = [(e.get("data-k"), _text(e)) for e in line.iter() if e.get("data-k")]
    keys = ["w5", "h1_out", "w6", "h2_out", "b2"]

    assert [key for key, _ in carried] == [*keys, *keys]
    assert [said for _, said in carried[5:]] == ["0.7", "0.605", "0.2", "0.589", "0.5"]


def test_a_number_stands_for_a_symbol_only_where_the_two_sides_are_formed_alike():
    """-(w·x) and -(2·3): the 2 is w. Of a sum with a term more nothing is known, nor of 2 in w² and 2²."""
    w, x, two, three = Symbol("w", "w"), Symbol("x", "x"), Number(2.0), Number(3.0)
    alike = with_sources(Negative(two * three), Negative(w * x))
    longer = with_sources(two + three, w + x + x)
    power = with_sources(Power(two, two), Power(w, two))

    assert [(n.value, getattr(n, "leaf", None)) for n in numbers(alike)] == [(2, w), (3, x)]
    assert [getattr(n, "leaf", None) for n in numbers(longer)] == [None, None]
    assert [getattr(n, "leaf", None) for n in numbers(power)] == [w, None]


def test_what_carries_a_key_is_one_element_that_is_worth_the_same():
    """-0.5 is a sign and a number: a row is put around both, so that they light up together."""
    printer = Printer(lambda leaf: f' data-k="{leaf.key}"')
    product = with_sources(Number(-0.5) * Number(2.0), Symbol("w", "w") * Symbol("x", "x"))
    made = ET.fromstring(f"<math>{printer.written(product)}</math>")

    assert _row(list(made)) == -1
    assert [(e.tag, "".join(e.itertext())) for e in made.iter() if e.get("data-k")] == [
        ("mrow", "−0.5"),
        ("mn", "2"),
    ]


def test_from_step_leads_there_and_a_step_of_training_is_no_such_step():
    root = _page(handcalc.solve("net-2-2-2"))
    said = [e for e in _named(root, "span") if e.get("class") == "because" and _named(e, "a")]
    training = _page(
        Document(
            "x", "x", (Heading(2, words("a"), "2"), Paragraph(words("as in step 2, step 2.7")))
        ),
    )

    assert said
    for reason in said:
        numbers = re.findall(r"[0-9]+\.[0-9]+", _text(reason))
        assert [a.get("href") for a in _named(reason, "a")] == [f"#step-{n}" for n in numbers]
    assert not _named(training, "a")


def test_in_several_steps_of_training_a_symbol_is_the_answer_of_its_step():
    """θ is given to the first step of Adam; in the second it is what the first has left, as is what m was."""
    steps = {step.number: step for step in handcalc.solve("adam-on-a-square").steps}
    first, second = steps["2.1"].means, steps["5.1"].means

    assert first["theta"] == "theta"
    assert first["theta_new"] == second["theta"] == "theta@step1"
    assert second["m_theta_old"] == "m_theta@step1"
    assert second["m_theta"] == "m_theta@step2"
    assert second["eta"] == "eta"


def test_the_script_is_small_and_the_same_in_html_and_in_xml():
    """XML would read & and <, and a page in ASCII would write other letters by their numbers."""
    assert not set("<&") & set(JS)
    assert JS.isascii()
    assert len(JS) < 5000


def test_only_the_script_of_the_page_may_run():
    page = write(handcalc.solve("net-2-2-2"), "html")
    plain = write(Document("x", "x", (Paragraph(words("words")),)), "html")
    digest = b64encode(sha256(JS.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page
    assert "script" not in re.sub(r"(?s)<style>.*</style>", "", plain)


# --- formulas: a reader of MathML that knows arithmetic, and nothing of handcalc ----------------


class _Reader:
    """sum = product {(+|-) product}, product = factor {· factor}, over the children of a row."""

    def __init__(self, elements: list[ET.Element]) -> None:
        self.elements, self.at = elements, 0

    def next(self) -> str:
        if self.at == len(self.elements):
            return ""
        element = self.elements[self.at]
        return (element.text or "") if element.tag == "mo" else "value"

    def take(self) -> ET.Element:
        self.at += 1
        return self.elements[self.at - 1]

    def sum(self) -> float:
        total = self.product()
        while self.next() in ("+", "−"):
            sign = 1 if self.take().text == "+" else -1
            total += sign * self.product()
        return total

    def product(self) -> float:
        sign = 1
        while self.next() == "−":
            self.take()
            sign = -sign
        value = self.factor()
        while self.next() == "·":
            self.take()
            value *= self.factor()
        return sign * value

    def factor(self) -> float:
        element = self.take()
        if self.next() == "\u2061":
            self.take()
            inside = _Reader(list(self.take())[1:-1])
            arguments = [inside.sum()]
            while inside.next() == ",":
                inside.take()
                arguments.append(inside.sum())
            assert inside.at == len(inside.elements)
            name = "".join(element.itertext())
            functions: dict[str, Any] = {"ln": math.log, "log2": math.log2, "tanh": math.tanh}
            functions |= {"sin": math.sin, "cos": math.cos, "erf": math.erf}
            return float({**functions, "max": max, "min": min}[name](*arguments))
        return _value(element)


def _value(element: ET.Element) -> float:
    children = list(element)
    match element.tag:
        case "mn":
            return float((element.text or "").replace(",", ""))
        case "mfrac":
            return _value(children[0]) / _value(children[1])
        case "msup":
            base = math.e if children[0].text == "e" else _value(children[0])
            return float(base ** _value(children[1]))
        case "msqrt":
            return math.sqrt(_row(children))
        case "mrow" if children[0].text == "⌊":
            return math.floor(_row(children[1:-1]))
        case "mrow" if children[0].text == "(":
            assert children[-1].text == ")"
            return _row(children[1:-1])
        case "mrow":
            return _row(children)
    raise AssertionError(element.tag)


def _row(elements: list[ET.Element]) -> float:
    reader = _Reader(elements)
    value = reader.sum()
    assert reader.at == len(elements)
    return value


def _worth(formula: Any) -> float:
    return _row(list(ET.fromstring(f"<math>{mathml(formula)}</math>")))


@pytest.mark.parametrize("name", [*library.names(), "symbols"])
def test_a_formula_read_by_the_rules_of_arithmetic_is_worth_what_it_says(name):
    """Brackets, signs and fractions: with numbers for all of its letters, some of them below 0."""
    rng = random.Random(name)
    document = (
        solution(SYMBOLS, "full") if name == "symbols" else handcalc.solve(name, level="full")
    )
    read = 0
    for line in (line for block in document.blocks for line in getattr(block, "lines", ())):
        for side in (line.symbols, line.numbers, line.value):
            if side is None or re.search(r"Cases|Dots|Slide|Derivative", repr(side)):
                continue
            drawn = {leaf: Number(Fraction(rng.randint(-40, 40) or 1, 8)) for leaf in leaves(side)}
            filled = substitute(side, drawn.__getitem__)
            try:
                value = evaluate(filled, lambda _: 0)
                if isinstance(value, complex):  # the root of a number below 0
                    continue
                expected = float(value)
            except (ValueError, ZeroDivisionError, OverflowError):
                continue
            if math.isfinite(expected):
                assert _worth(filled) == pytest.approx(expected, rel=1e-9, abs=1e-12)
                read += 1

    assert read


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (Number(-1.5) * Number(Fraction(2)) * Number(-3.0), 9),
        (Number(2.0) - Number(-3.0), 5),
        (Number(2.0) - (Number(1.0) - Number(4.0)), 5),
        (Negative(Number(-2.0)), 2),
        (Power(Number(-2.0), Number(Fraction(2))), 4),
        (Power(Number(0.5) + Number(1.5), Number(Fraction(3))), 8),
        (Quotient(Number(1.0) + Number(2.0), Negative(Number(4.0))), -0.75),
        (Number(1e-5, "1e-5") * Number(-2e3, "-2e+3"), -0.02),
        (Number(-0.5, "-1/2") * Number(4.0), -2),
        (Number(1309560.0, "1,309,560"), 1309560),
        (Sum((Negative(Number(1.0)), Product((Number(-2.0), Number(3.0))))), -7),
        (exp(Negative(Number(1.0) - Number(3.0))), math.exp(2)),
        (Call("floor", (Number(7.0) / Number(2.0),)), 3),
        (Call("sqrt", (Number(4.0) + Number(5.0),)), 3),
        (Call("log2", (Number(8.0),)), 3),
    ],
)
def test_signs_and_brackets_by_hand(formula, expected):
    assert _worth(formula) == pytest.approx(expected)


def test_the_pieces_of_a_sum_are_the_sum():
    """A line may break between them, so together they must be what stands in one piece."""
    x, y = Symbol("x", "x1", "1"), Symbol("y", "y")
    formula = x * y - x + Number(-1.0) - (y - x)

    assert len(terms(formula)) == 4
    assert "".join(terms(formula)) == mathml(formula)


def test_the_indices_of_a_symbol():
    """A w with the lower index 21 and the upper indices (2), new and the sample 3."""
    symbol = Symbol("w", "w", "21", "(2),new", 3)
    found = ET.fromstring(mathml(symbol))

    assert found.tag == "msubsup"
    assert ["".join(child.itertext()) for child in found] == ["w", "21", "(2),new,(3)"]


# --- words that strangers choose, verdicts, bars -------------------------------------------------

HOSTILE = """<script>alert('x')</script> & "a" ]]> <img src=x onerror=alert(1)> \x00\x1b[31m"""


def test_words_stay_words_wherever_they_stand():
    mark: Any = Mark(HOSTILE, "wrong")
    sentence = words(HOSTILE, Code(HOSTILE), mark, Symbol("x", HOSTILE, HOSTILE, HOSTILE))
    symbol = Symbol(HOSTILE, HOSTILE)
    line = Line(symbol, symbol, Number(0.5, HOSTILE), Number(0.5, "0.5"), because=sentence)
    blocks = (
        Heading(2, sentence, HOSTILE, HOSTILE),
        Paragraph(sentence),
        Table((HOSTILE, ""), ((HOSTILE, sentence), (HOSTILE, words(symbol, f" = {HOSTILE}")))),
        Matrix(symbol, ((HOSTILE,),), frozenset({(0, 0)})),
        Lines((line,)),
        Ledger(HOSTILE, (line, line)),
        Note("remark", sentence),
    )
    steps = (Step(HOSTILE, HOSTILE, (HOSTILE, "x"), (HOSTILE,), blocks, {"x": HOSTILE}),)
    many = (Heading(2, sentence, f"{i} {HOSTILE}") for i in range(6))
    root = _page(Document("x", HOSTILE, (*blocks, *many), steps))
    addresses = {e.get("id") for e in root.iter() if e.get("id")}

    assert [_text(script) for script in _named(root, "script")] == [JS]
    assert not _named(root, "img")
    assert {e.get(name) for e in root.iter() for name in ("data-k", "data-of")} == {None}
    assert all(re.fullmatch(r"step-.*|x|the-solution", place, re.DOTALL) for place in addresses)
    seen = _text(root).replace("\u00a0", " ")
    assert seen.count("<script>alert('x')</script> & \"a\" ]]> <img src=x") > 8
    assert not re.search(r"[\x00\x1b]", seen)


@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_verdict_is_a_word_everywhere_and_a_colour_where_there_are_colours(meaning):
    document = Document("x", "x", (Table(("a", "b"), (("h1", words(Mark("so", meaning))),)),))
    plain, colored = (write(document, "terminal", color=color) for color in (False, True))
    verdicts = [e for e in _named(_page(document), "b") if e.get("class") == meaning]

    assert "so" in plain
    assert "\x1b" not in plain
    assert "so" in re.sub(r"\x1b\[[0-9;]*m", "", colored)
    assert [_text(e) for e in verdicts] == ["so"]
    assert ("**so**" in write(document, "markdown")) == (meaning == "wrong")


def test_verdicts_differ_in_colour(monkeypatch):
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")

    def codes(meaning: Any) -> str:
        document = Document("x", "x", (Paragraph(words(Mark("so", meaning))),))
        return write(document, "terminal", color=True).splitlines()[-1]

    assert len({codes(meaning) for meaning in MEANINGS}) == len(MEANINGS)


def test_bars_are_as_long_as_what_they_stand_for():
    shares = [0, 0.01, 0.25, 0.5, 0.75, 1]
    rows = tuple((f"{share}", words(Bar(share))) for share in shares)
    document = Document("x", "x", (Table(("share", ""), rows),))
    widths = [
        float(re.findall(r"width:([0-9.]+)em", e.get("style", ""))[0])
        for e in _named(_page(document), "span")
        if e.get("class") == "bar"
    ]
    page = write(document, "terminal")
    drawn = [2 * line.count("█") + line.count("▌") for line in page.splitlines()[4:10]]

    assert widths == pytest.approx([share * widths[-1] for share in shares])
    assert drawn == [0, 1, 10, 20, 30, 40]
    assert write(document, "terminal", ascii=True).count("#") == 1 + 5 + 10 + 15 + 20


# --- colours --------------------------------------------------------------------------------------


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css))


LIGHT, DARK = (_colours(part) for part in CSS.split("@media screen", 1)[:2])


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    low, high = sorted(map(_luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_guidelines_say():
    assert _contrast("#000000", "#ffffff") == pytest.approx(21)
    assert _contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "quiet", "accent", *MEANINGS])
def test_words_can_be_read_in_light_and_dark(name, colours):
    """4.5 : 1 is what WCAG 2 asks of text of this size, on paper and where it is lit up."""
    assert _contrast(colours[name], colours["paper"]) >= 4.5
    assert _contrast(colours[name], colours["lit"]) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_marked_cells_and_bars_can_be_seen(colours):
    assert _contrast(colours["accent"], colours["paper"]) >= 3  # the ring around what has the focus
    assert _contrast(colours["ink"], colours["marked"]) >= 4.5
    assert _contrast(colours["bar"], colours["paper"]) >= 2.7


def test_every_colour_of_the_page_is_said_for_light_and_dark():
    used = set(re.findall(r"var\(--([a-z]+)\)", CSS)) - {"stroke", "left", "top", "bottom"}

    assert used == set(LIGHT) == set(DARK)
    assert set(MEANINGS) <= used


def test_nothing_moves_for_those_who_asked_for_no_motion_and_focus_is_seen():
    still = re.sub(
        r"@media \(prefers-reduced-motion: no-preference\) \{(?:[^{}]*\{[^}]*\})*\s*\}", "", CSS
    )

    assert still != CSS
    assert not re.search(r"transition|animation|scroll-behavior", still)
    assert re.search(r":focus-visible \{ outline: 2px", CSS)
    assert not re.search(r"outline: (none|0)", CSS)


# --- the command ----------------------------------------------------------------------------------


def test_a_page_is_written_by_the_name_of_its_file_or_by_the_word(tmp_path):
    path = tmp_path / "page.html"
    CliRunner().invoke(app, ["solve", "net-2-2-2", "-o", str(path)])
    printed = CliRunner().invoke(app, ["solve", "net-2-2-2", "--format", "html"]).output

    assert path.read_text("utf-8") == printed
    assert "0.6925" in printed


def test_a_page_in_ascii_says_the_same():
    document = handcalc.solve("net-2-2-2")
    page = write(document, "html", ascii=True)

    assert page.isascii()
    assert _text(ET.fromstring(page)) == _text(_page(document))
