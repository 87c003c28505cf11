"""The protocol, as written in transcript.txt: requests after `>`, replies after `<`, fields between bars.

The number of the request, the first field of each, is left out.
"""

from __future__ import annotations

from pathlib import Path

TRANSCRIPT = Path(__file__).with_name("transcript.txt")
ABBREVIATIONS = {"B2": "(fun (bool) (fun (bool) (bool)))", "P": "(v (bool) p)", "Q": "(v (bool) q)"}


def expand(line: str) -> list[str]:
    fields = line[2:].split(" | ") if len(line) > 2 else [""]
    for short, text in ABBREVIATIONS.items():
        fields = [field.replace(f"${short}", text) for field in fields]
    return fields


def test_the_server_answers_as_written(hollight):
    hollight.parse("T")
    child = hollight._server.connect()
    asked = answered = 0
    for line in TRANSCRIPT.read_text().splitlines():
        if line.startswith(">"):
            asked += 1
            child._frames.send([str(asked), *expand(line)], 10.0)
        elif line.startswith("<"):
            answered += 1
            expected, (number, *found) = expand(line), child._frames.receive(10.0)
            assert number == str(asked)
            # Times differ from run to run; a star in the transcript stands for any number.
            shown = [
                "*" if star == "*" and field.isdigit() else field for star, field in zip(expected, found, strict=False)
            ]
            assert shown + found[len(expected) :] == expected, line
    child.close()
    assert answered > 10
