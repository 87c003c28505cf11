"""Compare encoders on steps of people that they have not seen: the table of docs/networks.md.

    python scripts/compare_encoders.py human --output OUTPUT

`human` is a run folder of `aitp record hollight`. Each encoder is trained with the same two heads on the steps of the
train split: one names the tactic, the other ranks all premises that the theorem may use. Then both are measured on the
valid split, beside predictions without a network. What is done is kept in the output folder, and nothing is done twice.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from aitp_gym.agents.encoders.bag_module import bag_of, embed
from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import encoder_of
from aitp_gym.evaluation.steps.known_steps import KnownStep, read_known_steps
from aitp_gym.evaluation.steps.tactic_baselines import tactic_ranks
from aitp_gym.experiments.reports.paired_tests import mcnemar_exact
from aitp_gym.files import read_json, write_json
from aitp_gym.menus.premise_ranking import indices_of, tfidf_of
from aitp_gym.proof import Library
from aitp_gym.provers.libraries import LibraryPremises
from aitp_gym.terms.features import hash_features, statement_features

ENCODERS = {
    "bag": EncoderConfig("bag"),
    "GNN": EncoderConfig("gnn", rounds=4),
    "Transformer": EncoderConfig("node_transformer"),
    "SAT": EncoderConfig("sat", rounds=2),
    "directed SAT": EncoderConfig("sat", rounds=2, directed=True),
    "Ensemble": EncoderConfig("ensemble", rounds=4),
    "Transformer over text": EncoderConfig("transformer"),
}
RANK = 32
BUCKETS = 4096
STEPS_PER_BATCH = 48
DROPOUT = 0.3
DECAY = 0.02
TIMED_GOALS = 200
LARGE_NODES = 8000


@dataclass(frozen=True)
class Settings:
    """What a training depends on."""

    width: int
    epochs: float
    learning_rate: float
    limit: int
    seed: int


class Data:
    """Steps of a split as numbers, with what both heads need to know of the library."""

    def __init__(self, steps: Sequence[KnownStep], heads: Sequence[str], library: Library) -> None:
        self.steps = steps
        number = {name: place for place, name in enumerate(heads)}
        # A tactic that no training step has is beyond what can be guessed.
        self.heads = np.array([number.get(step.head, -1) for step in steps])
        places = {entry.name: place for place, entry in enumerate(library.entries)}
        similar = tfidf_of(library)
        self.premises = [[places[name] for name in step.premises] for step in steps]
        self.cosines: dict[int, NDArray[np.float32]] = {}
        for row, (step, named) in enumerate(zip(steps, self.premises, strict=True)):
            if named:
                # Less than 0 is what may not be used.
                cosines = np.full(len(library.entries), -1.0, np.float32)
                allowed = indices_of(step.allowed.indices)
                cosines[allowed] = similar.cosines(step.goal)[allowed]
                self.cosines[row] = cosines


class StepNetwork(nn.Module):
    """Encoder with a head for the names of tactics and one for premises.

    The score of a premise is that of tf-idf, what its statement's features have in common with the goal's vector, and
    how often it is used.
    """

    def __init__(self, config: EncoderConfig, heads: NDArray[np.float32], library: Library, seed: int) -> None:
        super().__init__()
        self.reader = encoder_of(config)
        self.encoder = self.reader.module(self.reader.untrained(seed, np.random.default_rng(seed)), 0.2)
        width = config.width
        self.norm, self.dropout = nn.LayerNorm(width), nn.Dropout(DROPOUT)
        self.tactic = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), nn.Dropout(DROPOUT), nn.Linear(width, len(heads))
        )
        nn.init.zeros_(self.tactic[-1].weight)
        self.tactic[-1].bias.data = torch.from_numpy(heads)
        self.query = nn.Linear(width, RANK, bias=False)
        self.words = nn.Parameter(torch.randn(BUCKETS, RANK) * 0.1)
        self.own = nn.Parameter(torch.zeros(len(library.entries), RANK))
        self.popularity = nn.Parameter(torch.zeros(len(library.entries)))
        self.similarity, self.scale = nn.Parameter(torch.tensor(8.0)), nn.Parameter(torch.tensor(1.0))
        self.statements = bag_of(
            [hash_features(statement_features(entry.statement), BUCKETS) for entry in library.entries]
        )

    def vectors(self, features: Sequence[Any]) -> Tensor:
        """Vectors of B goals, shape (B, D)."""
        normed: Tensor = self.norm(self.encoder(self.reader.collate(features)))
        return normed

    def keys(self) -> Tensor:
        """Vectors of the library's N statements, shape (N, R)."""
        return embed(self.words, self.statements) + self.own

    def scores(self, vectors: Tensor, keys: Tensor, cosines: Tensor) -> Tensor:
        """Scores of all premises, -inf for what may not be used, shape (B, N)."""
        learned = self.query(self.dropout(vectors)) @ keys.T / RANK**0.5
        scores = self.similarity * cosines + self.scale * learned + self.popularity
        return scores.masked_fill(cosines < 0, -torch.inf)


