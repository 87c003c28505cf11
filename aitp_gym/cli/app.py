"""The commands of `aitp`. What each does is imported when it is called, so that `aitp --help` is quick."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from ..provers.commands import Json
from ..provers.registry import default_prover
from .conformance import ConformanceEvaluation
from .export_commands import ExportCommands
from .prover_commands import ProverCommands

app = typer.Typer(
    name="aitp",
    help="Theorem proving as reinforcement learning: prove, log, learn, prove more.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for _group, _help in {
    "build": "Build what a prover needs, once per machine.",
    "import": "Bring in published data.",
    "conformance": "Measure a prover at hand against published data.",
    "record": "Record the proofs of a prover's own library, to learn from.",
}.items():
    app.add_typer(typer.Typer(cls=ProverCommands, help=_help, no_args_is_help=True), name=_group)

_train = typer.Typer(help="Train a policy in an environment with an RL library.", no_args_is_help=True)
app.add_typer(_train, name="train")
_serve = typer.Typer(help="Serve environments to trainers of language models.", no_args_is_help=True)
app.add_typer(_serve, name="serve")
_export = typer.Typer(cls=ExportCommands, no_args_is_help=True)
app.add_typer(_export, name="export")

_DEFAULT_ENV = default_prover().environments[0].id


@app.callback()
def options(
    context: typer.Context,
    debug: Annotated[bool, typer.Option(help="Print the traceback of an error.")] = False,
) -> None:
    """Theorem proving as reinforcement learning: prove, log, learn, prove more."""
    # For the provers' own commands.
    context.obj = ConformanceEvaluation()
    if debug:
        os.environ["AITP_DEBUG"] = "1"


@app.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
    options_metavar="--config-name=NAME [FIELD=VALUE]…",
    epilog="Example: aitp run --config-name=quickstart num_iterations=2 seed=7",
)
def run(context: typer.Context) -> None:
    """Run an experiment: evaluate, log, train, repeat. A Hydra application: overrides, --help, --cfg and -m work."""
    from .run import run as run_experiment

    run_experiment(context.args)


# What Hydra's overrides ask of a command.
_trainer = partial(
    _train.command,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    options_metavar="[FIELD=VALUE]…",
)


@_trainer(epilog="Example: aitp train sb3 algorithm=maskable_ppo env=propositional_menu steps=40000")
def sb3(context: typer.Context) -> None:
    """Train with Stable-Baselines3: PPO, A2C, DQN or MaskablePPO. Fields are those of configs/train_sb3.yaml."""
    from .train import train_sb3

    train_sb3(context.args)


@_trainer(epilog="Example: aitp train clone env=holist_menu traces=[human] directory=cloned")
def clone(context: typer.Context) -> None:
    """Imitate proofs in traces, as a start for the others. Fields are those of configs/train_clone.yaml."""
    from .train import train_clone

    train_clone(context.args)


@_trainer(epilog="Example: aitp train rllib env=propositional_menu steps=24000 num_runners=2")
def rllib(context: typer.Context) -> None:
    """Train with RLlib: PPO with masked actions. Fields are those of configs/train_rllib.yaml."""
    from .train import train_rllib

    train_rllib(context.args)


@_trainer(epilog="Example: aitp train tacticzero env.theorem_set=propositional-hard steps=100000")
def tacticzero(context: typer.Context) -> None:
    """Train TacticZero: sets of goals, tactics and arguments. Fields are those of configs/train_tacticzero.yaml."""
    from .train import train_tacticzero

    train_tacticzero(context.args)


@app.command(epilog="Example: aitp prove --env aitp/Propositional-v0 'p & q -> q & p'")
def prove(
    statement: Annotated[
        str, typer.Argument(help="In the prover's language, or the name of a theorem of the environment's set.")
    ],
    env: Annotated[str, typer.Option(help="Environment id.")] = _DEFAULT_ENV,
    checkpoint: Annotated[Path | None, typer.Option(help="Of a menu policy; without it, the menu's order.")] = None,
    max_tactics: Annotated[int, typer.Option(help="Tactic applications.")] = 2000,
    total_timeout: Annotated[float, typer.Option(help="Wall seconds.")] = 60.0,
    tactic_timeout_s: Annotated[float, typer.Option(help="Seconds per tactic.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Of the attempt.")] = 0,
) -> None:
    """Try to prove a statement; print the proof and the verdict. Exit code 0 if it was proved, else 1."""
    from .prove import prove as prove_statement

    proved = prove_statement(
        statement,
        env_id=env,
        checkpoint=checkpoint,
        max_tactics=max_tactics,
        total_timeout=total_timeout,
        tactic_timeout_s=tactic_timeout_s,
        seed=seed,
    )
    raise typer.Exit(0 if proved else 1)


@app.command(epilog="Example: aitp verify proofs.jsonl --output verdicts.jsonl")
def verify(
    proofs: Annotated[
        Path, typer.Argument(metavar="FILE", help="JSON Lines: `proof`, and `statement` or `theorem`; maybe an `id`.")
    ],
    settings: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="Settings of the prover, as for gymnasium.make."),
    ] = None,
    env: Annotated[str, typer.Option(help="Environment id, of the prover that checks.")] = _DEFAULT_ENV,
    output: Annotated[
        Path | None, typer.Option(help="File to add verdicts to; rows that have theirs there are not checked again.")
    ] = None,
    workers: Annotated[int, typer.Option(help="Processes that share the work; 0: this one.", min=0)] = 2,
    timeout_s: Annotated[float, typer.Option(help="Seconds for a check.", min=0.001)] = 60.0,
    as_json: Json = False,
) -> None:
    """Check whole proofs, each as strictly as one that a search has found; say which hold, and why not."""
    from .verify import verify as verify_file

    verify_file(proofs, settings or [], env, output, workers, timeout_s, as_json)


@app.command(epilog="Example: aitp doctor --json")
def doctor(
    as_json: Json = False,
    ready: Annotated[str | None, typer.Option(metavar="PROVER", help="No output; exit code 0 if it is ready.")] = None,
    buildable: Annotated[
        str | None,
        typer.Option(metavar="PROVER", help="No output; exit code 0 if it can be built."),
    ] = None,
) -> None:
    """Say for each prover whether it is ready, its version, and the command that would make it so."""
    from ..provers.registry import find, statuses
    from .doctor import print_json, print_table

    if ready is not None:
        raise typer.Exit(0 if find(ready).status().ready else 1)
    if buildable is not None:
        raise typer.Exit(0 if find(buildable).status().buildable else 1)
    (print_json if as_json else print_table)(statuses())


@app.command(epilog="Example: aitp stop")
def stop() -> None:
    """End the servers that provers keep running for all runs of this machine."""
    from ..provers.registry import specs

    for spec in specs():
        if spec.stop is not None:
            print(spec.stop())


@app.command(epilog="Example: aitp bench search --json")
def bench(
    parts: Annotated[
        list[str] | None,
        typer.Argument(metavar="PART", help="Only these; without any, all but `rl`, which takes long."),
    ] = None,
    as_json: Json = False,
    only: Annotated[list[str] | None, typer.Option(metavar="PART", help="Only this part; may be repeated.")] = None,
) -> None:
    """Measure this machine's figures."""
    from ..bench import measure
    from .bench import print_json, print_table

    (print_json if as_json else print_table)(measure([*(parts or []), *(only or [])]))


