"""The commands of `aitp`. What each does is imported when it is called, so that `aitp --help` is quick."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="aitp",
    help="Theorem proving as reinforcement learning: prove, log, learn, prove more.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
build_app = typer.Typer(help="Build what a prover needs, once per machine.", no_args_is_help=True)
app.add_typer(build_app, name="build")
import_app = typer.Typer(help="Bring in published data.", no_args_is_help=True)
app.add_typer(import_app, name="import")
conformance_app = typer.Typer(help="Measure a prover at hand against published data.", no_args_is_help=True)
app.add_typer(conformance_app, name="conformance")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def options(debug: Annotated[bool, typer.Option(help="Print the traceback of an error.")] = False) -> None:
    """Theorem proving as reinforcement learning: prove, log, learn, prove more."""
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


@app.command(epilog="Example: aitp prove --env aitp/Propositional-v0 'p & q -> q & p'")
def prove(
    statement: Annotated[
        str, typer.Argument(help="In the prover's language, or the name of a theorem of the environment's set.")
    ],
    env: Annotated[str, typer.Option(help="Environment id, for example aitp/Propositional-v0.")] = "aitp/HOList-v0",
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
    from ..doctor import examine, find
    from .doctor import print_json, print_table

    if ready is not None:
        raise typer.Exit(0 if find(ready).ready else 1)
    if buildable is not None:
        raise typer.Exit(0 if find(buildable).buildable else 1)
    statuses = examine()
    (print_json if as_json else print_table)(statuses)


@app.command(epilog="Example: aitp stop")
def stop() -> None:
    """End the HOL Light server that runs of this machine share."""
    from .doctor import stop_hollight

    stop_hollight()


@build_app.command("hollight", epilog="Example: aitp build hollight")
def build_hollight() -> None:
    """Compile the HOL Light server into the user's cache (about a minute, once)."""
    from .doctor import build_hollight as build

    build()


@app.command(epilog="Example: aitp bench search --json")
def bench(
    parts: Annotated[list[str] | None, typer.Argument(metavar="PART", help="Only these; without any, all.")] = None,
    as_json: Json = False,
    only: Annotated[list[str] | None, typer.Option(metavar="PART", help="Only this part; may be repeated.")] = None,
) -> None:
    """Measure this machine's figures."""
    from ..bench import measure
    from .bench import print_json, print_table

    (print_json if as_json else print_table)(measure([*(parts or []), *(only or [])]))


@app.command("one-step", epilog="Example: aitp one-step --context strict --context holist --limit 50")
def one_step(
    env: Annotated[str, typer.Option(help="Environment id.")] = "aitp/HOList-v0",
    theorem_set: Annotated[str | None, typer.Option(help="Of the environment; by default its usual one.")] = None,
    split: Annotated[str, typer.Option(help="Which theorems.")] = "valid",
    menu: Annotated[str, typer.Option(help="Whose slots are tried: a name, or a TOML file.")] = "hollight-one-step",
    context: Annotated[list[str] | None, typer.Option(help="Of the prover; may be repeated, for a comparison.")] = None,
    tactic_timeout_s: Annotated[float, typer.Option(help="Seconds per tactic.")] = 1.0,
    num_workers: Annotated[int, typer.Option(help="Processes; 0: this one.")] = 2,
    limit: Annotated[int | None, typer.Option(help="Only so many theorems.")] = None,
    as_json: Json = False,
) -> None:
    """Which theorems one tactic of a menu proves: the baselines before all search and learning."""
    from .one_step import one_step as measure

    measure(env, theorem_set, split, menu, context or [], tactic_timeout_s, num_workers, limit, as_json)


@app.command(epilog="Example: aitp report runs/quickstart/RUN")
def report(folder: Annotated[Path, typer.Argument(help="A run folder.")]) -> None:
    """Compute a run's report anew from its traces, and print it."""
    from .report import recompute

    recompute(folder)


@app.command(epilog="Example: aitp export runs/holist/RUN --output found.ml --policy learned")
def export(
    run: Annotated[Path, typer.Argument(help="A run folder, or a trace folder.")],
    output: Annotated[Path, typer.Option(help="File to write: HOL Light: an .ml file that stock HOL Light runs.")],
    policy: Annotated[str | None, typer.Option(help="Only proofs of this policy.")] = None,
    split: Annotated[str | None, typer.Option(help="Only theorems of this split.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many proofs.")] = None,
) -> None:
    """Write found proofs as a file that the prover itself runs, each ending in its theorem."""
    from .export import export as export_proofs

    export_proofs(run, output, policy, split, limit)