@dataclass(frozen=True)
class Arm:
    """An encoder, its training and what it is measured on."""

    name: str
    config: EncoderConfig
    settings: Settings

    def run(self, train: Data, valid: Data, heads: Sequence[str], library: Library) -> dict[str, Any]:
        """Train and measure; the ranks are those of the held-out steps."""
        settings = self.settings
        torch.manual_seed(settings.seed)
        counts = np.bincount(train.heads, minlength=len(heads)) + 0.5
        network = StepNetwork(self.config, np.log(counts / counts.sum()).astype(np.float32), library, settings.seed)
        began = time.process_time()
        features = [network.reader.read(step.goal) for step in train.steps]
        read_s = time.process_time() - began
        loss = self._train(network, train, features)
        train_cpu_s = time.process_time() - began
        network.eval()
        with torch.no_grad():
            tactics, premises = _ranks(network, valid)
        return {
            **asdict(settings),
            "tactics": tactics,
            "premises": premises,
            "loss": loss,
            "weights": sum(weight.numel() for weight in network.encoder.parameters()),
            "read_ms": 1000 * read_s / len(train.steps),
            "train_cpu_s": train_cpu_s,
            **_goal_ms(network, valid),
        }

    def _train(self, network: StepNetwork, data: Data, features: Sequence[Any]) -> float:
        settings = self.settings
        rng = np.random.default_rng(settings.seed)
        groups = [
            {"params": [p for p in network.parameters() if p.ndim > 1], "weight_decay": DECAY},
            {"params": [p for p in network.parameters() if p.ndim <= 1], "weight_decay": 0.0},
        ]
        batches = max(1, int(settings.epochs * len(features) / STEPS_PER_BATCH))
        optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, settings.learning_rate, total_steps=batches, pct_start=0.1
        )
        network.train()
        order: list[int] = []
        recent: list[float] = []
        for _ in range(batches):
            if len(order) < STEPS_PER_BATCH:
                order = [*rng.permutation(len(features)).tolist(), *order]
            rows = [order.pop() for _ in range(min(STEPS_PER_BATCH, len(order)))]
            loss = _loss(network, data, features, rows)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            recent = [*recent[-99:], loss.item()]
        return float(np.mean(recent))


def _loss(network: StepNetwork, data: Data, features: Sequence[Any], rows: Sequence[int]) -> Tensor:
    """Cross-entropies of the tactic and of the premises, in nats for each step, shape ()."""
    vectors = network.vectors([features[row] for row in rows])
    loss = functional.cross_entropy(network.tactic(network.dropout(vectors)), torch.from_numpy(data.heads[list(rows)]))
    named = [place for place, row in enumerate(rows) if data.premises[row]]
    if named:
        cosines = torch.from_numpy(np.stack([data.cosines[rows[place]] for place in named]))
        wanted = torch.zeros_like(cosines)
        for line, place in zip(wanted, named, strict=True):
            premises = data.premises[rows[place]]
            line[premises] = 1 / len(premises)
        logprobs = network.scores(vectors[named], network.keys(), cosines).log_softmax(-1)
        loss = loss - (wanted * logprobs.masked_fill(wanted == 0, 0.0)).sum() / len(rows)
    return loss


def _ranks(network: StepNetwork, data: Data) -> tuple[list[int], list[list[int]]]:
    """Ranks, from 1, of each step's tactic (0: it has none), and of the premises of those that name some."""
    tactics: list[int] = []
    premises: list[list[int]] = []
    keys = network.keys()
    for start in range(0, len(data.steps), 64):
        rows = range(start, min(start + 64, len(data.steps)))
        vectors = network.vectors([network.reader.read(data.steps[row].goal) for row in rows])
        logits = network.tactic(vectors)
        for row, vector, logit in zip(rows, vectors, logits, strict=True):
            head = int(data.heads[row])
            tactics.append(0 if head < 0 else 1 + int((logit > logit[head]).sum()))
            if data.premises[row]:
                scores = network.scores(vector[None], keys, torch.from_numpy(data.cosines[row])[None])[0]
                premises.append([1 + int((scores > scores[place]).sum()) for place in data.premises[row]])
    return tactics, premises


