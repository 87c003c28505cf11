"""Building and ending what runs beside us."""

from __future__ import annotations

__all__ = ["build_hollight", "stop_hollight"]


def build_hollight() -> None:
    """Compile the HOL Light server, unless that was done before."""
    from ..provers.hollight import build

    built = build()
    print(f"The HOL Light {built.hol_version} server is built: {built.executable}")


def stop_hollight() -> None:
    """End the HOL Light servers of this user."""
    from ..provers.hollight import stop_all

    count = stop_all()
    print(f"Ended {count} HOL Light server{'s' * (count != 1)}." if count else "No HOL Light server was running.")