# With a callback Typer keeps a group that has but one command a group.
@_serve.callback()
def serve_group() -> None:
    """Serve environments to trainers of language models."""


@_serve.command("openenv", epilog="Example: aitp serve openenv --env=aitp/Propositional-v0 split=train max_tactics=32")
def serve_openenv(
    settings: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="Settings of the environment, as for gymnasium.make."),
    ] = None,
    env: Annotated[str, typer.Option(help="Environment id.")] = _DEFAULT_ENV,
    host: Annotated[str, typer.Option(help="Address; one that others can reach needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0: a free one.")] = 8000,
    max_sessions: Annotated[int, typer.Option(help="Clients at once, each with a prover session.")] = 16,
    max_message_bytes: Annotated[int, typer.Option(help="Length of a message.")] = 262_144,
    idle_timeout_s: Annotated[float, typer.Option(help="Seconds of silence that end a session.")] = 600.0,
    token_file: Annotated[
        Path | None, typer.Option(help="File with the token that clients must show; else AITP_SERVE_TOKEN.")
    ] = None,
) -> None:
    """Serve an environment by OpenEnv's protocol: theorem sets and splits as tasks, a prover session per client."""
    from .serve import openenv

    openenv(env, settings or [], host, port, max_sessions, max_message_bytes, idle_timeout_s, token_file)


