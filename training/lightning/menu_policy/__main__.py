"""The training command: traces in, a checkpoint and a result file out."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from aitp_gym.errors import AitpError, BadInput, DependencyNotInstalled
from aitp_gym.files import write_json

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    try:
        _train(options)
    except AitpError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m aitp_gym.training.lightning.menu_policy",
        description="Train the menu policy, and fit the frequency baseline, from the train attempts in traces.",
    )
    add = parser.add_argument
    add("--traces", type=Path, nargs="+", required=True, metavar="DIR", help="folders with traces; all are used")
    add("--menu", required=True, help="name of a menu, or path of its file")
    add(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="folder to write `checkpoint/` and `frequency.json` to",
    )
    add("--result", type=Path, metavar="FILE", help="result file to write (default: $AITP_RESULT, else result.json)")
    add("--init", type=Path, metavar="CKPT", help="checkpoint to go on from (default: train afresh on all traces)")
    add("--split", default="train", help="whose attempts to learn from (default: train)")
    add("--seed", type=int, default=0)
    add("--encoder", choices=("bag", "transformer"), default="bag")
    add("--width", type=int, default=32, help="length of a goal's vector")
    add("--steps", type=int, help="batches to learn from")
    add("--learning-rate", type=float)
    add("--penalty", type=float, help="precision of the prior on the weights")
    add("--feature-dropout", type=float)
    add("--open-weight", type=float, help="weight of a tactic that worked but is on no accepted proof")
    add("--quiet", action="store_true", help="no progress bar")
    return parser


def _train(options: argparse.Namespace) -> None:
    try:
        from .fit import fit
        from .module import TrainingConfig
    except ImportError as error:
        raise DependencyNotInstalled(
            f"Training needs torch and lightning ({error}): pip install 'aitp-gym[lightning]'."
        ) from error
    from aitp_gym.agents.encoders.config import EncoderConfig
    from aitp_gym.agents.policies.menu_policy import MenuPolicy
    from aitp_gym.menus import Menu

    from .libraries import LibraryPremises
    from .tried import read_tried

    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    menu = Menu.load(options.menu)
    result = options.result or Path(os.environ.get("AITP_RESULT", options.output / "result.json"))
    checkpoint, frequency = options.output / "checkpoint", options.output / "frequency.json"
    if taken := [str(path) for path in (checkpoint, frequency, result) if path.exists()]:
        raise BadInput(f"{', '.join(taken)} exists already and is not overwritten: give another --output or --result.")
    names = ("steps", "learning_rate", "penalty", "feature_dropout", "open_weight")
    config = TrainingConfig(**{name: value for name in names if (value := getattr(options, name)) is not None})
    if options.init is None:
        start = MenuPolicy(menu, encoder=EncoderConfig(options.encoder, options.width), init_seed=options.seed)
    else:
        start = MenuPolicy(menu, options.init)
    with LibraryPremises(menu) as premises_of:
        tried = read_tried(options.traces, menu, premises_of, options.split)
    fitted = fit(
        tried,
        menu,
        start,
        config,
        seed=options.seed,
        keep_biases=options.init is not None,
        progress=not options.quiet,
    )
    options.output.mkdir(parents=True, exist_ok=True)
    fitted.policy.save(checkpoint)
    fitted.frequency.save(frequency)
    write_json(
        result,
        {
            "checkpoint": str(checkpoint.absolute()),
            "frequency": str(frequency.absolute()),
            "metrics": fitted.metrics,
        },
    )


if __name__ == "__main__":
    sys.exit(main())
