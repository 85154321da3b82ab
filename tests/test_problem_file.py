"""The reader: YAML as it was typed, bounds that hold, and the schema beside the problems."""

import json
import time
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import handcalc
from handcalc import layers, library
from handcalc.errors import FileError, HandcalcError, ProblemError
from handcalc.layers._layer import Conventions
from handcalc.network import build
from handcalc.problem import exact_yaml, load, parse
from handcalc.problem.schema import schema_text

SCHEMA = library.folder() / "handcalc.schema.json"
SMALL = "input: [1]\nlayers: [{dense: {name: h, weights: [[3]]}}]\n"


def test_scalars_stay_what_was_typed():
    found = exact_yaml.read("x", "a: [0.10, 1e-3, no, 010, 1:30, ~, '~', 1_000]\n")

    assert found == {"a": ["0.10", "1e-3", "no", "010", "1:30", None, "~", "1_000"]}


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text):
    try:
        parse(text)
    except HandcalcError:
        return


@given(
    st.recursive(
        st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["input", "layers", "dense", "weights", "name", "loss", "ask"]),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
def test_any_shape_of_data_is_read_or_refused_in_words(data):
    text = yaml.safe_dump(data)
    try:
        parse(text)
    except HandcalcError:
        return


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
        "[" * 100_000,
        "{a: " * 100_000,
        "input: " + "9" * 100_000,
        "a: !!python/object/apply:os.system [x]\n",
        "input: [1e400000000]\nlayers: [dense]\n",
        "\x00",
        "title: " + "x" * 10**6 + "\ninput: [1]\n",
        "input: {shape: [1000000, 1000000]}\nlayers: [flatten, {dense: {units: 2}}]\n",
        "input: {shape: [1000000000]}\nlayers: [{dense: {units: 1000000000}}]\n",
        "input: {shape: [100000], random: {seed: 1}}\nlayers: [{dense: {units: 100000, weights: {random: {seed: 1}}}}]\n",
    ],
    ids=[
        "aliases",
        "brackets",
        "braces",
        "digits",
        "tag",
        "exponent",
        "nul",
        "long",
        "huge",
        "huge units",
        "huge random",
    ],
)
def test_hostile_files_are_refused_at_once(text):
    begin = time.perf_counter()
    with pytest.raises(HandcalcError) as caught:
        handcalc.solve(parse(text))

    assert time.perf_counter() - begin < 5
    assert len(str(caught.value)) < 4000


def test_unreadable_files_say_why(tmp_path):
    folder, latin, large = tmp_path / "d", tmp_path / "latin.yaml", tmp_path / "large.yaml"
    folder.mkdir()
    latin.write_bytes(b"title: caf\xe9\n")
    with large.open("wb") as file:
        file.truncate(exact_yaml.MAX_BYTES + 1)
    for path, word in (
        (folder, "folder"),
        (latin, "UTF-8"),
        (large, "larger"),
        (tmp_path / "no.yaml", "no such file"),
    ):
        with pytest.raises(FileError, match=word):
            load(path)


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())

    assert load(path).layers


def test_mistakes_come_in_the_order_of_the_file_and_only_once():
    with pytest.raises(ProblemError) as caught:
        parse("titel: x\ninput: [1, x]\nlayers: [{dense: {name: 1, weights: [[y]]}}]\n")
    places = [(m.line, m.column) for m in caught.value.mistakes]

    assert places == sorted(set(places))
    assert len(places) == 4


def test_the_schema_beside_the_problems_is_the_printed_one(renew):
    if renew:
        SCHEMA.write_text(schema_text(), "utf-8")

    assert SCHEMA.read_text("utf-8") == schema_text()


@cache
def _validator():
    """The schema that lies beside the problems, read once."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", library.names())
def test_every_shipped_problem_begins_with_the_editor_comment_and_fits_the_schema(name):
    text = (library.folder() / f"{name}.yaml").read_text("utf-8")

    assert text.startswith("# yaml-language-server: $schema=handcalc.schema.json\n")
    assert list(_validator().iter_errors(yaml.safe_load(text))) == []


@pytest.mark.parametrize(
    "wrong",
    [
        "layers: []",
        "losss: x",
        "update: never",
        "rounding: {decimals: 99}",
        "layers: [{dense: {unit: 3}}]",
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(wrong):
    data: Any = {**yaml.safe_load(SMALL), **yaml.safe_load(wrong)}

    assert not _validator().is_valid(data)


def test_titles_are_found_without_reading_yaml():
    for name in library.names():
        assert library.title(name) == load(name).title


@pytest.mark.parametrize("word", layers.LAYERS)
def test_the_example_of_every_layer_builds(word):
    kind: Any = layers.load(word)
    layer = kind.model_validate(kind.example)

    received = kind.example_input
    shapes = tuple(received for _ in layer.from_ or "1")
    assert list(layer.misfits_of(shapes, Conventions(), "layer 1", "x1")) == []
    shape = ", ".join(map(str, received))
    text = f"input: {{shape: [{shape}]}}\nlayers: [{{{word}: {yaml.safe_dump(kind.example, default_flow_style=True).strip()}}}]\n"
    network = build(parse(text))
    last = list(network.quantities.values())[-1]
    assert last.shape == layer.shape_of(shapes, Conventions())


def test_problems_are_the_same_on_every_machine():
    """Random numbers come from a generator whose numbers are promised to stay."""
    text = "input: {shape: [3], random: {seed: 7, decimals: 2}}\nlayers: [{dense: {name: h, weights: [[1, 0, 0]]}}]\n"

    assert handcalc.solve(parse(text)).answers == handcalc.solve(parse(text)).answers
    assert Path(library.folder()).is_dir()
