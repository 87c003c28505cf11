"""Training of a seq2seq goal model: labelled goals and a pretrained model in, a checkpoint folder and figures out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from aitp_gym.agents.goal_models.seq2seq import Answers, Seq2SeqGoalModel, load_pretrained
from aitp_gym.proof import Goal

from ..goal_model.labels import GoalLabel
from ..goal_model.measure import measured
from ..steps import ShuffledBatches, train_steps
from .module import Seq2SeqBatch, Seq2SeqConfig, Seq2SeqModule

__all__ = ["Seq2SeqData", "fit_seq2seq"]


class Seq2SeqData(ShuffledBatches[GoalLabel]):
    """Data module of labelled goals as a seq2seq model reads them.

    Args:
        labels: N labelled goals.
        answers: the question that is put about each goal.
        goals_per_batch: number of goals in a batch.
        seed: for the order.
    """

    def __init__(self, labels: Sequence[GoalLabel], answers: Answers, goals_per_batch: int, seed: int = 0) -> None:
        super().__init__(labels, goals_per_batch, seed)
        self._answers = answers

    def collate(self, items: Sequence[GoalLabel]) -> Seq2SeqBatch:
        """Batch of B labels: token ids, shape (B, T), and values, shape (B,)."""
        inputs = self._answers.ask([label.goal for label in items])
        value = torch.tensor([label.value for label in items])
        return Seq2SeqBatch(inputs["input_ids"], inputs["attention_mask"], value)


def fit_seq2seq(
    train: Sequence[GoalLabel],
    held_out: Sequence[GoalLabel],
    start: Path,
    checkpoint: Path,
    config: Seq2SeqConfig,
    *,
    seed: int,
    accelerator: str = "auto",
    progress: bool = False,
) -> dict[str, Any]:
    """Fine-tune a seq2seq model and save it.

    Args:
        train: labels to learn from; not empty.
        held_out: labels to measure on.
        start: folder of a pretrained encoder-decoder of the T5 family, for example the tactic generator.
        checkpoint: folder to write, as `save_pretrained` does.
        config: settings of the training.
        seed: for everything random.
        accelerator: Lightning's name of where to train.
        progress: show a progress bar.

    Returns:
        Metrics as JSON values, see `measure.measured`; with them `loss`, in nats, where an epoch was finished, and
        `train_s`, in seconds.

    Raises:
        CheckpointError: the pretrained model cannot be used.
    """
    began = time.monotonic()
    model, tokenizer = load_pretrained(start)
    answers = Answers(tokenizer, config.max_tokens)
    module = Seq2SeqModule(model.train(), answers, config)
    data = Seq2SeqData(train, answers, config.goals_per_batch, seed)
    logged = train_steps(
        module,
        data,
        steps=config.steps,
        seed=seed,
        progress=progress,
        accelerator=accelerator,
        gradient_clip=config.gradient_clip,
    )
    model.cpu().save_pretrained(checkpoint)
    tokenizer.save_pretrained(checkpoint)
    trained = Seq2SeqGoalModel(checkpoint, max_tokens=config.max_tokens, device=_device(accelerator))
    metrics = measured(train, held_out, lambda texts: trained.score([Goal.single(text) for text in texts]))
    loss = {"loss": logged["loss"]} if "loss" in logged else {}
    return {**metrics, **loss, "train_s": time.monotonic() - began}


def _device(accelerator: str) -> str:
    return "cuda" if accelerator in ("auto", "gpu", "cuda") and torch.cuda.is_available() else "cpu"