@app.command(epilog="Example: aitp compare runs/quickstart/RUN runs/quickstart/OTHER")
def compare(
    folders: Annotated[list[Path], typer.Argument(help="Run folders with the same budget and theorems.")],
    split: Annotated[str, typer.Option(help="On which theorems.")] = "valid",
    policy: Annotated[str, typer.Option(help="Label of the policy in the runs.")] = "learned",
) -> None:
    """Compare the last evaluations of several runs on the theorems that all attempted."""
    from .report import compare as compare_runs

    compare_runs(folders, split, policy)


@import_app.command("holist-database", epilog="Example: aitp import holist-database theorem_database_v1.1.textpb.xz")
def import_holist_database(
    file: Annotated[Path, typer.Argument(help="theorem_database_v1.1.textpb, or compressed with xz.")],
) -> None:
    """Read HOList's theorem database into the user's cache: the theorem sets holist-db-… come from it."""
    from .import_holist import import_database

    import_database(file)


@import_app.command("holist-prooflogs", epilog="Example: aitp import holist-prooflogs prooflogs-*.pbtxt --output human")
def import_holist_prooflogs(
    files: Annotated[list[Path], typer.Argument(help="Proof logs in text form (.pbtxt), compressed with xz or not.")],
    output: Annotated[Path, typer.Option(help="Trace folder to write.")],
) -> None:
    """Replay HOList's proof logs in HOL Light and write what could be done as traces, to learn from."""
    from .import_holist import import_prooflogs

    import_prooflogs(files, output)


@import_app.command("leandojo", epilog="Example: aitp import leandojo --output human ~/leandojo_benchmark_4")
def import_leandojo_tactics(
    output: Annotated[Path, typer.Option(help="Trace folder to write.")],
    folder: Annotated[
        Path | None,
        typer.Argument(help="LeanDojo Benchmark 4, unpacked; by default the one that AITP_LEANDOJO_BENCHMARK names."),
    ] = None,
    theorem_set: Annotated[str, typer.Option(help="leandojo-random or leandojo-novel.")] = "leandojo-random",
) -> None:
    """Write the traced tactics of LeanDojo Benchmark 4 as traces, to learn from; nothing is run for it."""
    from .import_leandojo import import_tactics

    import_tactics(folder, theorem_set, output)


@conformance_app.command("holist", epilog="Example: aitp conformance holist --prooflogs prooflogs-*.pbtxt")
def conformance_holist(
    database: Annotated[
        Path | None, typer.Option(help="theorem_database_v1.1.textpb; by default the imported one.")
    ] = None,
    prooflogs: Annotated[list[Path] | None, typer.Option(help="Proof logs in text form.")] = None,
    more: Annotated[list[Path] | None, typer.Argument(metavar="[PROOFLOGS]…", help="More proof logs.")] = None,
    list_missing: Annotated[
        Path | None, typer.Option(help="Write the entries of core that HOL Light does not have to this file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """How much of HOList the running HOL Light reproduces: fingerprints, theorems, steps of proof logs."""
    from .conformance import holist

    holist(database, [*(prooflogs or []), *(more or [])], as_json, list_missing)


@conformance_app.command("hol4", epilog="Example: aitp conformance hol4 --goals goals.json --limit 100")
def conformance_hol4(
    goals: Annotated[Path, typer.Option(help="TacticZero's goals: a JSON list of pairs (prefix, usual notation).")],
    tactic_timeout_s: Annotated[float, typer.Option(help="CPU seconds per tactic.")] = 0.5,
    num_workers: Annotated[int, typer.Option(help="Processes; 0: this one.")] = 2,
    limit: Annotated[int | None, typer.Option(help="Only so many goals.")] = None,
    as_json: Json = False,
) -> None:
    """How many of TacticZero's goals the running HOL4 has, and what single tactics prove of them."""
    from .conformance import hol4

    hol4(goals, as_json, tactic_timeout_s, num_workers, limit)


@conformance_app.command("lean", epilog="Example: aitp conformance lean --limit 20")
def conformance_lean(
    tactic_timeout_s: Annotated[float, typer.Option(help="CPU seconds per tactic.")] = 2.0,
    max_tactics: Annotated[int, typer.Option(help="Tactic applications per theorem.")] = 128,
    limit: Annotated[int | None, typer.Option(help="Only so many theorems.")] = None,
    as_json: Json = False,
) -> None:
    """How many theorems of the embedded Lean a search proves, and whether its check refuses every cheat."""
    from .conformance import lean

    lean(as_json, tactic_timeout_s, max_tactics, limit)
