"""Train the menu policy on people's proofs, on the loop's own, and on both: the tables of docs/holist.md.

    python scripts/learn_from_people.py OUTPUT --minutes 75

Everything is kept in the output folder and nothing in it is done twice: people's proofs (`aitp record hollight`), a run
of the loop for each menu (`aitp run --config-name=holist_quickstart`), the policies trained on them, and attempts at
held-out theorems by each arm, the most telling first. Call it again to go on; `--minutes 0` only prints the tables.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.evaluation.evaluator import EvaluationTask, Evaluator
from aitp_gym.evaluation.steps.coverage import meaning, writable
from aitp_gym.evaluation.worker import WorkerConfig
from aitp_gym.experiments.config import LEARNED
from aitp_gym.experiments.reports.paired_tests import compare_paired, proved_within
from aitp_gym.files import read_json
from aitp_gym.menus import Menu
from aitp_gym.proof import Attempt, Budget, Goal, Theorem
from aitp_gym.provers.libraries import LibraryPremises
from aitp_gym.theorems import load
from aitp_gym.traces import TraceReader, TraceWriter

THEOREM_SET = "holist-core"
SPLIT = "valid"
BUDGET = Budget(max_tactics=64)
COUNTS = (1, 8, 64)
TACTIC_TIMEOUT_S = 0.1
AITP = (sys.executable, "-m", "aitp_gym.cli")
MENUS = ("hollight-full", "hollight-no-hammer")
DATA = ("human", "loop", "both")
POLICIES = {
    "menu": "aitp_gym.agents.policies.menu_policy.MenuPolicy",
    "frequency": "aitp_gym.agents.policies.frequency.FrequencyPolicy",
}
# What the recorded proof needs, from the least to the most.
NEEDS = ("writable in the slots", "other premises", "another tactic", "a larger grammar", "no recorded proof")


@dataclass(frozen=True)
class Arm:
    """One policy, with how many of its tactics an expansion tries."""

    menu: str
    data: str
    k: int
    seed: int = 0
    policy: str = "menu"

    @property
    def name(self) -> str:
        """Folder of the arm."""
        return f"{self.menu}-{self.data}-{self.policy}-k{self.k}-seed{self.seed}"


@dataclass(frozen=True)
class Experiment:
    """The arms that are asked for."""

    menus: Sequence[str]
    data: Sequence[str]
    seeds: int

    def arms(self) -> list[Arm]:
        """All arms, the most telling first; where hammers time out, an arm takes several times as long."""
        quick_first = self.menus[::-1]
        order = [Arm(menu, data, 8) for menu in self.menus for data in self.data]
        order += [Arm(menu, data, 1) for menu in quick_first for data in self.data]
        order += [Arm(menu, data, 8, policy="frequency") for menu in quick_first for data in self.data]
        for k, seed, menu in product((8, 1), range(1, self.seeds), quick_first):
            order += [Arm(menu, data, k, seed) for data in self.data]
        return order


@dataclass(frozen=True)
class Workplace:
    """The output folder, and what is made in it when it is first asked for."""

    folder: Path
    theorems: int

    def human(self) -> Path:
        """Run folder with people's proofs."""
        output = self.folder / "human"
        if not output.exists():
            _run(*AITP, "record", "hollight", "--output", output)
        return output

    def loop(self, menu: str) -> Path:
        """Run folder of a loop with a menu."""
        output = self.folder / f"loop-{menu}"
        # Measured here, with the others; the run only collects what its policy tried.
        fields = ("baselines=[]", "num_valid_theorems=1", "logging_config.id=null", "exp_config.resume=true")
        if len(list(output.glob("traces/iteration-*/"))) < 3:
            kept = (f"exp_config.directory={output}", f"tac_model.menu={menu}", "num_workers=1")
            _run(*AITP, "run", "--config-name=holist_quickstart", *fields, *kept)
        return output

    def trained(self, arm: Arm) -> Mapping[str, Any]:
        """Paths of the menu policy (`checkpoint`) and the frequencies (`frequency`) that an arm's data gives."""
        output = self.folder / "policies" / f"{arm.menu}-{arm.data}-seed{arm.seed}"
        result = output / "result.json"
        if not result.exists():
            own = [self.loop(arm.menu)] if arm.data != "human" else []
            traces = [*own, *([self.human()] if arm.data != "loop" else [])]
            command = ("-m", "aitp_gym.training.lightning.menu_policy", "--quiet", "--menu", arm.menu)
            # Alone, people's steps must tell what not to try; beside own attempts they need not.
            hammers = ("--passed-over-hammers", "unknown" if own else "negative")
            _run(
                *(sys.executable, *command, *hammers, "--seed", arm.seed),
                *("--traces", *traces, "--output", output, "--result", result),
            )
        found: Mapping[str, Any] = read_json(result)
        return found

    def held_out(self) -> list[Theorem]:
        """Theorems to measure on."""
        theorems = list(load(THEOREM_SET).split(SPLIT))
        Random(0).shuffle(theorems)
        return theorems[: self.theorems]

    def attempts(self, arm: Arm) -> Path:
        """Traces of an arm."""
        return self.folder / "arms" / arm.name / "traces"

    def attempt(self, arm: Arm) -> None:
        """Let an arm attempt all theorems that it has not attempted yet."""
        trained = self.trained(arm)
        checkpoint = trained["checkpoint" if arm.policy == "menu" else "frequency"]
        policy = {"_target_": POLICIES[arm.policy], "menu": arm.menu, "ckpt_path": checkpoint}
        kwargs = {"theorem_set": THEOREM_SET, "tactic_timeout_s": TACTIC_TIMEOUT_S}
        config = WorkerConfig("aitp/HOList-v0", kwargs, num_sampled_tactics=arm.k)
        with TraceWriter(self.attempts(arm)) as writer, Evaluator(config) as evaluator:
            tasks = [
                EvaluationTask.of(theorem, run_seed=0, iteration=0, policy=LEARNED, budget=BUDGET)
                for theorem in self.held_out()
            ]
            left = [task for task in tasks if task.key not in writer.done_keys()]
            for task, attempt in evaluator.attempts(left, policy):
                writer.write(attempt, iteration=task.iteration, policy=task.policy)
            writer.compact(0)

    def results(self, arm: Arm) -> dict[str, Attempt] | None:
        """Attempts by theorem; `None` until an arm has attempted all."""
        if not self.attempts(arm).is_dir():
            return None
        wanted = {theorem.name for theorem in self.held_out()}
        found = {attempt.theorem.name: attempt for _, attempt in TraceReader(self.attempts(arm)).records()}
        return {name: found[name] for name in wanted} if wanted <= found.keys() else None


