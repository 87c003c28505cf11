"""The moment at which what other distributions add is looked for: when a name is not known, and not before.

Looking takes tens of milliseconds, which nobody should pay who uses what comes with aitp-gym. What looks is on a higher
floor than what needs names, so the two meet here.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["look_further", "when_a_name_is_unknown"]

_lookers: list[Callable[[], None]] = []


def when_a_name_is_unknown(look: Callable[[], None]) -> None:
    """Have a function called, once, when somebody asks for a name that is not known or for all that are."""
    _lookers.append(look)


def look_further() -> None:
    """Call the functions that wait for it: afterwards everything that there is has been added."""
    while _lookers:
        _lookers.pop()()
