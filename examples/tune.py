"""Ray Tune over the loop: each trial is a run, reports each iteration, and is stopped early where others do better.

python examples/tune.py                       # eight trials on propositional logic, some minutes on two cores
python examples/tune.py --samples 2 --config quickstart num_theorems=40 num_valid_theorems=20
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hydra import compose, initialize_config_module
from ray import tune
from ray.tune.schedulers import ASHAScheduler

# Fields of the run, which can be anything in configs/base.yaml.
SPACE = {
    "num_sampled_tactics": tune.choice([1, 2, 4, 8, 16]),
    "search_model": tune.choice(["best_first", "breadth_first", "updown"]),
    "max_successful_branches": tune.choice(["null", 1, 2]),
}


def prove(fields: dict[str, Any]) -> None:
    """One trial: a run of the loop with these fields, in a run folder of its own."""
    from aitp_gym.experiments.experiment import run_experiment

    config_name, fixed, sampled = fields["config_name"], fields["fixed"], fields["sampled"]
    folder = Path(fields["folder"]) / tune.get_context().get_trial_id()
    overrides = [f"exp_config.directory={folder}", *(f"{name}={value}" for name, value in sampled.items())]
    with initialize_config_module("aitp_gym.configs", version_base="1.3"):
        # Each iteration is measured, and nothing but the learned policy.
        always = ["measure_each_iteration=true", "baselines=[]", "logging_config.id=null", "log_level=ERROR"]
        composed = compose(config_name, [*always, *fixed, *overrides])

    def tell(report: Mapping[str, Any]) -> None:
        valid = [entry for entry in report["iterations"] if entry["split"] == "valid"][-1]
        tune.report({"proved": valid["proved"] / valid["attempted"], "tactics": valid["tactics"]})

    run_experiment(composed, on_report=tell)


def main() -> None:
    """Run the trials, and print the best."""
    parser = argparse.ArgumentParser(description="Ray Tune over the loop.")
    parser.add_argument("--config", default="quickstart", help="configuration of the run")
    parser.add_argument("--samples", type=int, default=8, help="trials")
    parser.add_argument("--iterations", type=int, default=3, help="iterations of a run")
    parser.add_argument("--concurrent", type=int, default=2, help="trials at a time; each takes a core")
    parser.add_argument("--storage", type=Path, default=Path("runs/tune"), help="folder of the trials")
    parser.add_argument("fixed", nargs="*", help="fields of the run that all trials share, such as num_theorems=100")
    options = parser.parse_intermixed_args()
    fixed = [*options.fixed, f"num_iterations={options.iterations}"]
    tuner = tune.Tuner(
        tune.with_resources(prove, {"cpu": 1}),
        param_space={
            "config_name": options.config,
            "folder": str(options.storage.absolute() / "runs"),
            "fixed": fixed,
            "sampled": SPACE,
        },
        tune_config=tune.TuneConfig(
            metric="proved",
            mode="max",
            num_samples=options.samples,
            max_concurrent_trials=options.concurrent,
            # One more than there are: a run that reaches its end is not stopped.
            scheduler=ASHAScheduler(max_t=options.iterations + 1, grace_period=1),
        ),
        run_config=tune.RunConfig(storage_path=str(options.storage.absolute()), name="trials", verbose=0),
    )
    results = tuner.fit()
    best = results.get_best_result()
    print(f"{len(results)} trials, {len(results.errors)} failed")
    print(f"best: {best.config['sampled']}, {best.metrics['proved']:.2f} of held-out theorems; {best.path}")


if __name__ == "__main__":
    main()