def _run(*arguments: object) -> None:
    subprocess.run([str(argument) for argument in arguments], check=True, stdout=sys.stderr)


def print_results(place: Workplace, experiment: Experiment) -> None:
    """Theorems proved by each arm that is done, and pairs of arms that differ in what they learned from."""
    done = {arm: found for arm in experiment.arms() if (found := place.results(arm)) is not None}
    counts = "/".join(map(str, COUNTS))
    print(f"\n| menu | policy | learned from | tactics per expansion | seed | within {counts} | > 1 step |")
    print("|---|---|---|---|---|---|---|")
    proved_at = {
        arm: {name: attempt.proved_at if attempt.proved else None for name, attempt in found.items()}
        for arm, found in done.items()
    }
    for arm, found in done.items():
        within = "/".join(map(str, proved_within(proved_at[arm].values(), COUNTS).values()))
        longer = sum(len(a.proof.steps) > 1 for a in found.values() if a.proved and a.proof is not None)
        print(f"| {arm.menu} | {arm.policy} | {arm.data} | {arm.k} | {arm.seed} | {within} | {longer} |")
    print(f"\n| menu | tactics per expansion | seed | pair | only a : only b within {counts} |")
    print("|---|---|---|---|---|")
    for a, b in product(done, done):
        same = (a.menu, a.k, a.seed) == (b.menu, b.k, b.seed)
        other_data = a.policy == b.policy and DATA.index(a.data) > DATA.index(b.data)
        other_policy = a.data == b.data and (a.policy, b.policy) == ("menu", "frequency")
        if same and (other_data or other_policy):
            tests = (compare_paired(proved_at[a], proved_at[b], at) for at in COUNTS)
            cells = " · ".join(f"{each.only_a}:{each.only_b} (p {each.p_value:.2g})" for each in tests)
            labels = f"{a.data} {a.policy} / {b.data} {b.policy}"
            print(f"| {a.menu} | {a.k} | {a.seed} | {labels} | {cells} |")


