"""The command line: exit codes, what goes where, and nothing lost."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handcalc import __version__, library

ROOT = Path(__file__).parent.parent


def run(*arguments: str, stdin: str = "", cwd: Path | None = None, **env: str) -> Any:
    """The program as a process of its own."""
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    return subprocess.run(
        [sys.executable, "-m", "handcalc", *arguments],
        input=stdin.encode(),
        capture_output=True,
        cwd=cwd,
        env={**clean, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **env},
        check=False,
    )


def out(result: Any) -> str:
    assert result.returncode == 0, result.stderr.decode()
    return str(result.stdout.decode())


BROKEN = "input: [1]\nlayers: [dence]\n"


def test_help_lists_commands_and_shipped_problems():
    text = out(run("--help"))
    for word in ("list", "show", "solve", "new", "schema", *library.names()):
        assert word in text


def test_version():
    assert out(run("--version")).strip() == f"handcalc {__version__}"


def test_list_has_a_line_for_each_problem():
    lines = out(run("list")).splitlines()

    assert [line.split()[0] for line in lines] == library.names()
    assert all(len(line.split()) > 1 for line in lines)


def test_a_problem_is_a_command_of_its_own():
    assert out(run("net-2-2-2", "E")) == out(run("solve", "net-2-2-2", "E"))
    assert "--level" in out(run("net-2-2-2", "--help"))


def test_solve_for_keys_shows_just_what_leads_to_them():
    text = out(run("solve", "net-2-2-2", "dE_dw5", "w5_new"))

    assert "w5_new = w5 - η·∂E/∂w5 = 0.7 - 0.1·0.075 = 0.6925" in text
    assert "∂E/∂w1" not in text
    assert "o2_in" not in text


def test_show_gives_nothing_away():
    text = out(run("show", "net-2-2-2"))

    assert "w8 = 0.8" in text
    assert "0.739" not in text
    assert "Find" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("solve", "net-2-2-3"), "did you mean 'net-2-2-2'"),
        (("solve", "no/such.yaml"), "no such file"),
        (("solve", "net-2-2-2", "dE_dw9"), "did you mean"),
        (("sollve", "net-2-2-2"), "solve"),
        (("solve", "net-2-2-2", "--format", "odt"), "odt"),
        (
            ("solve", "net-2-2-2", "-o", "x.odt"),
            "no format is written under names that end in .odt",
        ),
        (("solve", "net-2-2-2", "--paper", "letter"), "terminal has no pages"),
        (("solve", "net-2-2-2", "--preamble", "none", "-o", "x.pdf"), "pdf has no preamble"),
        (("solve", "net-2-2-2", "--decimals", "99"), "99"),
        (("solve",), "PROBLEM"),
        (("solve", "net-2-2-2", "-o", "no/such/folder/x.md"), "cannot be written"),
    ],
)
def test_unusable_commands_end_with_2_and_one_message(arguments, message):
    result = run(*arguments)

    assert result.returncode == 2
    assert message in result.stderr.decode()
    assert "Traceback" not in result.stderr.decode()
    assert result.stdout == b""


def test_a_broken_file_ends_with_2_and_its_mistakes(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(BROKEN)
    result = run("solve", str(path))

    assert result.returncode == 2
    assert (
        f"{path}:2:10: there is no layer 'dence'; did you mean 'dense'?" in result.stderr.decode()
    )


def test_reads_standard_input():
    problem = "input: [2]\nlayers: [{dense: {name: h, weights: [[3]]}}]\n"

    assert "3·2" in out(run("solve", "-", stdin=problem))


def test_a_file_is_never_overwritten_unasked(tmp_path):
    path = tmp_path / "out.md"
    path.write_text("mine")
    refused = run("solve", "net-2-2-2", "-o", str(path))

    assert refused.returncode == 2
    assert "--force" in refused.stderr.decode()
    assert path.read_text() == "mine"

    out(run("solve", "net-2-2-2", "-o", str(path), "--force"))
    assert path.read_text("utf-8").startswith("# 2-2-2 network")
    assert [p.name for p in tmp_path.iterdir()] == ["out.md"]


@pytest.mark.parametrize(
    ("name", "begin"), [("x.tex", rb"\documentclass"), ("x.typ", b"#set"), ("x.pdf", b"%PDF-")]
)
def test_the_name_of_a_file_says_that_it_is_for_paper(name, begin, tmp_path):
    if name == "x.pdf":
        pytest.importorskip("typst", reason="typst is not installed")
    out(run("solve", "net-2-2-2", "E", "--paper", "letter", "-o", name, cwd=tmp_path))
    content = (tmp_path / name).read_bytes()

    assert content.startswith(begin)
    assert b"letter" in content or name == "x.pdf"


def test_the_body_of_an_article_alone():
    text = out(run("show", "net-2-2-2", "--format", "latex", "--preamble", "none"))

    assert "\\documentclass" not in text
    assert "2-2-2 network" in text


def test_new_writes_a_file_that_solves_as_it_stands(tmp_path):
    out(run("new", "first-try", cwd=tmp_path))
    text = out(run("solve", "first-try.yaml", cwd=tmp_path))

    assert "Checked" in text
    assert run("new", "first-try", cwd=tmp_path).returncode == 2


def test_json_is_the_contract():
    found = json.loads(out(run("solve", "net-2-2-2", "--format", "json")))

    assert (found["handcalc"], found["problem"]) == (1, "net-2-2-2")
    assert found["answers"]["h1_in"] == {"value": 0.43, "shown": "0.43", "shape": []}
    assert found["answers"]["w5_new"] == {
        "value": 0.6924173351299006,
        "shown": "0.6925",
        "shape": [],
    }


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_any_output_encoding_works(encoding):
    result = run("solve", "net-2-2-2", "--level", "full", PYTHONIOENCODING=encoding)
    text = result.stdout.decode(encoding)

    assert result.returncode == 0
    assert "dE/dw5" in text
    assert "?" not in text.replace("changes a little?", "")


def test_ascii_option():
    assert out(run("solve", "net-2-2-2", "--ascii", "--level", "full")).isascii()


def test_no_escape_codes_in_a_pipe_and_none_with_no_color():
    assert "\x1b" not in out(run("solve", "net-2-2-2"))
    assert "\x1b" not in out(run("solve", "net-2-2-2", NO_COLOR="1", FORCE_COLOR="1"))
    assert "\x1b" in out(run("solve", "net-2-2-2", FORCE_COLOR="1", TERM="xterm-256color"))


def test_a_closed_pipe_is_no_error():
    command = f"{sys.executable} -m handcalc solve net-2-2-2 --level full | head -1"
    result = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        cwd=ROOT,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )

    assert result.stderr == b""


def test_foreign_text_cannot_command_the_terminal(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text(
        'title: "\\e]0;gotcha\\a"\ninput: [1]\nlayers: [{dense: {name: h, weights: [[3]]}}]\n'
    )

    assert "\x1b" not in out(run("solve", str(path)))


def test_light_commands_do_not_import_heavy_libraries():
    script = (
        "import sys; sys.argv = ['handcalc', *'{0}'.split()]\n"
        "from handcalc.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print([m for m in ('yaml', 'pydantic', 'numpy', 'sympy', 'typst') if m in sys.modules], file=sys.stderr)"
    )
    for command in ("", "list", "--help"):
        result = subprocess.run(
            [sys.executable, "-c", script.format(command)],
            capture_output=True,
            cwd=ROOT,
            check=False,
        )

        assert result.stderr.decode().strip() == "[]"


def test_what_is_counted_needs_no_sympy():
    """Sizes and weights are whole numbers: nothing of them is proved by algebra, which takes long to load."""
    script = "import sys, handcalc; handcalc.solve('vgg-16').to('terminal'); print('sympy' in sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, cwd=ROOT, check=True
    )

    assert result.stdout.decode().strip() == "False"


def test_completion_knows_problems_and_answers():
    from handcalc.cli._options import complete_key, complete_problem

    class Line:
        params = {"problem": "net-2-2-2"}  # noqa: RUF012
        info_name = "solve"

    assert complete_problem("net") == [n for n in library.names() if n.startswith("net")]
    assert "dE_dw5" in complete_key(Line(), "dE_dw")
    assert complete_key(Line(), "zz") == []
    assert complete_key(Line(), "h1_e") == ["h1_exp"]
    assert complete_key(Line(), "h_sh") == ["h_shape"]


def test_writing_keeps_links_rights_and_devices(tmp_path):
    place, link = tmp_path / "solution.md", tmp_path / "link.md"
    place.write_text("mine")
    place.chmod(0o600)
    link.symlink_to(place)
    out(run("solve", "net-2-2-2", "-o", str(link), "--force"))

    assert link.is_symlink()
    assert place.read_text("utf-8").startswith("#")
    assert place.stat().st_mode & 0o777 == 0o600

    folder = run("solve", "net-2-2-2", "-o", str(tmp_path), "--force")
    assert folder.returncode == 2
    assert b"is a folder" in folder.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.md", "solution.md"]


def test_a_pipe_as_output_file_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE)
    out(run("solve", "net-2-2-2", "-o", str(pipe), "--force", "--level", "brief"))

    assert "Forward pass" in reader.communicate(timeout=20)[0].decode()
    assert pipe.is_fifo()


def test_an_interruption_ends_with_130():
    script = (
        "from handcalc import solving\n"
        "def solve(*_, **__): raise KeyboardInterrupt\n"
        "solving.solve = solve\n"
        "import sys; sys.argv = ['handcalc', 'solve', 'net-2-2-2']\n"
        "from handcalc.cli import main; main()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", script], env=environment, check=False)

    assert result.returncode == 130


def test_a_full_disk_is_said():
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "handcalc", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert result.returncode == 2
    assert b"cannot be written" in result.stderr


def test_a_file_without_the_word_solve(tmp_path):
    (tmp_path / "own.yaml").write_text("input: [1]\nlayers: [{dense: {name: o, weights: [[2]]}}]\n")

    assert "o1_out = w1·x1" in out(run("own.yaml", cwd=tmp_path))
