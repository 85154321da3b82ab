"""Imports point one way, every word has its file, every file is listed, modules stay small."""

import ast
import re
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from handcalc import data, formats, layers, losses, operations, optimizers, questions, schedules
from handcalc.grading import mistakes

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "handcalc"
MODULES = sorted(PACKAGE.rglob("*.py"))

# Who may import whom, by the first part of the name below the package.
BASICS = {"errors", "number", "fields", "formula"}
MAY_IMPORT = {
    "errors": set(),
    "number": set(),
    "arrays": set(),
    "library": {"errors"},
    "formula": {"number"},
    "document": {"formula"},
    "fields": {"errors", "formula", "number"},
    "operations": BASICS,
    "losses": BASICS | {"operations"},
    "optimizers": BASICS,
    "layers": BASICS | {"operations"},
    "schedules": BASICS,
    "problem": BASICS
    | {
        "arrays",
        "library",
        "layers",
        "losses",
        "optimizers",
        "operations",
        "questions",
        "schedules",
    },
    "network": BASICS | {"layers", "operations", "losses", "optimizers", "problem"},
    "data": BASICS | {"arrays", "losses", "problem"},
    "sampling": BASICS | {"arrays", "data", "library", "problem"},
    "questions": BASICS | {"document", "layers", "network", "operations", "losses", "optimizers"},
    "answers": BASICS | {"document", "network", "operations", "problem", "questions"},
    "picturing": BASICS | {"answers", "document", "network", "operations", "questions"},
    "asking": BASICS | {"answers", "network", "problem", "questions"},
    "posing": BASICS
    | {"answers", "asking", "document", "network", "operations", "problem", "questions"},
    "solving": BASICS
    | {
        "answers",
        "asking",
        "document",
        "formats",
        "network",
        "picturing",
        "posing",
        "problem",
        "questions",
    },
    "learning": BASICS
    | {"arrays", "data", "document", "layers", "losses", "network", "optimizers", "problem"},
    "grading": BASICS
    | {
        "answers",
        "asking",
        "document",
        "layers",
        "library",
        "losses",
        "network",
        "optimizers",
        "operations",
        "problem",
        "questions",
    },
    "formats": {"document", "formula", "number", "errors"},
    "importing": {"errors", "formula", "layers", "network", "operations", "problem"},
    "cli": {
        "asking",
        "document",
        "errors",
        "formats",
        "grading",
        "importing",
        "learning",
        "library",
        "network",
        "posing",
        "problem",
        "sampling",
        "solving",
    },
    "__main__": {"cli"},
    "__init__": {"grading", "problem", "sampling", "solving"},
}


# The one exception: the reader knows the names of the questions, not what they do.
BY_NAME_ONLY = ("problem", "questions")


def test_no_two_packages_import_each_other():
    graph = {place: set(others) for place, others in MAY_IMPORT.items()}
    graph[BY_NAME_ONLY[0]].discard(BY_NAME_ONLY[1])

    assert tuple(TopologicalSorter(graph).static_order())


def _place(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("handcalc"):
            below = (node.module or "").split(".")[1:]
            found |= {below[0]} if below else {alias.name for alias in node.names}
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("handcalc.")}
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_one_way(path):
    place = _place(path)
    foreign = _imports(path) - MAY_IMPORT[place] - {place, "__version__"}

    assert not foreign, f"{place} must not import {sorted(foreign)}"


@pytest.mark.parametrize(
    ("package", "words"),
    [
        (operations, set(operations.OPERATIONS)),
        (layers, set(layers.FAMILIES)),
        (losses, set(losses.LOSSES)),
        (data, set(data.FORMATS)),
        (optimizers, set(optimizers.OPTIMIZERS)),
        (schedules, set(schedules.SCHEDULES)),
        (questions, set(questions.QUESTIONS)),
        (formats, set(formats.FORMATS)),
        (mistakes, set(mistakes.MISTAKES)),
    ],
    ids=lambda x: getattr(x, "__name__", ""),
)
def test_every_word_is_a_file_and_every_file_is_listed(package, words):
    folder = Path(package.__file__).parent
    files = {p.stem for p in folder.glob("*.py") if not p.stem.startswith("_")}

    assert not files - words, (
        f"add {sorted(files - words)} to the list in {folder.name}/__init__.py"
    )
    assert not words - files, f"there is no file for {sorted(words - files)} in {folder.name}/"


@pytest.mark.parametrize(
    ("family", "word"), [(f, word) for f, words in layers.FAMILIES.items() for word in words]
)
def test_every_layer_is_a_class_in_the_file_of_its_family(family, word):
    kind: Any = layers.load(word)

    assert kind.__module__ == f"handcalc.layers.{family}"
    assert kind.model_construct().word == word


def test_every_layer_belongs_to_one_family():
    words = [word for family in layers.FAMILIES.values() for word in family]

    assert sorted(words) == list(layers.LAYERS)
    assert len(words) == len(set(words))


def test_modules_can_be_held_in_the_head():
    sizes = {str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines()) for p in MODULES}

    assert median(sizes.values()) < 100
    assert not {name: n for name, n in sizes.items() if n > 500}


def test_nothing_typed_reaches_an_evaluator():
    """eval, exec and sympy's readers of text run what they are given."""
    banned = re.compile(
        r"\b(eval|exec|sympify|parse_expr|lambdify|literal_eval)\(|sympy\.S\(|\.subs\("
    )
    for path in MODULES:
        assert not banned.search(path.read_text("utf-8")), path


def test_only_the_formula_package_knows_sympy():
    users = {
        _place(p)
        for p in MODULES
        if re.search(r"^\s*(import|from) sympy", p.read_text("utf-8"), re.MULTILINE)
    }

    assert users == {"formula"}


def test_every_module_says_what_it_is_for():
    for path in MODULES:
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8")))

        assert docstring, path
        assert len(docstring.splitlines()[0]) <= 100, path


def test_top_level_holds_what_the_contributing_page_says():
    allowed = {
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "handcalc",
        "problems",
        "pyproject.toml",
        "tests",
    }
    found = {p.name for p in ROOT.iterdir() if not p.name.startswith(".")}

    assert not found - allowed - {"build", "dist"}
