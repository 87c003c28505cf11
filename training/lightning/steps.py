"""Frame of every training: shuffled batches of what is in memory, for a number of steps."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

import lightning
import torch
from torch.utils.data import DataLoader

__all__ = ["ShuffledBatches", "one_thread", "train_steps"]

Item = TypeVar("Item")


class ShuffledBatches(lightning.LightningDataModule, Generic[Item]):  # type: ignore[misc]  # lightning has no types
    """Data module that serves items in an order drawn anew for each epoch.

    Args:
        items: N items, one for each goal.
        goals_per_batch: number of items in a batch.
        seed: for the order.
    """

    def __init__(self, items: Sequence[Item], goals_per_batch: int, seed: int) -> None:
        super().__init__()
        self.items = items
        self._goals_per_batch = goals_per_batch
        self._seed = seed

    @abstractmethod
    def collate(self, items: Sequence[Item]) -> Any:
        """Batch of some items."""

    def train_dataloader(self) -> DataLoader[Any]:
        """Batches of `goals_per_batch` items; the last of an epoch may be smaller."""
        return DataLoader(
            self.items,  # type: ignore[arg-type]
            batch_size=self._goals_per_batch,
            shuffle=True,
            generator=torch.Generator().manual_seed(self._seed),
            collate_fn=self.collate,
        )


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
    seed: int,
    progress: bool,
    accelerator: str = "cpu",
    gradient_clip: float | None = None,
) -> Mapping[str, float]:
    """Train for a number of batches.

    Args:
        module: module to train, in place.
        data: batches to learn from, in memory.
        steps: number of batches.
        seed: for the random numbers of torch; its state is afterwards what it was before.
        progress: show a progress bar.
        accelerator: Lightning's name of where to train; networks of a few hundred thousand weights are fastest on the
            CPU.
        gradient_clip: greatest norm of a gradient; `None` for no limit.

    Returns:
        Metrics of the last whole epoch by name; empty if no epoch was finished.
    """
    on_cpu = accelerator == "cpu"
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
        deterministic=on_cpu,
    )
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[] if on_cpu else None):
        # The data is in memory, so loading workers would only cost time.
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        # Lightning asks torch in a way that torch deprecates.
        warnings.filterwarnings("ignore", message=".*treespec.*")
        torch.manual_seed(seed)
        trainer.fit(module, datamodule=data)
    return {name: float(value) for name, value in trainer.callback_metrics.items()}
