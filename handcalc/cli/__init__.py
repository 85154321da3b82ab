"""The command line: a file a command; arguments in, text and exit code out."""

import errno
import gc
import os
import sys

from handcalc.cli._app import app


def main() -> None:
    """Run one command; whatever goes wrong ends in a message, never in a traceback."""
    # A short-lived process has no use for the garbage collector: it costs a third of sympy's import.
    gc.disable()
    _open_closed_streams()
    code = 0
    try:
        # Without its standalone mode typer hands back the code of an interruption, and 0 or None.
        code = app(standalone_mode=False) or 0
        sys.stdout.flush()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except BrokenPipeError:
        # The reader of a pipe, `head` for one, has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        code = 130
    except Exception as error:  # noqa: BLE001  # the last net: a person must not see a traceback
        code = _explain(error)
    gc.freeze()
    sys.exit(code)


def _open_closed_streams() -> None:
    """Streams that the caller has closed (`>&-`) read nothing and keep nothing."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115, PTH123  # for the whole run


def _explain(error: Exception) -> int:
    """One message on standard error, and the exit code."""
    from handcalc.errors import UNUSABLE, HandcalcError

    if isinstance(error, HandcalcError):
        print(_encodable(str(error)), file=sys.stderr)
        return error.exit_code
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EIO, errno.EDQUOT):
        print(f"handcalc: the output cannot be written: {error.strerror}", file=sys.stderr)
        return UNUSABLE
    if isinstance(error, OSError) and error.filename:
        named = _encodable(str(error.filename)[:200])
        print(f"handcalc: {named}: {error.strerror}; write another name", file=sys.stderr)
        return UNUSABLE
    if hasattr(error, "format_message"):  # the command line's own complaints
        path = getattr(getattr(error, "ctx", None), "command_path", "handcalc")
        print(f"handcalc: {error.format_message()} See: {path} --help", file=sys.stderr)
        return UNUSABLE
    if os.environ.get("HANDCALC_DEBUG"):
        raise error
    print(
        f"handcalc: a fault of the program itself ({type(error).__name__}); "
        "please report it with the problem file (HANDCALC_DEBUG=1 shows the place)",
        file=sys.stderr,
    )
    return UNUSABLE


def _encodable(message: str) -> str:
    """A message in what the terminal can show; names of files command it nothing."""
    from handcalc.errors import printable

    encoding = sys.stderr.encoding or "ascii"
    message = "\n".join(map(printable, message.split("\n")))
    return message.encode(encoding, "replace").decode(encoding)
