"""The command line: `aitp …`.

Exit codes: 0, and for `aitp prove` 1 where nothing was proved; 2 for an error that one sentence on stderr explains;
70 for a mistake of ours, with a traceback; 130 after Ctrl-C and 143 after SIGTERM.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
import traceback
from collections.abc import Sequence

from ..errors import AitpError, BadInput
from ..text import shown
from .interrupts import Interrupts
from .terminal import OutputLost, prepare_streams

__all__ = ["main"]

_ERROR, _MISTAKE = 2, 70
_OPTION = re.compile(r"--?[A-Za-z][\w-]*(=.*)?", re.DOTALL)


def main() -> None:
    """Run `aitp`. An error of ours is one sentence on stderr and exit code 2; AITP_DEBUG=1 adds the traceback."""
    prepare_streams()
    interrupts = Interrupts()
    try:
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = interrupts.exit_code
    except OutputLost as error:
        print(f"aitp: {shown(error, lines=True)}", file=sys.stderr)
        code = _ERROR
    interrupts.over()
    sys.exit(code)


def _run() -> int | str | None:
    """Run the command and return its exit code."""
    try:
        _refuse_dashed_statement(sys.argv[1:])
        from .app import app

        app()
    except SystemExit as ended:
        return ended.code
    except AitpError as error:
        if os.environ.get("AITP_DEBUG") == "1":
            traceback.print_exc()
        else:
            print(f"aitp: {shown(error, lines=True)}", file=sys.stderr)
        return _ERROR
    except Exception:
        # Python's own exit code for this is 1, which says of a statement that it was not proved.
        traceback.print_exc()
        return _MISTAKE
    return 0


def _refuse_dashed_statement(arguments: Sequence[str]) -> None:
    """Say how a statement is written that begins with a dash, as options do.

    Raises:
        BadInput: `aitp prove` is given one without `--` in front.
    """
    if "prove" not in arguments[:2] or "--" in arguments:
        return
    for place, argument in enumerate(arguments):
        if argument.startswith("-") and not (_OPTION.fullmatch(argument) or argument[1:2].isdigit()):
            others = [*arguments[:place], *arguments[place + 1 :]]
            command = shlex.join(["aitp", *others, "--", argument])
            raise BadInput(f"{argument!r} begins with a dash, as options do. Write: {command}")
