"""The command line: `aitp …`."""

from __future__ import annotations

import os
import sys
import traceback

from ..errors import AitpError

__all__ = ["main"]


def main() -> None:
    """Run `aitp`. An error of ours is one sentence on stderr and exit code 2; AITP_DEBUG=1 adds the traceback."""
    from .app import app

    try:
        app()
    except AitpError as error:
        if os.environ.get("AITP_DEBUG") == "1":
            traceback.print_exc()
        else:
            print(f"aitp: {error}", file=sys.stderr)
        sys.exit(2)
