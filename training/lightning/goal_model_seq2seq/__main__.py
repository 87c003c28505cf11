"""Training command of the seq2seq goal model: traces and a pretrained model in, a checkpoint and a result out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from aitp_gym.errors import DependencyNotInstalled

from ..command import Outputs, given, quieten_lightning, run_command
from ..goal_model.options import goal_model_parser, labels_of

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    options = _parser().parse_args(arguments)
    return run_command(lambda: _train(options))


def _parser() -> argparse.ArgumentParser:
    parser = goal_model_parser("goal_model_seq2seq", "Fine-tune a seq2seq model to say which goals are provable.")
    add = parser.add_argument
    add(
        "--init",
        type=Path,
        required=True,
        metavar="DIR",
        help="pretrained T5 or ByT5, as `save_pretrained` writes it: a base model, a tactic generator, or a goal model",
    )
    add("--warmup", type=int, help="batches during which the learning rate rises")
    add("--max-tokens", type=int, help="tokens of an input, at most")
    add("--gradient-clip", type=float, help="greatest norm of a gradient")
    add("--accelerator", default="auto", help="where to train: auto, cpu, gpu (default: auto)")
    return parser


def _train(options: argparse.Namespace) -> None:
    try:
        from .fit import fit_seq2seq
        from .module import Seq2SeqConfig
    except ImportError as error:
        raise DependencyNotInstalled(
            f"Training needs torch, lightning and transformers ({error}): "
            "pip install 'aitp-gym[lightning,transformers]'."
        ) from error
    quieten_lightning()
    outputs = Outputs(options)
    names = ("steps", "learning_rate", "goals_per_batch", "provable_weight", "warmup", "max_tokens", "gradient_clip")
    config = Seq2SeqConfig(**given(options, names))
    train, held_out = labels_of(options)
    options.output.mkdir(parents=True, exist_ok=True)
    metrics = fit_seq2seq(
        train,
        held_out,
        options.init,
        outputs.checkpoint,
        config,
        seed=options.seed,
        accelerator=options.accelerator,
        progress=not options.quiet,
    )
    outputs.write_result(metrics)


if __name__ == "__main__":
    sys.exit(main())
