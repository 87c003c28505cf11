"""Code of the documentation: fenced blocks, commands in them, and commands in running text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+(?:\n[^`\n]+)*)`")
_COMMENT = re.compile(r"(?:^|\s+)# .*$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its document, the line of its fence, its language and its text."""

    document: str
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        """Where it stands, as `README.md:40`."""
        return f"{self.document}:{self.line}"

    def commands(self) -> list[str]:
        """Its shell commands, a line each: without comments, continued lines joined."""
        lines = self.text.replace("\\\n", " ").splitlines()
        stripped = (re.sub(r"\s+", " ", _COMMENT.sub("", line)).strip() for line in lines)
        return [line for line in stripped if line]

    def promised(self) -> list[str]:
        """What the comments behind its `print` calls say that they print."""
        return re.findall(r"^\s*print\(.*\)  # (.*)$", self.text, re.MULTILINE)


def blocks(*languages: str) -> list[Block]:
    """The fenced blocks of README, CONTRIBUTING and docs/ in these languages; in all, if none is given."""
    found = []
    for path in DOCUMENTS:
        text = path.read_text(encoding="utf-8")
        for match in _FENCE.finditer(text):
            if not languages or match[1] in languages:
                line = text.count("\n", 0, match.start()) + 1
                found.append(Block(str(path.relative_to(ROOT)), line, match[1], match[2]))
    return found


def spans() -> list[tuple[str, str]]:
    """Code in running text that begins with `aitp` and a word: the document and the command."""
    found = []
    for path in DOCUMENTS:
        for match in _SPAN.finditer(_FENCE.sub("", path.read_text(encoding="utf-8"))):
            code = " ".join(match[1].split())
            if code.startswith("aitp "):
                found.append((str(path.relative_to(ROOT)), code))
    return found