@torch.no_grad()
def _goal_ms(network: StepNetwork, data: Data) -> dict[str, float]:
    """Milliseconds of CPU time for each goal from text to vector, alone and in batches of 64."""
    goals = [step.goal for step in data.steps[:: max(1, len(data.steps) // TIMED_GOALS)]][:TIMED_GOALS]
    found = {}
    for size in (1, 64):
        began = time.process_time()
        for start in range(0, len(goals), size):
            network.vectors([network.reader.read(goal) for goal in goals[start : start + size]])
        found[f"goal_ms_{size}"] = 1000 * (time.process_time() - began) / len(goals)
    return found


def _large_goal() -> str:
    """A goal of about 8,000 nodes, hardly any of them shared."""
    term = "(v (num) x)"
    for number in range(LARGE_NODES // 2):
        leaf = f"(a (c (fun (num) (num)) g{number}) (v (num) x))"
        term = f"(a (a (c (fun (num) (fun (num) (num))) f{number % 7}) {leaf}) {term})"
    return f"⊢ (a (a (c (fun (num) (fun (num) (bool))) =) {term}) (v (num) x))"


def _large_goal_figures(config: EncoderConfig) -> dict[str, float]:
    """MB of memory that the largest goal takes on top, and CPU seconds; in a process of its own, on Linux."""
    encoder = encoder_of(config)
    encode = encoder.inference(encoder.untrained(0, np.random.default_rng(0)))
    encode(["⊢ (v (bool) p)"])
    text = _large_goal()
    # Makes the peak what is used now.
    Path("/proc/self/clear_refs").write_text("5")
    before, began = _peak_mb(), time.process_time()
    encode([text])
    return {"mb": _peak_mb() - before, "s": time.process_time() - began}


def _peak_mb() -> float:
    """Greatest resident memory of this process so far."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _measured_alone(config: EncoderConfig) -> dict[str, float]:
    """`_large_goal_figures` in a fresh process."""
    command = [sys.executable, __file__, "--largest-goal", json.dumps(asdict(config))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


@dataclass(frozen=True)
class Comparison:
    """Everything that is measured, each arm once."""

    traces: Sequence[Path]
    output: Path
    split: str
    limit: int

    @cached_property
    def _data(self) -> tuple[Data, Data, list[str], Library]:
        with LibraryPremises("hollight") as premises_of:
            train, valid = (
                list(read_known_steps(self.traces, premises_of.find, (), split)) for split in ("train", self.split)
            )
        if self.limit:
            train, valid = (
                train[:: max(1, len(train) // self.limit)][: self.limit],
                valid[:: len(valid) // self.limit + 1],
            )
        heads = [name for name, _ in Counter(step.head for step in train).most_common()]
        library = max((step.allowed.library for step in train), key=lambda library: len(library.entries))
        return Data(train, heads, library), Data(valid, heads, library), heads, library

    def baselines(self) -> Mapping[str, Any]:
        """Ranks of tactics and premises by predictions without a network."""
        return self._kept("baselines", self._baselines)

    def _baselines(self) -> dict[str, Any]:
        train, valid, _, _ = self._data
        ranks = tactic_ranks(train.steps, valid.steps)
        return {
            **{
                name: {"tactics": [0 if np.isinf(rank) else int(rank) for rank in found]}
                for name, found in ranks.items()
            },
            "tf-idf": {
                "premises": [
                    [1 + int((cosines > cosines[place]).sum()) for place in valid.premises[row]]
                    for row, cosines in valid.cosines.items()
                ]
            },
        }

    def arm(self, name: str, settings: Settings) -> Mapping[str, Any]:
        """Figures of one training."""
        config = replace(ENCODERS[name], width=settings.width)
        trained = f"epochs{settings.epochs:g}-rate{settings.learning_rate:g}-seed{settings.seed}"
        file = f"{name.replace(' ', '-')}-width{settings.width}-{trained}"
        figures = self._kept(file, lambda: Arm(name, config, settings).run(*self._data))
        large = {}
        for kind, max_nodes in (("cut", config.max_nodes), ("whole", 2 * LARGE_NODES)):
            file = f"{name.replace(' ', '-')}-width{settings.width}-largest-{kind}"
            large[kind] = self._kept(file, lambda nodes=max_nodes: _measured_alone(replace(config, max_nodes=nodes)))
        return {**figures, "large": large}

    def _kept(self, name: str, make: Any) -> Mapping[str, Any]:
        path = self.output / f"{name}.json"
        if not path.exists():
            print(f"{name} …", file=sys.stderr, flush=True)
            self.output.mkdir(parents=True, exist_ok=True)
            write_json(path, make())
        found: Mapping[str, Any] = read_json(path)
        return found


def _row(name: str, found: Sequence[Mapping[str, Any]], bag: Sequence[Mapping[str, Any]]) -> str:
    """Line of the table; figures are means over the seeds, p-values those of the first."""
    cells = [name]
    tactics = [np.array(each["tactics"]) for each in found if "tactics" in each]
    for k in (1, 5):
        cells.append(_mean([float(np.mean((ranks > 0) & (ranks <= k))) for ranks in tactics]))
    if tactics and bag and found is not bag:
        own, other = tactics[0] == 1, np.array(bag[0]["tactics"]) == 1
        better, worse = int((own & ~other).sum()), int((other & ~own).sum())
        cells.append(f"{better}:{worse}, {mcnemar_exact(better, worse):.2g}")
    else:
        cells.append("")
    premises = [each["premises"] for each in found if "premises" in each]
    cells.append(_mean([float(np.mean([1 / min(ranks) for ranks in each])) for each in premises]))
    cells.append(
        _mean([float(np.mean([np.mean([rank <= 16 for rank in ranks]) for ranks in each])) for each in premises])
    )
    if "train_cpu_s" in found[0]:
        means = {
            key: float(np.mean([each[key] for each in found])) for key in ("goal_ms_1", "goal_ms_64", "train_cpu_s")
        }
        cells += [f"{means['goal_ms_1']:.2f} / {means['goal_ms_64']:.2f}", f"{means['train_cpu_s']:.0f}"]
        cells += [f"{large['mb']:.0f} MB, {large['s']:.1f} s" for large in found[0]["large"].values()]
    else:
        cells += ["", "", "", ""]
    return f"| {' | '.join(cells)} |"


def _mean(values: Sequence[float]) -> str:
    return f"{np.mean(values):.3f}" if values else ""


def main() -> None:
    """Print the table, measuring what is not there yet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("traces", type=Path, nargs="*", help="run folders with people's steps of HOL Light")
    add("--output", type=Path, help="folder to keep results in")
    add("--encoders", nargs="+", choices=tuple(ENCODERS), default=tuple(ENCODERS))
    add("--seeds", type=int, default=1)
    add("--epochs", type=float, default=6.0)
    add("--learning-rate", type=float, default=2e-3, help="of AdamW, at its greatest")
    add("--width", type=int, default=64)
    add("--limit", type=int, default=0, help="train on so many steps only, for a try")
    add("--split", default="valid", help="which steps to measure on")
    add("--largest-goal", help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.largest_goal:
        print(json.dumps(_large_goal_figures(EncoderConfig.from_dict(json.loads(options.largest_goal)))))
        return
    if not options.traces or options.output is None:
        parser.error("give run folders with people's steps, such as `aitp record hollight` writes, and --output")
    comparison = Comparison(options.traces, options.output, options.split, options.limit)
    rows: dict[str, list[Mapping[str, Any]]] = {name: [found] for name, found in comparison.baselines().items()}
    for seed in range(options.seeds):
        for name in options.encoders:
            settings = Settings(options.width, options.epochs, options.learning_rate, options.limit, seed)
            rows.setdefault(name, []).append(comparison.arm(name, settings))
    columns = (
        *("", "tactic top-1", "top-5", "top-1 against the bag, p", "premises MRR", "R@16"),
        *("ms a goal, alone / of 64", "training CPU s", "largest goal, cut", "whole"),
    )
    print(f"| {' | '.join(columns)} |\n|{'---|' * len(columns)}")
    for name, found in rows.items():
        print(_row(name, found, rows.get("bag", [])))


if __name__ == "__main__":
    main()
