"""Models of Keras as problem files: the counts are Keras's own, and hostile files end in one line."""

import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from handcalc.cli._app import app
from handcalc.errors import FileError
from handcalc.importing import Untranslatable, import_model
from handcalc.problem import parse
from support import answers, solution

MODELS = Path(__file__).parent / "models"
# Written by Keras beside the models: count_params() and the shapes of the outputs, layer by layer.
COUNTED = json.loads((MODELS / "counted_by_keras.json").read_text("utf-8"))
NAMES = ("chain", "graph", "text")


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_has_the_count_and_the_shape_of_keras(name):
    text = import_model(MODELS / f"{name}.json").text
    found = answers(solution(text))
    layers = [layer.name for layer in parse(text).layers]

    for layer, (params, shape) in zip(layers, COUNTED[name]["layers"], strict=True):
        assert found[f"{layer}_params"] == params
        ours = [None if isinstance(n, str) else n for n in found[f"{layer}_shape"]]
        assert ours == shape
    assert found["total_params"] == COUNTED[name]["total"]
    assert found["trainable_params"] == COUNTED[name]["trainable"]


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_holds_the_same_model(name, tmp_path):
    path = tmp_path / f"{name}.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(MODELS / f"{name}.json", "config.json")
        archive.writestr("model.weights.h5", b"\x89HDF and numbers")
        archive.writestr("../../escaped.txt", "nothing is unpacked")

    assert import_model(path).text == import_model(MODELS / f"{name}.json").text
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_the_file_does_not_say_is_listed():
    found = import_model(MODELS / "graph.json")

    assert any("block1_out → block1_output" in remark for remark in found.remarks)
    assert all(f"# - {remark}" in found.text for remark in found.remarks)


def test_the_older_way_to_write_a_graph():
    """[name, call, place, options] for each input: 3·3·4 + 4 and 4·2 + 2 weights."""
    layers = [
        _layer("InputLayer", "a", {"batch_input_shape": [None, 8, 3]}, []),
        _layer("Conv1D", "b", {"filters": 4, "kernel_size": [3]}, [[["a", 0, 0, {}]]]),
        _layer("GlobalMaxPooling1D", "c", {}, [[["b", 0, 0, {}]]]),
        _layer("Dense", "d", {"units": 2}, [[["c", 0, 0, {}]]]),
    ]
    found = answers(solution(_imported(_graph(layers, "a", "d")).text))

    assert found["total_params"] == (3 * 3 * 4 + 4) + (4 * 2 + 2)


def test_layers_without_a_word_are_named_all_at_once_or_left_out():
    layers = [
        _layer("InputLayer", "a", {"batch_shape": [None, 4]}, []),
        _layer("Lambda", "b", {}, [[["a", 0, 0, {}]]]),
        _layer("Strange", "c", {}, [[["b", 0, 0, {}]]]),
        _layer("Dense", "d", {"units": 2}, [[["c", 0, 0, {}]]]),
    ]
    with pytest.raises(Untranslatable) as caught:
        _imported(_graph(layers, "a", "d"))

    assert caught.value.reasons == ("b: there is no layer Lambda", "c: there is no layer Strange")
    kept = import_text(_graph(layers, "a", "d"), skip=True)
    assert "# - left out: b: there is no layer Lambda" in kept.text
    assert answers(solution(kept.text))["total_params"] == 4 * 2 + 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m["config"].update(input_layers=[["a", 0, 0], ["b", 0, 0]]), "it has 2 inputs"),
        (lambda m: m.update(class_name="Subclass"), "Sequential and Functional models are read"),
        (lambda m: m["config"]["layers"][1].update(inbound_nodes=[[["b", 0, 0]]]), "in a circle"),
        (lambda m: m["config"]["layers"][1].update(inbound_nodes=[["a", "x"]]), "not written as"),
        (
            lambda m: m["config"]["layers"][1].update(inbound_nodes=[[["a", 0, 0]], [["b", 0, 0]]]),
            "is used again with the same weights",
        ),
        (lambda m: m["config"]["layers"][1].update(inbound_nodes=[{"args": []}]), "takes nothing"),
        (
            lambda m: m["config"].update(layers=[1, 2]),
            "in a circle|takes|not there|has no|is not told",
        ),
        (lambda m: m["config"].update(output_layers=[]), "no output"),
        (
            lambda m: m["config"]["layers"][1].update(inbound_nodes=[[["a", 0, -7]]]),
            "not written as",
        ),
        (lambda m: m["config"]["layers"][1]["config"].update(units="many"), "units: "),
        (lambda m: m["config"]["layers"][1]["config"].update(units=[]), "units: "),
    ],
)
def test_models_that_cannot_be_written_say_why(change, said):
    model = _graph(
        [
            _layer("InputLayer", "a", {"batch_shape": [None, 4]}, []),
            _layer("Dense", "b", {"units": 4}, [[["a", 0, 0, {}]]]),
        ],
        "a",
        "b",
    )
    change(model)
    with pytest.raises(Untranslatable, match=said):
        _imported(model)


def test_a_shape_that_does_not_agree_with_the_model_is_not_passed_over():
    text = (MODELS / "text.json").read_text("utf-8").replace("[null,38,8]", "[null,37,8]")
    with pytest.raises(Untranslatable, match="receives 37 × 8 in the model, but 38 × 8"):
        _imported(json.loads(text))


BROKEN = {
    "no json": b"hello",
    "a list": b"[1, 2]",
    "deep": b"[" * 200_000,
    "deep mappings": b'{"config":' * 100_000,
    "hdf5": b"\x89HDF\r\n\x1a\n" + b"\0" * 100,
    "empty": b"",
    "not utf-8": b"\xff\xfe{}",
    "large number": b'{"class_name": ' + b"9" * 10_000 + b"}",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_broken_files_end_in_one_line(content, tmp_path):
    path = tmp_path / "model.keras"
    path.write_bytes(content)
    result = CliRunner().invoke(app, ["import", str(path)])

    assert isinstance(result.exception, FileError)
    assert len(str(result.exception).splitlines()) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["model.keras"]


def test_an_archive_that_unpacks_to_gigabytes_is_not_read(tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b" " * (65 * 2**20))
    with pytest.raises(FileError, match="larger than 64 MB"):
        import_model(path)


def test_damaged_and_incomplete_archives(tmp_path):
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("other.json", "{}")
    with pytest.raises(FileError, match=r"archive without config\.json"):
        import_model(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(MODELS / "graph.json", "config.json")
    content = bytearray(path.read_bytes())
    content[60:400] = b"\xaa" * 340
    path.write_bytes(content)
    with pytest.raises(FileError, match="damaged archive"):
        import_model(path)


def test_nothing_is_overwritten_unasked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first = CliRunner().invoke(app, ["import", str(MODELS / "text.json")])
    again = CliRunner().invoke(app, ["import", str(MODELS / "text.json")])

    assert "text.yaml is written: 5 layers" in first.output
    assert "is there already" in str(again.exception)


def _layer(kind, name, config, nodes):
    return {
        "class_name": kind,
        "name": name,
        "config": {"name": name, **config},
        "inbound_nodes": nodes,
    }


def _graph(layers, first, last):
    config = {"name": "m", "layers": layers}
    config |= {"input_layers": [[first, 0, 0]], "output_layers": [[last, 0, 0]]}
    return {"class_name": "Functional", "config": config}


def _imported(model):
    return import_text(model, skip=False)


def import_text(model, *, skip):
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(json.dumps(model), "utf-8")
        return import_model(path, skip=skip)