@app.command("one-step", epilog="Example: aitp one-step --context strict --context holist --limit 50")
def one_step(
    env: Annotated[str, typer.Option(help="Environment id.")] = _DEFAULT_ENV,
    theorem_set: Annotated[str | None, typer.Option(help="Of the environment; by default its usual one.")] = None,
    split: Annotated[str, typer.Option(help="Which theorems.")] = "valid",
    menu: Annotated[
        str | None, typer.Option(help="Whose slots are tried: a name, or a TOML file; by default the prover's own.")
    ] = None,
    context: Annotated[list[str] | None, typer.Option(help="Of the prover; may be repeated, for a comparison.")] = None,
    tactic_timeout_s: Annotated[float, typer.Option(help="Seconds per tactic.")] = 1.0,
    num_workers: Annotated[int, typer.Option(help="Processes; 0: this one.")] = 2,
    limit: Annotated[int | None, typer.Option(help="Only so many theorems.")] = None,
    as_json: Json = False,
) -> None:
    """Which theorems one tactic of a menu proves: the baselines before all search and learning."""
    from .one_step import one_step as measure

    measure(env, theorem_set, split, menu, context or [], tactic_timeout_s, num_workers, limit, as_json)


@app.command(epilog="Example: aitp steps human --menu hollight-full --menu hollight-people")
def steps(
    traces: Annotated[list[Path], typer.Argument(help="Run folders, or trace folders, with proofs.")],
    menu: Annotated[list[str] | None, typer.Option(help="A menu's name, or a TOML file; may be repeated.")] = None,
    split: Annotated[str, typer.Option(help="Which steps to measure on.")] = "valid",
    learn_from: Annotated[str, typer.Option(help="Which steps the predictions learn from.")] = "train",
    as_json: Json = False,
) -> None:
    """How well tactics and premises of known proofs are foretold by simple means, and what menus can write of them."""
    from .steps import steps as measure

    measure(traces, menu or [], split, learn_from, as_json)


@app.command(epilog="Example: aitp report runs/quickstart/RUN")
def report(folder: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Compute a run's report anew from its traces, and print it."""
    from .report import recompute

    recompute(folder)


@_export.callback()
def export_group() -> None:
    """Write what is in traces for others: the proofs, for their prover, or all attempts, for other libraries."""


@_export.command("proofs", epilog="Example: aitp export proofs runs/holist/RUN --output found.ml --policy learned")
def export_proofs(
    run: Annotated[Path, typer.Argument(help="A run folder, or a trace folder.")],
    output: Annotated[Path, typer.Option(help="File to write, in the language of the prover.")],
    policy: Annotated[str | None, typer.Option(help="Only proofs of this policy.")] = None,
    split: Annotated[str | None, typer.Option(help="Only theorems of this split.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many proofs.")] = None,
) -> None:
    """Write found proofs as a file that the prover itself runs, each ending in its theorem; `proofs` can be omitted."""
    from .export import export as export_found

    export_found(run, output, policy, split, limit)


@_export.command("traces", epilog="Example: aitp export traces runs/quickstart/RUN --to hf --output attempts")
def export_traces(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, or trace folders.")],
    to: Annotated[
        str, typer.Option(help="`hf`: tables for datasets; episodes of a preset: `minari`, `rllib`, or `sb3`.")
    ],
    output: Annotated[Path, typer.Option(help="Folder to make; for Minari its name is the id, such as found-v0.")],
    env: Annotated[str | None, typer.Option(help="Id of the preset; by default that of the traces' prover.")] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Argument of the preset; may be repeated."),
    ] = None,
    policy: Annotated[str | None, typer.Option(help="Only attempts of this policy.")] = None,
    split: Annotated[str | None, typer.Option(help="Only theorems of this split.")] = None,
    all_steps: Annotated[bool, typer.Option("--all-steps", help="Not only the steps of accepted proofs.")] = False,
    nearly: Annotated[
        bool, typer.Option("--nearly", help="Also steps whose premises the menu ranks otherwise.")
    ] = False,
) -> None:
    """Write attempts for Hugging Face's datasets, Minari, RLlib or Stable-Baselines3, without a pickle."""
    from .export_traces import export_traces as export_attempts

    export_attempts(
        runs,
        to,
        output,
        env_id=env,
        settings=settings or [],
        split=split,
        policy=policy,
        all_steps=all_steps,
        nearly=nearly,
    )


@app.command(epilog="Example: aitp compare runs/quickstart/RUN runs/quickstart/OTHER")
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Run folders with the same budget and theorems.")],
    split: Annotated[str, typer.Option(help="On which theorems.")] = "valid",
    policy: Annotated[str, typer.Option(help="Label of the policy in the runs.")] = "learned",
) -> None:
    """Compare the last evaluations of several runs on the theorems that all attempted."""
    from .report import compare as compare_runs

    compare_runs(folders, split, policy)