def print_needs(place: Workplace, experiment: Experiment) -> None:
    """What the recorded proofs of the held-out theorems need, beside what was proved."""
    print(f"\n| menu | learned from | {' | '.join(f'{need}: proved of all' for need in NEEDS)} |")
    print(f"|---|---|{'---|' * len(NEEDS)}")
    for menu_name, data in product(experiment.menus, experiment.data):
        arm = Arm(menu_name, data, 8)
        if (results := place.results(arm)) is None:
            continue
        recorded = {attempt.theorem.name: attempt for _, attempt in TraceReader(place.human()).records(split=SPLIT)}
        menu = Menu.load(menu_name)
        policy = MenuPolicy(menu, place.trained(arm)["checkpoint"])
        counts: Counter[tuple[str, bool]] = Counter()
        with LibraryPremises(menu.prover) as premises_of:
            for name, attempt in results.items():
                counts[_need(recorded.get(name), menu, policy, premises_of), attempt.proved] += 1
        cells = (f"{counts[need, True]} of {counts[need, True] + counts[need, False]}" for need in NEEDS)
        print(f"| {menu_name} | {data} | {' | '.join(cells)} |")


def _need(recorded: Attempt | None, menu: Menu, policy: MenuPolicy, premises_of: LibraryPremises) -> str:
    """The least that a policy over a menu would need to write a recorded proof."""
    if recorded is None:
        return NEEDS[4]
    if not recorded.proved:
        return NEEDS[3]
    premises, needs = premises_of(recorded.theorem), NEEDS[0]
    for step in recorded.steps:
        *hypotheses, conclusion = step.goal.split("\n")
        goal = Goal.single(conclusion.removeprefix("⊢ "), hypotheses)
        policy.reset(0)
        (suggestions,) = policy.get_tactics([goal], [premises], len(menu.slots))
        how = writable(menu, step.tactic, step.goal, {meaning(menu, each.tactic, step.goal) for each in suggestions})
        if how == "no":
            return NEEDS[2]
        if how == "template":
            needs = NEEDS[1]
    return needs


def main() -> None:
    """Do what is left to do within the time, and print the tables."""
    parser = argparse.ArgumentParser(description="Train the menu policy on people's proofs and measure it.")
    parser.add_argument("output", type=Path, help="folder for everything that is made")
    parser.add_argument("--minutes", type=float, default=75.0, help="after so long no further arm is begun")
    parser.add_argument("--theorems", type=int, default=400, help="held-out theorems")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each policy")
    parser.add_argument("--menus", nargs="+", default=list(MENUS), help="names of menus, or their files")
    parser.add_argument("--data", nargs="+", default=list(DATA), choices=DATA, help="what to learn from")
    options = parser.parse_args()
    place = Workplace(options.output.absolute(), options.theorems)
    started = time.monotonic()
    experiment = Experiment(options.menus, options.data, options.seeds)
    for arm in experiment.arms():
        if place.results(arm) is None and time.monotonic() - started < 60 * options.minutes:
            began = time.monotonic()
            place.attempt(arm)
            print(f"{arm.name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    print_results(place, experiment)
    print_needs(place, experiment)


if __name__ == "__main__":
    main()
