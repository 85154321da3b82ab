"""A pager for what is longer than the screen: less -R -F -X, or what HANDCALC_PAGER or PAGER says."""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import suppress

DEFAULT = "less -R -F -X"
"""Colours kept; a short page is printed and done, a long one stays on the screen."""


def paged(text: str, wanted: bool | None) -> bool:
    """Show a text through a pager, if that is wanted and can be; None wants it for what is long."""
    if wanted is False or not _is_terminal() or not (wanted or _is_long(text)):
        return False
    command = _command()
    return bool(command) and _through(command, text)


def _is_terminal() -> bool:
    """Is it a screen that a pager can move about on?"""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _is_long(text: str) -> bool:
    # The last line of the screen is for what is typed next.
    return text.count("\n") >= shutil.get_terminal_size().lines


def _command() -> list[str]:
    """What is to be run; nothing where a variable is empty, or no pager is there."""
    own = os.environ.get("HANDCALC_PAGER", os.environ.get("PAGER"))
    try:
        command = shlex.split(DEFAULT if own is None else own)
    except ValueError:  # a quote without its end
        return []
    return command if command and shutil.which(command[0]) else []


def _through(command: list[str], text: str) -> bool:
    """Run the pager until its reader leaves it; False if it could not be run."""
    # A `less` without options shows the codes of colours, and keeps a short page from being seen.
    environment = {"LESS": "RFX", **os.environ}
    content = text.encode(sys.stdout.encoding or "ascii", "backslashreplace")
    sys.stdout.flush()
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)  # noqa: S603  # the user's own choice
    except OSError:
        return False
    assert pager.stdin is not None
    try:
        # Whoever leaves early has seen enough.
        with suppress(BrokenPipeError):
            pager.stdin.write(content)
        with suppress(BrokenPipeError):
            pager.stdin.close()
    except KeyboardInterrupt:
        pass
    while pager.poll() is None:
        # Ctrl-C is for the pager, which decides what it means.
        with suppress(KeyboardInterrupt):
            pager.wait()
    return True
