"""Write docs/cli.md from the commands of `aitp`: `python scripts/cli_page.py`, or `--check` that it is up to date.

The text comes from `typer … utils docs`; an epilog `Example: COMMAND` becomes a block of its own, which the tests run.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
TYPER = ("-m", "typer", "aitp_gym.cli.app", "utils", "docs", "--name", "aitp", "--title", "Command line")


def render() -> str:
    """The page as it should be."""
    done = subprocess.run([sys.executable, *TYPER], capture_output=True, text=True, check=True)
    text = done.stdout.replace("&#x27;", "'")
    text = re.sub(r"^Example: (.*)$", r"**Example**:\n\n```sh\n\1\n```", text, flags=re.MULTILINE)
    return text.strip() + "\n"


def main() -> int:
    """Write the page, or say whether it is what it should be; the exit code."""
    page = render()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.read_text(encoding="utf-8") == page:
        return 0
    print(f"{PAGE.name} is not what the commands of aitp say: run `python scripts/cli_page.py`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
