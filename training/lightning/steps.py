"""Training for a number of batches, and how small networks are trained."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import lightning
import torch

__all__ = ["one_thread", "train_steps"]


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep torch to one thread: more gain nothing on batches this small, and lose tenfold when cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def train_steps(
    module: lightning.LightningModule,
    data: lightning.LightningDataModule,
    *,
    steps: int,
    progress: bool,
    accelerator: str = "cpu",
    gradient_clip: float | None = None,
) -> Mapping[str, float]:
    """Train for a number of batches; returns the metrics of the last whole epoch.

    Args:
        module: to train.
        data: to learn from, in memory.
        steps: batches.
        progress: show a progress bar.
        accelerator: Lightning's name of where to train; networks of a few hundred thousand weights are fastest on the
            CPU.
        gradient_clip: greatest norm of a gradient; `None` for no limit.
    """
    trainer = lightning.Trainer(
        accelerator=accelerator,
        devices=1,
        max_epochs=-1,
        max_steps=steps,
        gradient_clip_val=gradient_clip,
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        enable_progress_bar=progress,
        deterministic=accelerator == "cpu",
    )
    with warnings.catch_warnings():
        # The data is in memory, so loading workers would only cost time.
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        # Lightning asks torch in a way that torch deprecates.
        warnings.filterwarnings("ignore", message=".*treespec.*")
        trainer.fit(module, datamodule=data)
    return {name: float(value) for name, value in trainer.callback_metrics.items()}
