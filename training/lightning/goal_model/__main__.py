"""Training command of the value network: traces in, a checkpoint and a result file out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from aitp_gym.errors import DependencyNotInstalled

from ..command import Outputs, encoder_config, encoder_options, given, quieten_lightning, run_command
from .options import goal_model_parser, labels_of

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _train(options))


def _parser() -> argparse.ArgumentParser:
    parser = goal_model_parser("goal_model", "Train the value network from what became of goals in traces.")
    add = parser.add_argument
    add("--init", type=Path, metavar="CKPT", help="checkpoint to go on from (default: train afresh on all traces)")
    encoder_options(parser)
    add("--hidden", type=int, default=32, help="hidden units")
    add("--penalty", type=float, help="precision of the prior on the weights")
    add("--feature-dropout", type=float)
    return parser


def _train(options: argparse.Namespace) -> None:
    try:
        from .fit import fit
        from .module import GoalTrainingConfig
    except ImportError as error:
        raise DependencyNotInstalled(
            f"Training needs torch and lightning ({error}): pip install 'aitp-gym[lightning]'."
        ) from error
    from aitp_gym.agents.goal_models.value_network import ValueNetwork

    quieten_lightning()
    outputs = Outputs(options)
    names = ("steps", "learning_rate", "penalty", "feature_dropout", "goals_per_batch", "provable_weight")
    config = GoalTrainingConfig(**given(options, names))
    start = ValueNetwork(
        options.init,
        encoder=encoder_config(options),
        hidden=options.hidden,
        init_seed=options.seed,
    )
    train, held_out = labels_of(options)
    fitted = fit(
        train,
        held_out,
        start,
        config,
        seed=options.seed,
        keep_bias=options.init is not None,
        progress=not options.quiet,
    )
    options.output.mkdir(parents=True, exist_ok=True)
    fitted.network.save(outputs.checkpoint)
    outputs.write_result(fitted.metrics)


if __name__ == "__main__":
    sys.exit(main())
