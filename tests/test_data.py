"""Data files written by hand, by numpy, csv and Pillow; what is refused of them, and how."""

import csv
import gzip
import io
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from handcalc import arrays, data
from handcalc.data import Wanted, _source, fitted
from handcalc.errors import HandcalcError
from handcalc.losses.categorical_crossentropy import CategoricalCrossentropy
from handcalc.losses.hinge import Hinge
from handcalc.losses.mean_squared_error import MeanSquaredError
from handcalc.losses.sparse_categorical_crossentropy import SparseCategoricalCrossentropy

RANDOM = np.random.default_rng(4)
PIXELS = RANDOM.integers(0, 256, (5, 4, 3), dtype=np.uint8)
CLASSES = np.array([2, 0, 1, 1, 0], dtype=np.uint8)
TAKEN = Wanted((4, 3))


def idx(numbers: np.ndarray, kind: int = 8, form: str = "B") -> bytes:
    """The format as its page describes it: two zeros, the kind, the rank, the sizes, the numbers."""
    head = struct.pack(">BBBB", 0, 0, kind, numbers.ndim) + struct.pack(
        f">{numbers.ndim}I", *numbers.shape
    )
    return head + struct.pack(f">{numbers.size}{form}", *numbers.reshape(-1).tolist())


def pair(folder: Path, images: bytes, labels: bytes, end: str = "") -> tuple[Path, Path]:
    places = folder / f"t-images-idx3-ubyte{end}", folder / f"t-labels-idx1-ubyte{end}"
    for place, content in zip(places, (images, labels), strict=True):
        place.write_bytes(content)
    return places


def refused(path: Path, wanted: Wanted = TAKEN) -> str:
    """What is said of a file, without its place."""
    with pytest.raises(HandcalcError) as caught:
        data.read(path, wanted)
    return str(caught.value).replace(str(path), "FILE")


# --- IDX ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True])
def test_idx(tmp_path, packed):
    pack = gzip.compress if packed else bytes
    images, labels = pair(tmp_path, pack(idx(PIXELS)), pack(idx(CLASSES)), ".gz" if packed else "")
    found = data.read(images, Wanted((4, 3), labels=labels))

    assert np.array_equal(found.inputs, PIXELS)
    assert np.array_equal(found.targets, CLASSES)


@pytest.mark.parametrize(
    ("kind", "form", "numbers"),
    [
        (0x09, "b", [-128, 127]),
        (0x0B, "h", [-3, 300]),
        (0x0C, "i", [-70000, 70000]),
        (0x0D, "f", [0.5, -2.25]),
        (0x0E, "d", [0.1, 1e300]),
    ],
)
def test_idx_of_every_kind(tmp_path, kind, form, numbers):
    images, labels = pair(
        tmp_path, idx(np.array(numbers)[:, None], kind, form), idx(np.zeros(2, dtype=int))
    )

    assert data.read(images, Wanted((1,), labels=labels)).inputs[:, 0].tolist() == numbers


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(PIXELS)[:-1], "announces 5 × 4 × 3 numbers, 60 bytes, and has 59; load it down anew"),
        (idx(PIXELS) + b"0", "60 bytes, and has 61"),
        (idx(PIXELS)[:9], "ends within its sizes"),
        (b"", "begins with nothing"),
        (b"PK\x03\x04 and more", "begins with 50 4b 03 04, which is no IDX file"),
        (b"\0\0\x07\x01\0\0\0\x01a", "begins with 00 00 07 01"),
        (struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1), "and has 0"),
        (gzip.compress(idx(PIXELS), mtime=0)[:-12], "is packed, and damaged or cut short"),
    ],
)
def test_broken_idx(tmp_path, content, message):
    images, labels = pair(tmp_path, content, idx(CLASSES))

    assert message in refused(images, Wanted((4, 3), labels=labels))


def test_labels_of_another_file(tmp_path):
    images, labels = pair(tmp_path, idx(PIXELS), idx(CLASSES[:4]))

    assert "has 4 targets for 5 samples" in refused(images, Wanted((4, 3), labels=labels))
    assert "add --labels" in refused(images)


def test_a_bomb_is_stopped_while_it_is_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(_source, "MOST_BYTES", 1000)
    place = tmp_path / "bomb.gz"
    place.write_bytes(gzip.compress(bytes(10**7)))

    with pytest.raises(HandcalcError, match="more than 100,000 bytes"):
        _source.content(place, 100_000)


# --- npz ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [("x", "y"), ("inputs", "targets")])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_npz(tmp_path, names, save, order):
    path = tmp_path / "d.npz"
    save(path, **dict(zip(names, (np.array(PIXELS, order=order), CLASSES), strict=True)))
    found = data.read(path, TAKEN)

    assert np.array_equal(found.inputs, PIXELS)
    assert np.array_equal(found.targets, CLASSES)


