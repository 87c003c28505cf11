"""`aitp export traces`: attempts in the formats of other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import BadInput
from ..text import shown
from .env_settings import env_settings

__all__ = ["export_traces"]

_FORMATS = ("hf", "minari", "rllib", "sb3")


def export_traces(
    runs: Sequence[Path],
    to: str,
    output: Path,
    *,
    env_id: str | None,
    settings: Sequence[str],
    split: str | None,
    policy: str | None,
    all_steps: bool,
    nearly: bool,
) -> None:
    """Write the attempts of runs for another library; see `aitp_gym.traces.exporters`.

    Raises:
        AitpError: the traces cannot be read, the output exists, or a library is not there.
    """
    if to not in _FORMATS:
        raise BadInput(f"Traces are exported --to one of {', '.join(_FORMATS)}, got {to!r}.")
    if to == "hf":
        if env_id is not None or settings or all_steps or nearly:
            raise BadInput("--to hf writes the tables as they are: it takes no --env, --set, --all-steps or --nearly.")
        from ..traces.exporters.hugging_face import write_datasets

        rows = write_datasets(runs, output, split, policy)
        print(f"{rows['attempts']} attempts with {rows['steps']} steps are in {shown(output)}.")
        return
    from ..traces.exporters.minari_dataset import write_minari
    from ..traces.exporters.replay_buffer import write_sb3
    from ..traces.exporters.rllib_episodes import write_rllib
    from ..wrappers.trace_episodes import TraceEpisodes

    write = {"minari": write_minari, "rllib": write_rllib, "sb3": write_sb3}[to]
    with TraceEpisodes(
        runs,
        env_id,
        env_settings(settings),
        split=split,
        policy=policy,
        proofs_only=not all_steps,
        nearly=nearly,
    ) as episodes:
        write(episodes, output)
        counts = episodes.counts
    print(
        f"{counts['episodes']} episodes of {shown(episodes.spec.id)} with {counts['steps']} steps are in "
        f"{shown(output)}; {counts['proved']} end in a proof."
    )
    left_out = counts["not"] + (0 if nearly else counts["nearly"])
    if left_out:
        print(f"  left out: {left_out} steps that its menu does not write, {counts['nearly']} of them but for premises")
