"""Images as inputs and pictures as outputs, beside Pillow and scipy; what is refused, and how."""

import errno
import io
import os
import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from PIL import Image
from scipy import ndimage, signal

import handcalc
from handcalc import formats, library
from handcalc.cli._writing import write_file
from handcalc.errors import ProblemError, UsageError
from handcalc.problem import beside, load, parse, pixels
from handcalc.problem.schema import schema_text
from test_cli import out, run

HOUSE = np.asarray(Image.open(library.folder() / "house.png"))
RANDOM = np.random.default_rng(3)
GRAY = RANDOM.integers(0, 256, (5, 7), dtype=np.uint8)
RGB = RANDOM.integers(0, 256, (5, 7, 3), dtype=np.uint8)
LAYER = "layers: [{conv2d: {kernel: [[1]]}}]\n"
RGB_LAYER = "layers: [{conv2d: {kernel: [[[[1], [1], [1]]]]}}]\n"


def problem(folder: Path, fields: str, layers: str = LAYER) -> Any:
    path = folder / "p.yaml"
    path.write_text(f"input: {{{fields}}}\n{layers}")
    return load(path)


def read(folder: Path, image: Any, name: str = "i.png", fields: str = "", **options: Any) -> Any:
    """The numbers of an image that is saved and read as an input."""
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(
        folder / name, **options
    )
    layers = RGB_LAYER if "rgb" in fields else LAYER
    return problem(folder, f"image: {name}{fields}", layers).input


def said(folder: Path, name: str) -> str:
    """What is said about an image, without its place."""
    with pytest.raises(ProblemError) as caught:
        problem(folder, f"image: {name}")
    (mistake,) = caught.value.mistakes
    assert (mistake.line, mistake.column) == (1, 16)
    return mistake.what


# --- reading -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["i.png", "i.bmp", "i.gif", "i.pgm", "i.tiff", "i.webp"])
def test_gray_pixels_come_back_as_typed_numbers(tmp_path, name):
    options = {"lossless": True} if name == "i.webp" else {}
    found = read(tmp_path, GRAY, name, **options)

    assert found.texts == tuple(tuple(map(str, row)) for row in GRAY.tolist())
    assert found.shape == (5, 7)


def test_a_jpeg_comes_as_pillow_reads_it(tmp_path):
    found = read(tmp_path, RGB, "i.jpg", ", color: rgb")

    assert (found.floats() == np.asarray(Image.open(tmp_path / "i.jpg"))).all()


def test_channels_stand_where_the_file_says(tmp_path):
    last = read(tmp_path, RGB, fields=", color: rgb")
    layers = "layers: [{conv2d: {kernel: [[[[1]], [[1]], [[1]]]]}}]\nnotation: {channels: first}\n"
    first = problem(tmp_path, "image: i.png, color: rgb", layers).input

    assert (last.floats() == RGB).all()
    assert first.shape == (3, 5, 7)
    assert (first.floats() == np.moveaxis(RGB, -1, 0)).all()


def test_gray_is_the_weighted_mean_of_the_colors(tmp_path):
    expected = RGB @ [0.299, 0.587, 0.114]

    assert np.abs(read(tmp_path, RGB).floats() - expected).max() <= 0.51


def test_divided_values_have_four_decimals(tmp_path):
    found = read(tmp_path, np.array([[17, 0, 255, 128]], np.uint8), fields=", divide: 255")

    assert found.texts == (("0.0667", "0", "1", "0.502"),)


def test_what_is_transparent_lies_on_white(tmp_path):
    half = Image.fromarray(np.dstack([GRAY, GRAY, GRAY, np.full((5, 7), 51, np.uint8)]), "RGBA")

    expected = GRAY * 0.2 + 255 * 0.8
    assert np.abs(read(tmp_path, half).floats() - expected).max() <= 1
    assert (read(tmp_path, Image.new("LA", (2, 2), (9, 0))).floats() == 255).all()


def test_sixteen_bits_lose_their_lower_eight(tmp_path):
    deep = GRAY.astype(np.uint16) * 256 + 200

    assert (read(tmp_path, deep).floats() == GRAY).all()
    assert (read(tmp_path, deep, "i.tiff").floats() == GRAY).all()


def test_other_kinds_of_pixels(tmp_path):
    black_and_white = Image.fromarray(GRAY > 99)

    assert (read(tmp_path, black_and_white).floats() == 255 * (GRAY > 99)).all()
    assert (read(tmp_path, Image.fromarray(RGB).convert("P")).floats().max()) <= 255
    cmyk = Image.fromarray(RGB).convert("CMYK")
    assert (read(tmp_path, cmyk, "i.tiff", ", color: rgb").floats() == RGB).all()


