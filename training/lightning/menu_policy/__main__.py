"""Training command of the menu policy: traces in, a checkpoint and a result file out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from aitp_gym.errors import DependencyNotInstalled

from ..command import Outputs, command_parser, encoder_config, encoder_options, given, quieten_lightning, run_command

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _train(options))


def _parser() -> argparse.ArgumentParser:
    parser = command_parser(
        "menu_policy", "Train the menu policy, and fit the frequency baseline, from the train attempts in traces."
    )
    add = parser.add_argument
    add("--menu", required=True, help="name of a menu, or path of its file")
    add("--init", type=Path, metavar="CKPT", help="checkpoint to go on from (default: train afresh on all traces)")
    encoder_options(parser)
    add("--penalty", type=float, help="precision of the prior on the weights")
    add("--feature-dropout", type=float)
    add("--open-weight", type=float, help="weight of a tactic that worked but is on no accepted proof")
    add(
        "--passed-over-hammers",
        choices=("negative", "unknown"),
        default="negative",
        help="what a hammer of the menu is where the author of an imported proof did something else: not worth trying, "
        "like every other tactic (default), or not tried",
    )
    return parser


def _train(options: argparse.Namespace) -> None:
    try:
        from .fit import fit
        from .module import MenuTrainingConfig
    except ImportError as error:
        raise DependencyNotInstalled(
            f"Training needs torch and lightning ({error}): pip install 'aitp-gym[lightning]'."
        ) from error
    from aitp_gym.agents.policies.menu_policy import MenuPolicy
    from aitp_gym.menus import Menu
    from aitp_gym.provers.libraries import LibraryPremises

    from .tried import read_tried

    quieten_lightning()
    menu = Menu.load(options.menu)
    outputs = Outputs(options, frequency="frequency.json")
    names = ("steps", "learning_rate", "penalty", "feature_dropout", "open_weight")
    config = MenuTrainingConfig(**given(options, names))
    if options.init is None:
        start = MenuPolicy(menu, encoder=encoder_config(options), init_seed=options.seed)
    else:
        start = MenuPolicy(menu, options.init)
    with LibraryPremises(menu.prover, needed=menu.max_premises > 0) as premises_of:
        unknown = options.passed_over_hammers == "unknown"
        tried = read_tried(options.traces, menu, premises_of, options.split, hammers_unknown=unknown)
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
    fitted.policy.save(outputs.checkpoint)
    fitted.frequency.save(outputs.others["frequency"])
    outputs.write_result(fitted.metrics)


if __name__ == "__main__":
    sys.exit(main())
