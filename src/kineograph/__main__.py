"""The command: `kineograph VERB …`, or `python -m kineograph VERB …`."""

import io
import json
import sys
import time

import typer
from typer.exceptions import TyperException

from kineograph.errors import InputError

INTERRUPTED = 130
MEANWHILE_SECONDS = 5.0  # torchrun ends the other processes when the first has failed


def main() -> int:
    """Run one verb; what a person did wrong is one line, Ctrl-C is no crash. Returns the status."""
    from kineograph.commands import app

    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that has not every letter
    try:
        status = app(standalone_mode=False)
    except InputError as error:
        return _fail(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except TyperException as error:  # a word of the command line is off
        getattr(error, "show", lambda: None)()
        return error.exit_code
    except OSError as error:  # a full disk, a folder that may not be written
        where = error.filename or "a file"
        return _fail(f"{where}: {error.strerror or error}. Free space or choose another folder.", 2)
    if status == INTERRUPTED:  # typer, too, makes this of Ctrl-C, without a word
        return _fail(
            "stopped by you. What was finished is kept; a training goes on with --resume.",
            INTERRUPTED,
        )
    return status if isinstance(status, int) else 0


def _fail(text: str, status: int) -> int:
    """One line to the person; the same as JSON to a program that asked for it."""
    from kineograph.commands.console import speaks

    line = " ".join(text.split())
    if not speaks():  # what the first process says, too, is said once
        if status == INTERRUPTED:  # all of them
            return status
        time.sleep(MEANWHILE_SECONDS)
    print(f"kineograph: {line}", file=sys.stderr)
    if "--json" in sys.argv:
        print(json.dumps({"error": line, "status": status}, ensure_ascii=False))
    return status


if __name__ == "__main__":
    sys.exit(main())