def test_a_photograph_stands_as_its_camera_was_held(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    assert (read(tmp_path, GRAY, exif=exif).floats() == np.rot90(GRAY, -1)).all()


def test_the_first_frame_counts(tmp_path):
    rest = [Image.new("L", (7, 5), 3)]

    assert (read(tmp_path, GRAY, "i.gif", save_all=True, append_images=rest).floats() == GRAY).all()


def test_folders_below_and_links_inside_are_allowed(tmp_path):
    (tmp_path / "below").mkdir()
    Image.fromarray(GRAY).save(tmp_path / "below" / "i.png")
    (tmp_path / "link.png").symlink_to("below/i.png")

    for name in ("below/i.png", "link.png"):
        assert problem(tmp_path, f"image: {name}").input.shape == (5, 7)


def test_standard_input_and_texts_have_the_current_folder(tmp_path, monkeypatch):
    Image.fromarray(GRAY).save(tmp_path / "i.png")
    text = f"input: {{image: i.png}}\n{LAYER}"

    assert f"= 1·{GRAY[0, 0]} = {GRAY[0, 0]}" in out(run("solve", "-", stdin=text, cwd=tmp_path))
    monkeypatch.chdir(tmp_path)
    assert parse(text).input.shape == (5, 7)


def test_an_image_is_an_input_like_any_other(tmp_path):
    """The same page as with the numbers typed."""
    Image.fromarray(GRAY).save(tmp_path / "i.png")
    from_image = handcalc.solve(problem(tmp_path, "image: i.png"))
    (tmp_path / "p.yaml").write_text(f"input: {GRAY.tolist()}\n{LAYER}")

    assert str(from_image) == str(handcalc.solve(tmp_path / "p.yaml"))


# --- what is refused ---------------------------------------------------------------------------------


def test_an_image_that_is_not_there(tmp_path):
    Image.fromarray(GRAY).save(tmp_path / "house.png")

    assert said(tmp_path, "hous.png") == (
        "'hous.png' is not in the folder of the problem; did you mean 'house.png'?"
    )


def test_a_link_out_of_the_folder(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    Image.fromarray(GRAY).save(tmp_path / "i.png")
    (inside / "i.png").symlink_to(tmp_path / "i.png")
    (inside / "all").symlink_to(tmp_path)
    (inside / "round.png").symlink_to("round.png")
    (inside / "gone.png").symlink_to("nothing.png")

    for name in ("i.png", "all/i.png"):
        assert said(inside, name) == (
            f"'{name}' is a link out of the folder of the problem; put the file itself there"
        )
    assert "'round.png' " in said(inside, "round.png")
    assert "is not in the folder" in said(inside, "gone.png")


def test_what_is_no_file(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")

    assert said(tmp_path, "pipe.png") == (
        "'pipe.png' is not a file; write the name of an image file"
    )
    assert said(tmp_path, "x" * 300).startswith(f"'{'x' * 40}…' cannot be read: File name too long")


def test_a_file_without_rights(tmp_path, monkeypatch):
    def refused(*_: Any) -> Any:
        raise PermissionError(errno.EACCES, "Permission denied")

    (tmp_path / "i.png").touch()
    monkeypatch.setattr(Path, "is_file", refused)
    with pytest.raises(ProblemError, match=r"'i\.png' cannot be read: Permission denied; check"):
        parse(f"input: {{image: i.png}}\n{LAYER}", str(tmp_path / "p.yaml"))


@pytest.mark.parametrize("content", [b"", b"input: [1]\n", b"<svg/>", b"%PDF-1.4", b"GIF89a"])
def test_what_is_no_image(tmp_path, content):
    (tmp_path / "i.png").write_bytes(content)

    assert said(tmp_path, "i.png") == (
        "'i.png' is no image that can be read; save it as PNG, JPEG, GIF, BMP, PPM, TIFF or WEBP"
    )


def test_formats_that_are_not_read(tmp_path):
    Image.fromarray(GRAY).save(tmp_path / "i.png", format="ICO")

    assert "is no image that can be read" in said(tmp_path, "i.png")


def _png(width: int, height: int, content: bytes = b"") -> bytes:
    """The header of a PNG that says its size, and what is said to be its pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + check

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", content) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [
        (1001, 1000, "1,001 × 1,000"),
        (10_000, 10_000, "too many"),
        (50_000, 50_000, "too many"),
        (2**31 - 1, 2**31 - 1, "too many"),
    ],
)
def test_too_many_pixels_are_refused_before_they_are_decoded(
    tmp_path, width, height, size, monkeypatch
):
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    (tmp_path / "i.png").write_bytes(_png(width, height, zlib.compress(bytes(100))))

    assert said(tmp_path, "i.png") == (
        f"'i.png' has {size} pixels; up to 1,000,000 are read, make it smaller"
    )


def test_a_file_that_is_too_large(tmp_path):
    with (tmp_path / "i.png").open("wb") as file:
        file.truncate(beside.IMAGE.most + 1)

    assert said(tmp_path, "i.png") == "'i.png' is larger than 20 MB; make the image smaller"


@pytest.mark.parametrize("format", pixels.FORMATS)
def test_damaged_images_are_refused_in_words(tmp_path, format):
    """Cut off anywhere or with bytes exchanged, an image is read or refused, and nothing else."""
    stream = io.BytesIO()
    Image.fromarray(RGB).save(stream, format)
    whole = stream.getvalue()
    places = set()
    broken = [whole[: len(whole) * i // 20] for i in range(20)]
    for i in range(60):
        at = int(RANDOM.integers(len(whole)))
        broken.append(whole[:at] + bytes([(whole[at] + 1 + 4 * i) % 256]) + whole[at + 1 :])
    for content in broken:
        (tmp_path / "i.png").write_bytes(content)
        try:
            problem(tmp_path, "image: i.png")
        except ProblemError as error:
            places.add((len(error.mistakes), error.mistakes[0].line, error.mistakes[0].column))
    assert places == {(1, 1, 16)}


def test_a_truncated_png(tmp_path):
    stream = io.BytesIO()
    Image.fromarray(HOUSE).save(stream, "PNG")
    (tmp_path / "i.png").write_bytes(stream.getvalue()[:-100])

    assert said(tmp_path, "i.png") == "'i.png' is damaged and cannot be read; save it anew"


def test_pixels_whose_white_is_not_known(tmp_path):
    Image.fromarray(GRAY.astype(np.float32)).save(tmp_path / "i.png", "TIFF")

    assert said(tmp_path, "i.png") == (
        "'i.png' has pixels of more than 16 bits; save it with 8 bits a color"
    )


def test_without_pillow(tmp_path, monkeypatch):
    Image.fromarray(GRAY).save(tmp_path / "i.png")
    monkeypatch.setitem(sys.modules, "PIL", None)

    assert said(tmp_path, "i.png") == (
        "'i.png' needs Pillow to be read; run: pip install \"handcalc[image]\""
    )


def test_pillow_is_imported_for_images_alone():
    script = "import sys, handcalc; handcalc.solve('{}'); sys.exit('PIL' in sys.modules)"
    for name, code in (("net-2-2-2", 0), ("house-edges", 1)):
        result = subprocess.run([sys.executable, "-c", script.format(name)], check=False)
        assert result.returncode == code


def test_the_schema_knows_images():
    validator = jsonschema.Draft202012Validator(yaml.safe_load(schema_text()))
    for fields, valid in (
        ("{image: i.png}", True),
        ("{image: i.png, color: rgb, divide: 255}", True),
        ("{image: i.png, color: red}", False),
        ("{image: i.png, shape: [2]}", False),
        ("{color: gray}", False),
    ):
        assert validator.is_valid(yaml.safe_load(f"input: {fields}\n{LAYER}")) == valid, fields


# --- the problem that ships --------------------------------------------------------------------------


def test_the_edges_of_the_house_are_those_of_scipy():
    answers = handcalc.solve("house-edges").answers
    inside = (slice(1, -1), slice(1, -1))
    for key, axis in (("conv1", 0), ("conv2", 1)):
        expected = ndimage.sobel(HOUSE.astype(float), axis)[inside]
        assert (np.array(answers[key].value) == expected).all()
        assert np.array(answers[key].shown).shape == (62, 62)


def test_the_picture_ships_and_is_no_problem_by_itself():
    assert (library.folder() / "house.png").stat().st_size < 4096
    assert "house" not in library.names()
    assert "house-edges" in library.names()


def test_a_layer_asked_for_shows_one_cell_and_its_corner():
    page = out(run("solve", "house-edges", "conv1"))

    assert len(page.splitlines()) < 80
    assert page.count("conv1[1,1] =") == 1
    assert "handcalc solve house-edges conv1 --format json" in page.replace("\n  ", " ")


def test_one_cell_shows_its_neighbourhood():
    page = out(run("solve", "house-edges", "conv1[29,31]"))

    around = [row.split() for row in page.splitlines() if re.match(r" +(?:29|30|31) .*\[", row)]
    assert [[int(cell.strip("[]")) for cell in row[1:]] for row in around] == [
        list(row) for row in HOUSE[28:31, 28:35]
    ]
    assert [[cell[0] == "[" for cell in row[1:]] for row in around] == [
        [False, False, True, True, True, False, False]
    ] * 3
    assert len(page.splitlines()) < 60


def test_the_image_asked_for_is_shown_as_a_matrix():
    assert len(out(run("solve", "house-edges", "x")).splitlines()) < 40


def test_large_answers_asked_for_are_nested():
    answers = handcalc.solve("house-edges", ["conv2", "conv1[1,1]"]).answers

    assert list(answers) == ["conv1[1,1]", "conv2"]
    assert answers["conv2"].shape == (62, 62)


# --- pictures ----------------------------------------------------------------------------------------

COLORED = """
input: {shape: [4, 5], random: {seed: 1}}
layers:
  - reshape: {target_shape: [4, 5, 1]}
  - conv2d: {name: three, kernel_size: 2, filters: 3, kernel: {random: {seed: 2}}, bias: none}
  - conv2d: {name: two, kernel_size: 2, filters: 2, kernel: {random: {seed: 3}}, bias: none}
"""


def written(path: Path) -> Any:
    with Image.open(path) as image:
        image.load()
        return image


def scaled(values: Any) -> Any:
    return np.rint(255 * (values - values.min()) / (values.max() - values.min()))


@pytest.mark.parametrize(("keys", "key"), [(["conv1"], "conv1"), ([], "conv2")])
def test_a_picture_is_the_scaled_matrix(tmp_path, keys, key):
    path = tmp_path / "edges.png"
    line = out(run("solve", "house-edges", *keys, "-o", str(path)))
    kernel = np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
    expected = signal.correlate2d(
        HOUSE.astype(float), kernel if key == "conv1" else kernel.T, "valid"
    )

    image = written(path)
    assert (image.mode, image.size) == ("L", (62, 62))
    assert (np.asarray(image) == scaled(expected)).all()
    low, high = expected.min(), expected.max()
    shown = f"{key} of house-edges, black is {low:g}, white is {high:g}"
    assert line == f"{path} shows {shown}.\n"
    assert image.info["Description"] == shown


def test_an_input_as_a_picture(tmp_path):
    path = tmp_path / "x.png"
    out(run("solve", "house-edges", "x", "-o", str(path)))

    assert (np.asarray(written(path)) == scaled(HOUSE.astype(float))).all()


def test_three_channels_are_red_green_and_blue(tmp_path):
    solution = handcalc.solve(parse(COLORED), ["three"])
    path = tmp_path / "three.png"
    path.write_bytes(formats.encoded(solution, "png"))

    whole = handcalc.solve(parse(COLORED)).answers["three"]
    assert whole.shape == (3, 4, 3)
    assert written(path).mode == "RGB"
    assert (np.asarray(written(path)) == scaled(np.array(whole.value))).all()


def test_channels_first_are_red_green_and_blue_too(tmp_path):
    """The sizes alone, 3 × 1 × 3, would not say where the channels are."""
    text = "input: [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 10]]]\nlayers: [{conv2d: {kernel: KERNEL}}]\n"
    eye = np.eye(3).reshape(3, 3, 1, 1).astype(int).tolist()
    text = text.replace("KERNEL", str(eye)) + "notation: {channels: first}\n"
    path = tmp_path / "first.png"
    path.write_bytes(formats.encoded(handcalc.solve(parse(text)), "png"))

    pixels_ = (np.arange(1, 11)[[0, 3, 6, 1, 4, 7, 2, 5, 9]].reshape(1, 3, 3) - 1) / 9 * 255
    assert (np.asarray(written(path)) == np.rint(pixels_)).all()


def test_equal_values_are_black(tmp_path):
    text = "input: [[2, 2], [2, 2]]\nlayers: [{conv2d: {kernel: [[3]]}}]\n"
    path = tmp_path / "even.png"
    path.write_bytes(formats.encoded(handcalc.solve(parse(text)), "png"))

    assert not np.asarray(written(path)).any()


def test_numbers_near_the_end_of_the_floats(tmp_path):
    text = "input: [[1e308, 1e307], [-1e308, 0]]\nlayers: [{conv2d: {kernel: [[1]]}}]\n"
    path = tmp_path / "wide.png"
    path.write_bytes(formats.encoded(handcalc.solve(parse(text), ["x"]), "png"))

    assert np.asarray(written(path)).tolist() == [[255, 140], [0, 128]]


@pytest.mark.parametrize(
    ("text", "keys", "message"),
    [
        (
            COLORED,
            ["two"],
            (
                "two has 2 × 3 × 2 values, but a picture shows a matrix, or 3 of them as red, green "
                "and blue; ask for one of x, reshape1, three"
            ),
        ),
        (
            COLORED,
            ["x", "three"],
            "a picture shows one matrix, not x, three; ask for one of them",
        ),
        (
            COLORED,
            ["three[1,1,1]"],
            "a picture shows a whole matrix; ask for one of x, reshape1, three",
        ),
        (
            "input: [1]\nlayers: [{dense: {name: h, weights: [[3]]}}]\n",
            [],
            "no layer gives a matrix that a picture could show; ask for h_W",
        ),
        (
            "input: {shape: [2, 2]}\nlayers: [{conv2d: {kernel: [[3]]}}]\n",
            [],
            "a picture needs numbers; this problem has none, so write some in its file",
        ),
    ],
)
def test_what_is_no_picture(text, keys, message):
    with pytest.raises(UsageError) as caught:
        formats.encoded(handcalc.solve(parse(text), keys), "png")

    assert str(caught.value) == message


def test_the_question_alone_is_no_picture(tmp_path):
    result = run("show", "house-edges", "-o", str(tmp_path / "x.png"))

    assert result.returncode == 2
    assert b"write handcalc solve" in result.stderr
    assert list(tmp_path.iterdir()) == []


# --- where it goes -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["x.docx", "x.PNGG"])
def test_names_of_other_formats_are_refused(tmp_path, name):
    result = run("solve", "net-2-2-2", "-o", name, cwd=tmp_path)

    assert result.returncode == 2
    assert result.stderr.decode() == (
        f"{name}: no format is written under names that end in {Path(name).suffix}; "
        "write one of .html, .htm, .ipynb, .csv, .md, .markdown, .tex, .typ, .pdf, .json, .txt, .png, .svg, "
        "or add --format\n"
    )
    assert list(tmp_path.iterdir()) == []
    out(run("solve", "net-2-2-2", "E", "-o", name, "--format", "markdown", cwd=tmp_path))


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("x.md", "# 2-2-2"),
        ("x.MARKDOWN", "# 2-2-2"),
        ("x.json", "{"),
        ("x.txt", "2-2-2"),
        ("x", "2-2-2"),
    ],
)
def test_names_choose_the_format(tmp_path, name, begin):
    assert out(run("solve", "net-2-2-2", "E", "-o", name, cwd=tmp_path)) == ""
    assert (tmp_path / name).read_text("utf-8").startswith(begin)


def test_a_picture_is_not_overwritten_unasked(tmp_path):
    path = tmp_path / "x.png"
    path.write_bytes(b"mine")
    refused = run("solve", "house-edges", "-o", str(path))

    assert refused.returncode == 2
    assert path.read_bytes() == b"mine"
    out(run("solve", "house-edges", "-o", str(path), "--force"))
    assert written(path).size == (62, 62)


def test_bytes_are_written_whole(tmp_path):
    content = bytes(range(256)) + b"\r\n"
    write_file(tmp_path / "x", content, force=False)

    assert (tmp_path / "x").read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_picture_goes_into_a_pipe_but_not_to_a_terminal():
    import pty

    piped = run("solve", "house-edges", "--format", "png")
    assert Image.open(io.BytesIO(piped.stdout)).size == (62, 62)

    main, other = pty.openpty()
    command = [sys.executable, "-m", "handcalc", "solve", "house-edges", "--format", "png"]
    environment = {**os.environ, "PYTHONPATH": str(library.folder().parent)}
    result = subprocess.run(
        command, stdout=other, stderr=subprocess.PIPE, env=environment, check=False
    )
    os.close(other)
    os.close(main)
    assert result.returncode == 2
    assert result.stderr == b"png is a picture, not text; write it to a file: -o picture.png\n"


def test_a_picture_from_python_is_refused_as_text():
    with pytest.raises(UsageError, match="not text"):
        handcalc.solve("house-edges", ["conv1[1,1]"]).to("png")


def test_one_of_several_inputs_is_an_image(tmp_path):
    Image.fromarray(GRAY).save(tmp_path / "house.png")
    file = tmp_path / "problem.yaml"
    file.write_text(
        "inputs: {a: {image: house.png}, b: [1]}\nlayers: [{global_average_pooling2d: {from: a, name: m}}, {add: {from: [m, b], name: s}}]\n"
    )

    assert handcalc.solve(str(file)).answers["s"].value == [pytest.approx(GRAY.mean() + 1)]
