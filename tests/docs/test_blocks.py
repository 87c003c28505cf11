"""Every Python block and every command line of README, CONTRIBUTING and docs/ runs.

Python blocks run as they stand. `COMMANDS` says for each command line how it runs here: as it stands, in a reduced form
that is named beside it, or not at all, with the reason. What takes more than a moment is marked `integration`.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest
import typer.main

from aitp_gym.cli.app import app
from aitp_gym.provers.registry import find

from .blocks import ROOT, Block, blocks, spans

PROVERS = {
    "aitp/HOList-v0": "hollight",
    "aitp/HOL4-v0": "hol4",
    "aitp/Lean-v0": "lean",
    "aitp/LeanDojo-v0": "leandojo",
    "aitp/HOList-Menu-v0": "hollight",
    "aitp/HOL4-Menu-v0": "hol4",
    "aitp/Lean-Menu-v0": "lean",
    "aitp/LeanDojo-Menu-v0": "leandojo",
}
DATA = {"holist-data": "AITP_HOLIST_DATA", "hol4-data": "AITP_HOL4_DATA"}


@dataclass(frozen=True)
class Runs:
    """A command line runs here.

    Attributes:
        shorter: the command that runs in its place; empty: as it stands.
        how: what was reduced.
        needs: provers, and published data by the keys of `DATA`.
        quick: whether it takes a moment only, so that `make test` runs it.
    """

    shorter: str = ""
    how: str = ""
    needs: tuple[str, ...] = ()
    quick: bool = False


@dataclass(frozen=True)
class NotHere:
    """A command line does not run here, and why."""

    why: str


SMALL = (
    " num_workers=0 num_theorems=2 num_valid_theorems=2 num_iterations=1 max_tactics=4"
    " tactic_timeout_s=0.1 shuffle=false logging_config.id=null exp_config.directory=RUN"
)
FEW = "two theorems of each split, four tactics of 0.1 s, one evaluation, in one process, without the mirror"
ONE_STEP = "aitp one-step --context strict --context holist --limit 2 --num-workers 0"
# A theorem that the first tactic of the menu proves.
EASY = """printf '{"statement": "p ==> p", "split": "%s"}\\n' train valid > easy.jsonl && """
PROVED = f" train=none 'baselines=[]'{SMALL} env_config.theorem_set=easy.jsonl tac_model=fixed_order tac_model.menu="
QUICK_RUN = "aitp run --config-name=quickstart 'baselines=[]'" + SMALL
HOLLIGHT_RUN = f"{EASY}aitp run --config-name=holist_quickstart{PROVED}hollight-full"
HOL4_RUN = f"{EASY}aitp run --config-name=hol4{PROVED}hol4-one-step"
EASY_LEAN = EASY.replace("p ==> p", "True")
LEAN_RUN = f"{EASY_LEAN}aitp run --config-name=lean_quickstart{PROVED}lean-embedded max_tactics=32 tactic_timeout_s=2.0"
OWN_RUN = "of a small run, made first"
OTHER_PART = "another part, which takes a moment"


def small(line: str, *needs: str, without: str = "") -> Runs:
    """A run, reduced: overrides are appended, of which the last one for a field holds, and some taken away."""
    return Runs(line.replace(without, "") + SMALL, FEW + (f"; without{without}" if without else ""), needs)


def dry(target: str) -> Runs:
    """What make would do: the commands themselves set up the machine or run these tests."""
    return Runs(f'make -C "$CHECKOUT" --dry-run {target}', "dry run", quick=True)


def served(arguments: str, client: str = ":") -> str:
    """A server, started with a free port, its client, which finds it at ADDRESS, and the end of both by a signal."""
    return (
        f"aitp serve openenv --env={arguments} --port=0 > served & trap 'kill %1' EXIT; "
        "until grep -q served served; do sleep 0.1; kill -0 %1; done; "
        f"ADDRESS=$(grep -o 'http[^;]*' served); {client}"
    )


_SEARCHES_LEAN = (
    "aitp run --config-name=search_comparison env@env_config=lean env_config.theorem_set=lean-embedded"
    " tac_model.menu=lean-embedded-steps tac_model.ckpt_path=CHECKPOINT train=none num_iterations=1 num_theorems=0"
    " max_tactics=64 tactic_timeout_s=0.5"
)
_SEARCHES_HOL4 = (
    "aitp run --config-name=search_comparison env@env_config=hol4 env_config.theorem_set=hol4-core"
    " tac_model.menu=hol4-full num_theorems=80 num_valid_theorems=80 num_iterations=2 max_tactics=64"
    " tactic_timeout_s=0.05"
)
_OWN_PROJECT = (
    "aitp run --config-name=lean_quickstart env_config.project=~/mathlib4"
    " env_config.theorem_set=~/mathlib4/Problems.lean tac_model.menu=lean-core"
)
_TRAIN = "aitp train sb3 algorithm=maskable_ppo env=propositional_menu"
_TRAIN_SEEDS = (
    "aitp train sb3 seeds=[0,1,2] steps=100000 algorithm.settings.learning_rate=0.001 directory=runs/sb3/mine"
)
_TRAIN_FIGURE = "aitp train sb3 env.theorem_set=propositional-small-2027 seeds=[0,1,2,3,4] steps=40960"
_RUN_SB3 = "aitp run --config-name=quickstart tac_model=sb3 tac_model.ckpt_path=runs/sb3/mine/seed-0/policy train=none"
_PROVED_RUN = f"{QUICK_RUN} train=none num_theorems=20 max_tactics=64"
_CLONE = "aitp train clone env=holist_menu traces=[human] directory=cloned"
_START = "aitp train sb3 env=holist_menu start=cloned/policy"
_CLONED = (
    f"{QUICK_RUN} train=none num_iterations=2 num_theorems=20 max_tactics=64 && "
    "aitp train clone traces=[RUN] directory=cloned && "
    "aitp train sb3 start=cloned/policy steps=64 algorithm.settings.n_steps=64 num_valid_theorems=3"
)
FEW_STEPS = " steps=128 algorithm.settings.n_steps=64 num_valid_theorems=3"
_TRACE = 'trace(LeanGitRepo("https://github.com/yangky11/lean4-example", "COMMIT"))'

_TAUGHT = "python -m aitp_gym.training.lightning.menu_policy --menu hollight-full --traces human --output taught"
_TAUGHT_SAT = f"{_TAUGHT} --encoder sat --width 64 --encoder-fields rounds=2 directed=true"
_FROM_PEOPLE = "aitp run --config-name=holist_quickstart train=human_proofs"
_PEOPLE = Runs(
    "aitp record hollight --json --output human && aitp steps human --menu hollight-people && "
    f"{_TAUGHT} --steps 20 && {_FROM_PEOPLE}{SMALL} num_iterations=2 tac_model.ckpt_path=taught/checkpoint"
    f" && {_TAUGHT_SAT.replace('--output taught', '--output taught-sat')} --steps 2"
    ' && python "$CHECKOUT/scripts/compare_encoders.py" human --output OUTPUT --limit 100 --epochs 1'
    " --encoders bag GNN",
    f"one after the other, on one recording; 20 batches; {FEW}, and a training; two batches; two encoders on 100 steps",
    ("hollight",),
)

COMMANDS: dict[str, Runs | NotHere] = {
    **{f"make {target}": dry(target) for target in ("demo", "test", "setup", "integration", "check", "docs")},
    ".venv/bin/pre-commit install": NotHere("it writes into the checkout's own hooks"),
    'pip install "aitp-gym[lean]"': NotHere("it installs packages"),
    "pip install leanclient": NotHere("it installs packages"),
    # -- language models
    'pip install "aitp-gym[serve]"': NotHere("it installs packages"),
    **{
        f"aitp serve openenv --env=aitp/{rest}": Runs(
            served(f"aitp/{rest}"), "at a free port, and ended by a signal once it serves", needs
        )
        for rest, needs in (
            ("Propositional-v0", ()),
            ("Propositional-v0 split=train max_tactics=32", ()),
            ("HOList-v0 --port=8001 --max-sessions=50 split=train max_tactics=32", ("hollight",)),
        )
    },
    "python examples/openenv_client.py http://127.0.0.1:8000": Runs(
        served("aitp/Propositional-v0", 'python "$CHECKOUT/examples/openenv_client.py" "$ADDRESS"'),
        "of a server that is started first, at a free port",
    ),
    "python examples/grpo.py --steps 2": Runs(
        'python "$CHECKOUT/examples/grpo.py" --steps 1', "one step of the trainer"
    ),
    # -- looking around
    "aitp doctor": Runs(),
    "aitp doctor --json": Runs(quick=True),
    "aitp stop": Runs('AITP_RUNTIME_DIR="$(mktemp -d)" aitp stop', "where no server runs: others use this machine's"),
    "aitp build hollight": Runs(needs=("hollight",)),
    "aitp bench": Runs("aitp bench import_s", "one part, which takes a moment"),
    "aitp bench search --json": Runs("aitp bench import_s --json", OTHER_PART),
    "aitp bench policies --json": Runs("aitp bench import_s --json", OTHER_PART),
    "aitp bench --only lean": Runs(needs=("lean",)),
    "python scripts/compare_lean.py": Runs(
        'python "$CHECKOUT/scripts/compare_lean.py" --pairs 2 --seconds 0.1 --costs 0',
        "two goals, a tenth of a second for each figure, after a path that costs nothing",
        needs=("lean",),
    ),
    # -- one statement
    "aitp prove --env aitp/Propositional-v0 'p & q -> q & p'": Runs(quick=True),
    'aitp prove "!m n. m + n = n + m ==> n + m = m + n"': Runs(needs=("hollight",)),
    'aitp prove --env aitp/HOL4-v0 "!l m. LENGTH (l ++ m) = LENGTH m + LENGTH l"': Runs(needs=("hol4",)),
    'aitp prove --env aitp/Lean-v0 "∀ m n : Nat, m + n = n + m"': Runs(needs=("lean",)),
    # -- the loop
    "aitp run --config-name=quickstart": Runs(
        f"aitp run --config-name=quickstart{SMALL} num_iterations=2 num_theorems=20 max_tactics=64",
        "twenty train and two validation theorems, two evaluations with a training between them",
    ),
    "aitp run --config-name=quickstart num_iterations=2 seed=7": small("aitp run --config-name=quickstart seed=7"),
    "aitp run --config-name=quickstart search_model=htps search_model.settings.policy=alpha_zero": small(
        "aitp run --config-name=quickstart search_model=htps search_model.settings.policy=alpha_zero"
    ),
    "aitp run --config-name=holist_quickstart": small("aitp run --config-name=holist_quickstart", "hollight"),
    "aitp run --config-name=holist_quickstart tac_model.encoder.kind=gnn tac_model.encoder.width=64": small(
        "aitp run --config-name=holist_quickstart tac_model.encoder.kind=gnn tac_model.encoder.width=64", "hollight"
    ),
    "aitp run --config-name=holist_quickstart num_theorems=100 tac_model.menu=hollight-no-hammer": small(
        "aitp run --config-name=holist_quickstart num_theorems=100 tac_model.menu=hollight-no-hammer", "hollight"
    ),
    "aitp run --config-name=holist_deephol": Runs(
        'aitp import holist-database "$AITP_HOLIST_DATA"/theorem_database_v1.1.textpb* && '
        f"aitp run --config-name=holist_deephol{SMALL}",
        FEW,
        ("hollight", "holist-data"),
    ),
    "aitp run --config-name=hol4": small("aitp run --config-name=hol4", "hol4"),
    "aitp run --config-name=lean_quickstart": small("aitp run --config-name=lean_quickstart", "lean"),
    _OWN_PROJECT: NotHere("it needs elan and a project with Mathlib; tests/provers/lean/test_project.py has the rest"),
    "aitp run --config-name=search_comparison": small("aitp run --config-name=search_comparison train=none"),
    "aitp run --config-name=search_comparison_holist": small(
        "aitp run --config-name=search_comparison_holist train=none", "hollight"
    ),
    _SEARCHES_LEAN: small(_SEARCHES_LEAN, "lean", without=" tac_model.ckpt_path=CHECKPOINT"),
    _SEARCHES_HOL4: small(_SEARCHES_HOL4 + " train=none", "hol4"),
    # -- RL libraries
    **{
        f"python examples/{name}.py": Runs(
            f'python "$CHECKOUT/examples/{name}.py" {less}', "some steps, without learning anything"
        )
        for name, less in (("five_lines", "2048"), ("ppo", "--total-steps 1024 --num-valid 3"))
    },
    _TRAIN: Runs(f"{_TRAIN}{FEW_STEPS}", "a hundred steps"),
    "aitp train sb3 algorithm=maskable_ppo env=propositional_menu steps=40000": Runs(
        f"{_TRAIN}{FEW_STEPS}", "a hundred steps"
    ),
    **{
        f"aitp train tacticzero env.theorem_set=propositional-{size} steps={steps}": Runs(
            f"aitp train tacticzero env.theorem_set=propositional-{size} steps=100 batch_size=2 num_valid_theorems=2",
            "a hundred steps",
        )
        for size, steps in (("medium", 40000), ("hard", 100000))
    },
    _TRAIN_FIGURE: Runs(f"{_TRAIN_FIGURE}{FEW_STEPS}", "a hundred steps of each seed"),
    "aitp bench rl --json": NotHere("it takes a quarter of an hour; tests/bench/test_rl.py has it in a small form"),
    _TRAIN_SEEDS: Runs(f"{_TRAIN_SEEDS}{FEW_STEPS}", "a hundred steps"),
    _RUN_SB3: Runs(
        f"{_TRAIN_SEEDS}{FEW_STEPS} && {_RUN_SB3}{SMALL} num_valid_theorems=2 num_theorems=0 num_iterations=1",
        "a policy of a hundred steps, two theorems",
    ),
    "aitp train rllib env=propositional_menu steps=24000 num_runners=2": Runs(
        "aitp train rllib env=propositional_menu steps=128 num_runners=1 num_valid_theorems=3"
        " settings.train_batch_size_per_learner=128",
        "a hundred steps, one runner",
    ),
    **dict.fromkeys((_CLONE, _START), Runs(_CLONED, "people's proofs of propositional logic are those of a search")),
    # -- what is left of a run
    "aitp report runs/NAME/RUN": Runs(f"{QUICK_RUN} && aitp report RUN", OWN_RUN),
    "aitp report runs/quickstart/RUN": Runs(f"{QUICK_RUN} && aitp report RUN", OWN_RUN),
    "aitp compare RUN RUN": Runs(f"{QUICK_RUN} && cp -r RUN OTHER && aitp compare RUN OTHER", OWN_RUN),
    "aitp compare runs/quickstart/RUN runs/quickstart/OTHER": Runs(
        f"{QUICK_RUN} && cp -r RUN OTHER && aitp compare RUN OTHER", OWN_RUN
    ),
    **{
        f"aitp export {run} --output found.ml{rest}": Runs(
            f"{HOLLIGHT_RUN} && aitp export RUN --output found.ml", OWN_RUN, ("hollight",)
        )
        for run, rest in (("RUN", ""), ("RUN_FOLDER", ""), ("proofs runs/holist/RUN", " --policy learned"))
    },
    "aitp export RUN --output found.sml": Runs(f"{HOL4_RUN} && aitp export RUN --output found.sml", OWN_RUN, ("hol4",)),
    "aitp export proofs RUN --output found.lean": Runs(
        f"{LEAN_RUN} && aitp export proofs RUN --output found.lean", OWN_RUN, ("lean",)
    ),
    **{
        f"aitp export traces runs/quickstart/RUN --to {to} --output {output}": Runs(
            f"{_PROVED_RUN} && aitp export traces RUN --to {to} --output {output}", OWN_RUN
        )
        for to, output in (("hf", "attempts"), ("minari", "found-v0"))
    },
    # -- whole proofs
    "aitp verify proofs.jsonl --output verdicts.jsonl": Runs(
        'printf \'{"statement": "p ==> p", "proof": "DISCH_TAC\\\\nASM_REWRITE_TAC [ ]"}\' > proofs.jsonl && '
        "aitp verify proofs.jsonl --output verdicts.jsonl --workers=0 && grep accepted verdicts.jsonl",
        "one proof, made first, in one process",
        ("hollight",),
        quick=True,
    ),
    "aitp verify proofs.jsonl --env=aitp/Lean-v0 --output verdicts.jsonl": Runs(
        'printf \'{"statement": "1 = 1", "proof": "rfl"}\' > proofs.jsonl && '
        "aitp verify proofs.jsonl --env=aitp/Lean-v0 --output verdicts.jsonl --workers=0 && "
        "grep accepted verdicts.jsonl",
        "one proof, made first, in one process",
        ("lean",),
        quick=True,
    ),
    # -- single tactics, and published data
    "aitp one-step --context strict --context holist": Runs(ONE_STEP, "two theorems", ("hollight",)),
    "aitp one-step --context strict --context holist --limit 50": Runs(ONE_STEP, "two theorems", ("hollight",)),
    "aitp one-step --context strict --context holist --tactic-timeout-s 0.25": Runs(
        ONE_STEP, "two theorems", ("hollight",)
    ),
    **{
        f"aitp import holist-database theorem_database_v1.1.textpb{packed}": Runs(
            'aitp import holist-database "$AITP_HOLIST_DATA"/theorem_database_v1.1.textpb*',
            "as it is found in AITP_HOLIST_DATA",
            ("hollight", "holist-data"),
        )
        for packed in ("", ".xz")
    },
    **{
        line: Runs(
            'aitp import holist-database "$AITP_HOLIST_DATA"/theorem_database_v1.1.textpb* && '
            'aitp conformance holist --prooflogs "$AITP_HOLIST_DATA"/prooflogs-valid-*.pbtxt',
            "the smaller of the sample logs",
            ("hollight", "holist-data"),
        )
        for line in ("aitp conformance holist", "aitp conformance holist --prooflogs prooflogs-*.pbtxt")
    },
    "aitp import holist-prooflogs prooflogs-*.pbtxt --output human": Runs(
        'aitp import holist-prooflogs "$AITP_HOLIST_DATA"/prooflogs-valid-*.pbtxt --output human',
        "the smaller of the sample logs",
        ("hollight", "holist-data"),
    ),
    **dict.fromkeys(
        (
            "aitp record hollight --json",
            "aitp record hollight --output human",
            "aitp steps human --menu hollight-full --menu hollight-people",
            "aitp steps human --menu hollight-full --menu hollight-no-hammer --menu hollight-people",
            _FROM_PEOPLE,
            _TAUGHT,
            _TAUGHT_SAT,
            "python scripts/compare_encoders.py human --output OUTPUT --epochs 3",
            f"{_FROM_PEOPLE} tac_model.ckpt_path=taught/checkpoint",
        ),
        _PEOPLE,
    ),
    "python scripts/learn_from_people.py OUTPUT": Runs(
        'python "$CHECKOUT/scripts/learn_from_people.py" OUTPUT --minutes 0', "no arm: the tables are empty"
    ),
    **{
        f"aitp conformance hol4 --goals {rest}": Runs(
            'aitp conformance hol4 --goals "$AITP_HOL4_DATA"/paper_goals.json --limit 2 --num-workers 0',
            "two goals",
            ("hol4", "hol4-data"),
        )
        for rest in ("FILE", "FILE --tactic-timeout-s 0.3", "goals.json --limit 100")
    },
    **{
        f"aitp conformance lean{limit}": Runs(
            "aitp conformance lean --limit 1 --max-tactics 8", "one theorem, and every cheat", ("lean",)
        )
        for limit in ("", " --limit 20")
    },
    **{
        f"aitp import leandojo --output human{folder}": Runs(
            'XDG_CACHE_HOME="$PWD/cache" aitp import leandojo --output human BENCHMARK', "the tests' small benchmark"
        )
        for folder in ("", " ~/leandojo_benchmark_4")
    },
    f"python -c 'from lean_dojo import *; {_TRACE}'": NotHere("it needs elan and a network"),
    # -- variables
    "export HOLDIR=~/HOL": NotHere("a folder of the reader's"),
    "export DISABLE_REMOTE_CACHE=1": Runs(quick=True),
    "export AITP_LEANDOJO_BENCHMARK=~/leandojo_benchmark_4": NotHere("a folder of the reader's"),
}

LINES = [(block.place, command) for block in blocks("sh") for command in block.commands()]
# The page on robustness lists inputs that must be refused; the tests of each kind hold it.
LINES += [
    (document, code) for document, code in spans() if ("--" in code or "=" in code) and document != "docs/robustness.md"
]


def distinct() -> list[object]:
    """Every command that runs, once, as a parameter."""
    commands: dict[str, Runs] = {}
    for line, entry in COMMANDS.items():
        if isinstance(entry, Runs):
            commands.setdefault(entry.shorter or line, entry)
    return [
        pytest.param(
            command,
            entry,
            id=f"{command} ({entry.how})" if entry.how else command,
            marks=() if entry.quick else (pytest.mark.integration, pytest.mark.timeout(600)),
        )
        for command, entry in commands.items()
    ]


def skip_without(*needs: str) -> None:
    """Skip the test if a prover is not ready or published data is not there."""
    for need in needs:
        if need in DATA:
            if not os.environ.get(DATA[need]):
                pytest.skip(f"Published data is not here: set {DATA[need]} to the folder that holds it")
        elif not (status := find(need).status()).ready:
            pytest.skip(f"{need} is not ready: {status.message}")


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a program in a folder of its own: with the user's HOL Light, but a cache of its own for published data."""
    cache, folder = tmp_path / "cache" / "aitp-gym", tmp_path / "work"
    cache.mkdir(parents=True)
    folder.mkdir()
    for prover in ("hollight", "hol4", "lean"):
        built = Path(platformdirs.user_cache_dir("aitp-gym")) / prover
        if built.exists():
            (cache / prover).symlink_to(built)
    shutil.copytree(ROOT / "tests" / "provers" / "lean" / "dojo" / "benchmark", folder / "BENCHMARK")
    environment = {
        **{key: value for key, value in os.environ.items() if key != "AITP_HOLIST_DATABASE"},
        "CHECKOUT": str(ROOT),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(arguments, cwd=folder, env=environment, capture_output=True, text=True)

    return start


def marks(block: Block) -> list[pytest.MarkDecorator]:
    """OpenEnv's package takes seconds to import."""
    return [pytest.mark.integration] if "openenv" in block.text else []


@pytest.mark.parametrize(
    "block", [pytest.param(block, id=block.place, marks=marks(block)) for block in blocks("python")]
)
def test_a_python_block_runs_and_prints_what_it_says(block: Block, run):
    skip_without(*(prover for env_id, prover in PROVERS.items() if f'"{env_id}"' in block.text))
    for variable in re.findall(r'os\.environ\["(\w+)"\]', block.text):
        if variable not in os.environ:
            pytest.skip(f"{variable} is not set")
    done = run(sys.executable, "-W", "error", "-c", block.text)
    assert done.returncode == 0, done.stderr
    printed = iter(done.stdout.splitlines())
    for promise in block.promised():
        # Each in its turn: what is read off the iterator does not come again.
        assert promise in printed, f"{block.place} promises {promise!r} and prints\n{done.stdout}"


@pytest.mark.parametrize(("command", "entry"), distinct())
def test_a_command_line_runs(command: str, entry: Runs, run):
    skip_without(*entry.needs)
    done = run("bash", "-euo", "pipefail", "-c", command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_command_line_has_an_entry_and_every_entry_a_command_line():
    unknown = [f"{place}: {line}" for place, line in LINES if line not in COMMANDS]
    assert not unknown, "say in COMMANDS how these run"
    assert set(COMMANDS) - {line for _, line in LINES} == set(), "these are in no document any more"


def test_what_is_not_run_as_it_stands_is_explained():
    assert all(entry.why for entry in COMMANDS.values() if isinstance(entry, NotHere))
    assert all(bool(entry.shorter) == bool(entry.how) for entry in COMMANDS.values() if isinstance(entry, Runs))


def test_code_is_in_blocks_of_known_languages_so_that_none_escapes():
    assert {block.language for block in blocks()} <= {"", "sh", "python", "console", "yaml", "lean"}
    for block in blocks(""):
        assert not re.search(r"^(\$ |aitp |make |import |pip )", block.text, re.MULTILINE), block.place
    for path in {block.document for block in blocks()}:
        assert not re.search(r"^    (aitp|make|pip|python) ", (ROOT / path).read_text(), re.MULTILINE), path


def test_every_python_block_can_be_read_by_itself():
    for block in blocks("python"):
        imports = [node for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Import)]
        assert "aitp_gym" in {alias.name for node in imports for alias in node.names}, f"{block.place}: import aitp_gym"


def test_commands_in_running_text_exist():
    root = typer.main.get_command(app)
    for document, code in spans():
        command = root
        for word in shlex.split(code)[1:]:
            if not (commands := getattr(command, "commands", None)):
                break
            assert word in commands, f"{document}: `{code}`"
            command = commands[word]