class Loud:
    """What tells of itself when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was loaded",))


def test_pickles_are_never_loaded(tmp_path):
    path = tmp_path / "d.npz"
    np.savez(path, x=np.array([Loud()], dtype=object), y=CLASSES)
    assert "has objects of Python in 'x', which are not read" in refused(path)

    path.write_bytes(pickle.dumps([1]))
    assert "is no .npz archive" in refused(path)


def header(shape: str, kind: str = "<f8") -> bytes:
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (header("(1000000000000,)"), "has another size than it says in 'x'"),
        (header("(-1,)"), "has another size than it says"),
        (header("(2,)") + bytes(15), "has another size than it says"),
        (header("(2,)", "|S8") + bytes(16), "has values of the kind |S8"),
        (b"nonsense", "has 'x', which is no array"),
        (header("__import__('os').getcwd()"), "has 'x', which is no array"),
    ],
)
def test_broken_arrays(tmp_path, content, message):
    path = tmp_path / "d.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("x.npy", content)

    assert message in refused(path)


def test_an_archive_that_is_too_large_is_not_unpacked():
    file = io.BytesIO()
    np.savez_compressed(file, x=np.zeros(10**6))

    with pytest.raises(arrays.ArraysError, match="more than 1 MB"):
        arrays.read(file.getvalue(), 2**20)


def test_arrays_that_are_missing_or_do_not_go_together(tmp_path):
    path = tmp_path / "d.npz"
    np.savez(path, a=PIXELS, y=CLASSES)
    assert "has a, y; write numpy.savez(file, x=inputs, y=targets)" in refused(path)
    np.savez(path, x=PIXELS, y=CLASSES[:3])
    assert "x of shape (5, 4, 3) and y of shape (3,)" in refused(path)


def test_equal_arrays_are_equal_files_that_numpy_reads():
    content = arrays.written({"h.weights": PIXELS, "n": np.array(3)})
    found = np.load(io.BytesIO(content), allow_pickle=False)

    assert content == arrays.written({"h.weights": PIXELS, "n": np.array(3)})
    assert np.array_equal(found["h.weights"], PIXELS)
    assert found["n"] == 3


# --- CSV ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv(tmp_path, delimiter):
    path = tmp_path / "d.csv"
    numbers = RANDOM.normal(size=(6, 3))
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([["a", "price", 'b, "c"'], *numbers.tolist()])
    found = data.read(path, Wanted((2,), target="price"))

    assert np.array_equal(found.inputs, numbers[:, [0, 2]])
    assert np.array_equal(found.targets, numbers[:, 1])


def test_words_are_classes_in_the_order_of_the_alphabet(tmp_path):
    path = tmp_path / "iris.csv"
    path.write_text("length,species\n5.1,setosa\n7,virginica\n\n6.5,setosa\n")
    found = data.read(path, Wanted((1,), target="species"))

    assert found.classes == ("setosa", "virginica")
    assert found.targets.tolist() == [0, 1, 0]


@pytest.mark.parametrize(
    ("text", "target", "message"),
    [
        ("a,y\n1,2\n3,four\n", "y", "FILE:3: has 'four' in the column 'y'; write a number"),
        ("a,y\n1,2\n\nx,4\n", "y", "FILE:4: has 'x' in the column 'a'"),
        ("a,y\n1,2\n,4\n", "y", "FILE:3: has nothing in the column 'a'"),
        ("a,y\n1,dog\n2,\n", "y", "FILE:3: has nothing in the column 'y'"),
        ("a,y\n1_0,2\n", "y", "has '1_0'"),
        ("a,y\nnan,2\n", "y", "has 'nan'"),
        ("a,y\n1,inf\n", "y", "has 'inf'"),
        ("a,y\n1,2,3\n", "y", "FILE:2: has 3 cells, the first line 2"),
        ("a,price\n1,2\n", "prise", "there is no column 'prise'; did you mean 'price'?"),
        ("a,y\n1,2\n", "", "which column is the target? Add --target, one of a, y"),
        ("a,y\n", "y", "has no lines below its names"),
        ("a,a,y\n1,2,3\n", "y", "FILE:1: has 2 columns called 'a'; give each a name of its own"),
        ("a\n1\n", "a", "has no two columns"),
        ("", "a", "has no two columns"),
        ('a,y\n"1,2\n', "y", "check its quotes"),
    ],
)
def test_broken_csv(tmp_path, text, target, message):
    path = tmp_path / "d.csv"
    path.write_text(text)

    assert message in refused(path, Wanted((1,), target=target))


def test_csv_that_is_no_text(tmp_path):
    path = tmp_path / "d.csv"
    path.write_bytes(b"a,y\n\xff\xfe")

    assert "is not UTF-8 text" in refused(path, Wanted((1,), target="y"))


# --- images ------------------------------------------------------------------------------------------


def folders(root: Path, shape: tuple[int, ...], names: tuple[str, ...] = ("cat", "dog")) -> dict:
    made = {}
    for name in names:
        (root / name).mkdir(parents=True)
        for i in range(2):
            made[name, i] = RANDOM.integers(0, 256, shape, dtype=np.uint8)
            Image.fromarray(made[name, i]).save(root / name / f"{i}.png")
    return made


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("color", [False, True])
def test_images_by_class(tmp_path, first, color):
    made = folders(tmp_path, (4, 3, 3) if color else (4, 3))
    shape = ((3, 4, 3) if first else (4, 3, 3)) if color else (4, 3)
    found = data.read(tmp_path, Wanted(shape, channels_first=first))
    expected = np.stack(list(made.values()))

    assert found.classes == ("cat", "dog")
    assert found.targets.tolist() == [0, 0, 1, 1]
    assert np.array_equal(
        found.inputs, np.moveaxis(expected, -1, 1) if first and color else expected
    )


def test_images_that_do_not_go_together(tmp_path):
    folders(tmp_path, (4, 3))
    Image.fromarray(np.zeros((5, 3), dtype=np.uint8)).save(tmp_path / "dog" / "9.png")
    assert "has 5 × 3 pixels, the first image 4 × 3" in refused(tmp_path)
    (tmp_path / "dog" / "9.png").write_bytes(b"no image")
    assert "is no image that can be read" in refused(tmp_path)


def test_classes_that_are_missing(tmp_path):
    assert "has no folders; make a folder for each class" in refused(tmp_path)
    folders(tmp_path, (4, 3), ("cat",))
    assert "has only the class cat" in refused(tmp_path)
    (tmp_path / "dog").mkdir()
    assert "has no images" in refused(tmp_path)


def test_what_is_no_data(tmp_path):
    path = tmp_path / "d.parquet"
    path.write_bytes(b"")
    assert "is none of the files that are read" in refused(path)
    assert "there is no such file" in refused(tmp_path / "x.csv")
    np.savez(tmp_path / "d.npz", x=PIXELS, y=CLASSES)
    assert "--target says nothing of" in refused(tmp_path / "d.npz", Wanted((4, 3), target="y"))


# --- what fits the network ---------------------------------------------------------------------------

HOT = CategoricalCrossentropy()
SQUARES = MeanSquaredError()


def fit(inputs, targets, shape, loss, output, classes=()):
    examples = data.Examples(np.asarray(inputs), np.asarray(targets), classes)
    form = data.Form({"input": shape}, {"": data.Output(loss, output)})
    return fitted(Path("d.npz"), examples, form)


def test_numbers_of_classes_become_rows_with_a_one():
    found = fit(PIXELS, CLASSES, (12,), HOT, (3,))

    assert np.array_equal(found.targets, np.eye(3)[CLASSES])
    assert found.inputs.shape == (5, 12)


def test_numbers_of_classes_stay_where_the_loss_wants_them():
    found = fit(PIXELS, CLASSES, (4, 3, 1), SparseCategoricalCrossentropy(), (3,))

    assert found.targets.tolist() == CLASSES.tolist()
    assert found.inputs.shape == (5, 4, 3, 1)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"shape": (3, 4)}, "a sample has 4 × 3 numbers, and the problem takes 3 × 4 numbers"),
        ({"shape": (11,)}, "write input: {shape: [4, 3]}"),
        ({"targets": [0, 1, 2, 3, 0]}, "the target of sample 4 is 3; classes are whole numbers"),
        ({"targets": [0, 1, 0.5, 1, 0]}, "the target of sample 3 is 0.5"),
        ({"targets": np.ones((5, 2))}, "a sample has 2 targets, and the network takes 3"),
        ({"targets": np.ones((5, 3))}, "sample 1: "),
        ({"targets": [0, 1, np.nan, 1, 0]}, "sample 3 has NaN or infinity among its targets"),
        ({"inputs": PIXELS / [[[1], [1], [1], [np.inf]]] * np.nan}, "sample 1 has NaN"),
        ({"classes": ("a", "b")}, "there are 2 classes, a, b, and the network has 3 outputs"),
        ({"loss": Hinge(), "output": (1,)}, "sample 2: the target is 0"),
        (
            {"loss": SparseCategoricalCrossentropy(), "targets": [0, 1, 2, 3, 0]},
            "sample 4: the target is 3",
        ),
        ({"inputs": PIXELS[:0], "targets": CLASSES[:0]}, "has no samples"),
    ],
)
def test_what_does_not_fit(change, message):
    usual = {"inputs": PIXELS, "targets": CLASSES, "shape": (12,), "loss": HOT, "output": (3,)}

    with pytest.raises(HandcalcError) as caught:
        fit(**{**usual, **change})
    assert message in str(caught.value)


def test_numbers_that_overflow_together_are_numbers():
    """The sum of sound numbers may have no finite value."""
    assert len(fit([[1e308], [1e308]], [1, 2], (1,), SQUARES, (1,))) == 2
