"""Lightning module of the seq2seq goal model: cross-entropy over its two answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import lightning
import torch
from torch import Tensor, nn

from aitp_gym.agents.goal_models.seq2seq import MAX_TOKENS, Answers
from aitp_gym.errors import ConfigError

from ..goal_model.module import weighted_cross_entropy

__all__ = ["Seq2SeqBatch", "Seq2SeqConfig", "Seq2SeqModule"]


@dataclass(frozen=True, slots=True)
class Seq2SeqConfig:
    """Settings of the seq2seq goal model's training; the defaults but `steps` and `goals_per_batch` are those of BAIT.

    Attributes:
        steps: number of batches to learn from.
        learning_rate: learning rate of AdamW, after the warm-up.
        warmup: number of batches during which the learning rate rises from 0 in a straight line.
        goals_per_batch: number of goals in a batch (BAIT: 1).
        max_tokens: number of tokens of an input, at most.
        provable_weight: how many times a provable goal counts, an unprovable one counting once. Another number than
            1 moves the probabilities, see `goal_model.module.GoalTrainingConfig`.
        gradient_clip: greatest norm of a gradient.
    """

    steps: int = 1000
    learning_rate: float = 1e-5
    warmup: int = 200
    goals_per_batch: int = 8
    max_tokens: int = MAX_TOKENS
    provable_weight: float = 2.0
    gradient_clip: float = 1.0

    def __post_init__(self) -> None:
        if not (self.steps >= 1 and self.goals_per_batch >= 1 and self.learning_rate > 0 and self.warmup >= 0):
            raise ConfigError(f"steps, goals_per_batch and learning_rate must be positive, warmup not below 0: {self}.")
        if not (self.provable_weight > 0 and self.gradient_clip > 0):
            raise ConfigError(f"provable_weight and gradient_clip must be positive: {self}.")


class Seq2SeqBatch(NamedTuple):
    """B labelled goals.

    Attributes:
        input_ids: token ids, padded, shape (B, T).
        attention_mask: 1 for a token, 0 for padding, shape (B, T).
        value: probabilities to learn, in [0, 1], shape (B,).
    """

    input_ids: Tensor
    attention_mask: Tensor
    value: Tensor


class Seq2SeqModule(lightning.LightningModule):  # type: ignore[misc]  # checked without lightning's types
    """Weighted cross-entropy over the two answers at the first position; no other token takes part.

    Args:
        model: a Hugging Face encoder-decoder; it is trained in place.
        answers: the question and the two answers.
        config: settings of the training.
    """

    def __init__(self, model: nn.Module, answers: Answers, config: Seq2SeqConfig) -> None:
        super().__init__()
        self.model = model
        self.config = config
        self._answers = answers

    def training_step(self, batch: Seq2SeqBatch, batch_idx: int) -> Tensor:
        """Cross-entropy in nats for each unit of weight, shape ()."""
        inputs = {"input_ids": batch.input_ids, "attention_mask": batch.attention_mask}
        scores = self._answers.logprobs(self.model, inputs)
        loss = weighted_cross_entropy(scores[:, 0], scores[:, 1], batch.value, self.config.provable_weight)
        self.log("loss", loss.detach(), on_step=False, on_epoch=True, batch_size=len(batch.value), prog_bar=True)
        return loss

    def configure_optimizers(self) -> dict[str, Any]:
        """AdamW with a warm-up."""
        optimizer = torch.optim.AdamW(self.model.parameters(), lr=self.config.learning_rate)
        warmup = self.config.warmup
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: min(1.0, (step + 1) / (warmup + 1)))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
