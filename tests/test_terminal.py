"""On a screen: long pages go through a pager, verdicts have colours, `handcalc` alone says how to begin."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from handcalc import formats
from test_cli import out, run

ROOT = Path(__file__).parent.parent
MARKED = "sh -c 'echo PAGED; cat'"
SHEET = "h1_in: 0.43\nh2_in: 0.37\nh1_out: 0.605\nh2_out: 0.591\no1_in: 7\n"
ALONE = r"\x1b\[[0-9;]*m"


def on_screen(*arguments: str, lines: int = 30, pager: str | None = MARKED, **env: str) -> str:
    """What a person sees of a command on a terminal of 80 columns."""
    named = ("NO_COLOR", "FORCE_COLOR", "PAGER", "HANDCALC_PAGER", "LESS")
    clean = {k: v for k, v in os.environ.items() if k not in named}
    clean |= {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "TERM": "xterm-256color"}
    clean |= {
        "LINES": str(lines),
        "COLUMNS": "80",
        **({"PAGER": pager} if pager is not None else {}),
    }
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "handcalc", *arguments]
    process = subprocess.Popen(
        command, stdin=follower, stdout=follower, stderr=follower, env={**clean, **env}
    )
    os.close(follower)
    seen = b""
    try:
        while piece := os.read(leader, 65536):
            seen += piece
    except OSError:  # the last one who wrote has gone
        pass
    os.close(leader)
    process.wait(timeout=60)
    return seen.decode().replace("\r\n", "\n")


def test_a_page_longer_than_the_screen_goes_through_the_pager_with_its_colours():
    page = on_screen("solve", "net-2-2-2")

    assert page.startswith("PAGED\n")
    assert "\x1b[" in page
    assert "E_new" in page


def test_a_page_that_fits_is_printed_as_it_is():
    assert "PAGED" not in on_screen("solve", "net-2-2-2", lines=1000)
    assert on_screen("solve", "net-2-2-2", "--pager", lines=1000).startswith("PAGED\n")


@pytest.mark.parametrize(
    ("arguments", "settings"),
    [
        (("--no-pager",), {}),
        ((), {"HANDCALC_PAGER": ""}),
        ((), {"PAGER": ""}),
        ((), {"PAGER": "no-such-pager-anywhere"}),
        ((), {"PAGER": "sh 'without its end"}),
        ((), {"TERM": "dumb"}),
        (("-o", "/dev/stdout", "--force"), {}),
    ],
)
def test_without_a_pager_the_page_is_printed(arguments, settings):
    page = on_screen("solve", "net-2-2-2", *arguments, **settings)

    assert "PAGED" not in page
    assert "E_new" in page


def test_a_pager_of_its_own_comes_before_that_of_all_programs():
    page = on_screen("solve", "net-2-2-2", HANDCALC_PAGER="sh -c 'echo OWN; cat'")

    assert page.startswith("OWN\n")


def test_a_pager_is_not_for_pipes():
    assert "PAGED" not in out(run("solve", "net-2-2-2", "--pager", PAGER=MARKED))


def test_who_leaves_the_pager_early_has_seen_enough():
    assert on_screen("solve", "net-2-2-2", "--level", "full", pager="head -1").count("\n") == 1


def test_the_exit_code_is_that_of_the_command_not_of_the_pager(tmp_path):
    (tmp_path / "a.yaml").write_text(SHEET)
    told = f'{sys.executable} -m handcalc check net-2-2-2 {tmp_path / "a.yaml"} --pager; echo "CODE $?"'
    script = ["sh", "-c", told]
    leader, follower = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PAGER": "cat", "TERM": "xterm"}
    done = subprocess.Popen(script, stdout=follower, stderr=follower, env=environment)
    os.close(follower)
    seen = b""
    try:
        while piece := os.read(leader, 65536):
            seen += piece
    except OSError:
        pass
    done.wait(timeout=60)

    assert b"CODE 1" in seen


def test_verdicts_have_their_colours_and_always_their_words(tmp_path):
    sheet = tmp_path / "a.yaml"
    sheet.write_text(SHEET)
    page = run("check", "net-2-2-2", str(sheet), FORCE_COLOR="1", TERM="xterm-256color")
    coloured = page.stdout.decode()
    for color, word in (("32", "right"), ("36", "follows"), ("31", "wrong")):
        assert f"\x1b[{color}m{word}\x1b[0m" in coloured
    # The counts above the table have the colours of its rows.
    assert "\x1b[31m2 wrong\x1b[0m" in coloured
    assert "\x1b[2m33 \x1b[0m" in coloured

    plain = run("check", "net-2-2-2", str(sheet), NO_COLOR="1", FORCE_COLOR="1").stdout.decode()
    assert "\x1b" not in plain
    assert re.sub(r"\s+", " ", re.sub(ALONE, "", coloured)) == re.sub(r"\s+", " ", plain)


def test_a_long_page_keeps_its_width_and_its_letters_in_the_pager():
    page = on_screen("solve", "net-2-2-2", "--width", "60", "--ascii", NO_COLOR="1")
    lines = page.splitlines()

    assert lines[0] == "PAGED"
    assert page.isascii()
    assert max(map(len, lines)) <= 60


def test_handcalc_alone_says_what_it_does_and_how_to_begin():
    page = out(run())

    assert max(map(len, page.splitlines())) < 80
    assert page.isascii()
    for command in ("solve net-2-2-2", "show net-2-2-2", "new my-network", "--help"):
        assert f"handcalc {command}" in page


def test_every_command_on_that_page_works(tmp_path):
    commands = re.findall(r"^ +handcalc ([\w -]+?)(?:  |$)", out(run()), re.MULTILINE)
    assert len(commands) >= 4
    commands = [c for c in commands if ".yaml" not in c]

    for command in commands:
        out(run(*command.split(), cwd=tmp_path))


def test_formats_are_named_in_one_place():
    """What completes, what -o knows and what a message says come from the list of formats."""
    help_ = re.sub(r"\s+", " ", out(run("solve", "--help", COLUMNS="200")))
    for word in formats.FORMATS:
        assert word in help_
        assert formats.endings(word) in help_
    wrong = run("solve", "net-2-2-2", "-o", "x.docx").stderr.decode()

    assert all(ending in wrong for ending in formats.ENDINGS)
    assert set(formats.ENDINGS.values()) == set(formats.FORMATS)


def test_a_notebook_is_written_by_its_ending(tmp_path: Any):
    out(run("solve", "net-2-2-2", "-o", "solution.ipynb", cwd=tmp_path))

    assert '"nbformat": 4' in (tmp_path / "solution.ipynb").read_text("utf-8")
