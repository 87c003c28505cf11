"""Damaged files of every format that is read end in an error of ours, or are read: nothing else, in bounded time.

`AITP_FUZZ_EXAMPLES` says how many of each (2,000), `AITP_FUZZ_SEED` which. What a run finds becomes a test of its own.
"""

from __future__ import annotations

import io
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rich.console import Console

from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.experiments.checkpoints import Checkpoint, LoopState
from aitp_gym.experiments.reports.report import write_report
from aitp_gym.experiments.reports.report_table import print_table
from aitp_gym.experiments.run_folder import RunFolder
from aitp_gym.experiments.train_command import _read_result
from aitp_gym.menus import Menu
from aitp_gym.menus.registry import find_menu
from aitp_gym.proof import Goal
from aitp_gym.theorems.files import read_theorems
from aitp_gym.traces import TraceReader, TraceWriter
from aitp_gym.traces.records import read_records, to_record

from ..agents.goal_models.tiny_t5 import save_tiny_t5
from ..traces.conftest import make
from .mutate import mutated_bytes, mutated_table, mutated_text
from .run_fuzz import fuzz

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]
MENU = "propositional"
Mutation = Callable[[bytes, random.Random], bytes]


def file_writer(path: Path, mutation: Mutation) -> Callable[[random.Random], object]:
    """Writes damaged versions of a file in its place."""
    seed = path.read_bytes()
    return lambda rng: path.write_bytes(mutation(seed, rng))


def read_run(folder: Path) -> None:
    """What `aitp report` and `aitp export` do with a run."""
    print_table(write_report(folder), Console(file=io.StringIO(), markup=False))
    list(TraceReader(folder).records(with_search=True))


@pytest.fixture
def run(tmp_path) -> Path:
    """A finished run of two policies, the second iteration not compacted."""
    folder = tmp_path / "run"
    config = {"seed": 1, "exp_config": {"name": "fuzzed"}, "searches": {}, "search_model": {"_target_": "a.B"}}
    with RunFolder.create(folder, config, versions={"policy.menu_digest": "d"}) as made:
        with TraceWriter(made.traces) as writer:
            for iteration in (0, 1):
                for policy in ("learned", "uniform"):
                    for name, at in (("a", 2), ("b", None)):
                        attempt = make(name, 3, split="valid", proved_at=at)
                        writer.write(attempt, iteration=iteration, policy=policy)
            writer.compact(0)
        state = LoopState(folder)
        state.add(Checkpoint(0, 0, "tac_model.ckpt_path", "checkpoints/0", None, {"loss": 1.0}, 2.0))
    return folder


@pytest.mark.parametrize("name", ["attempts", "steps", "search_events"])
def test_damaged_tables(run, tmp_path, name):
    path = run / "traces" / "iteration-0000-00" / f"{name}.parquet"
    assert fuzz(file_writer(path, mutated_bytes), lambda: read_run(run), tmp_path / "found") == ""


@pytest.mark.parametrize("name", ["attempts", "steps", "search_events"])
def test_tables_with_strange_values(run, tmp_path, name):
    path = run / "traces" / "iteration-0000-00" / f"{name}.parquet"
    table = pq.read_table(path)
    prepare = lambda rng: pq.write_table(mutated_table(table, rng), path)  # noqa: E731
    assert fuzz(prepare, lambda: read_run(run), tmp_path / "found") == ""


def test_damaged_spools(run, tmp_path):
    path = run / "traces" / "iteration-0001-00.spool"
    payloads = [bytes(payload) for payload, _ in read_records(path.read_bytes(), path)]

    def prepare(rng: random.Random) -> None:
        damaged = list(payloads)
        place = rng.randrange(len(damaged))
        damaged[place] = mutated_bytes(damaged[place], rng)
        path.write_bytes(b"".join(map(to_record, damaged)))

    assert fuzz(prepare, lambda: read_run(run), tmp_path / "found") == ""


@pytest.mark.parametrize("version", ["schema_2", "schema_3"])
def test_damaged_spools_of_earlier_versions(tmp_path, version):
    folder = tmp_path / "traces"
    shutil.copytree(Path(__file__).parent.parent / "traces" / version / "traces", folder)
    (path,) = folder.glob("*.arrows")
    read = lambda: list(TraceReader(folder).records())  # noqa: E731
    assert fuzz(file_writer(path, mutated_bytes), read, tmp_path / "found") == ""


@pytest.mark.parametrize("name", ["run.json", "state.json"])
def test_damaged_records_of_a_run(run, tmp_path, name):
    def read() -> None:
        if name == "state.json":
            state = LoopState(run)
            state.iterations_trained(1), state.frequency()
        else:
            read_run(run)

    assert fuzz(file_writer(run / name, mutated_text), read, tmp_path / "found") == ""


def test_damaged_reports(run, tmp_path):
    write_report(run)
    from aitp_gym.cli.report import print_report

    assert fuzz(file_writer(run / "report.json", mutated_text), lambda: print_report(run), tmp_path / "found") == ""


@pytest.mark.parametrize("part", ["config.json", "weights.npz"])
@pytest.mark.parametrize("kind", ["menu", "value"])
def test_damaged_checkpoints(tmp_path, kind, part):
    folder = tmp_path / "checkpoint"
    encoder = {"width": 4, "buckets": 16}
    policy = MenuPolicy(MENU, encoder=encoder) if kind == "menu" else ValueNetwork(encoder=encoder, hidden=4)
    policy.save(folder)
    read = (lambda: MenuPolicy(MENU, folder)) if kind == "menu" else (lambda: ValueNetwork(folder))
    mutation = mutated_text if part == "config.json" else mutated_bytes
    assert fuzz(file_writer(folder / part, mutation), read, tmp_path / "found") == ""


@pytest.mark.parametrize("part", ["config.json", "tokenizer_config.json", "model.safetensors"])
def test_damaged_seq2seq_checkpoints(tmp_path, part):
    pytest.importorskip("transformers", reason="not installed: pip install 'aitp-gym[transformers]'")
    from aitp_gym.agents.goal_models.seq2seq import Seq2SeqGoalModel

    folder = save_tiny_t5(tmp_path / "checkpoint")
    mutation = mutated_bytes if part == "model.safetensors" else mutated_text
    read = lambda: Seq2SeqGoalModel(folder).score([Goal.single("p → p")])  # noqa: E731
    assert fuzz(file_writer(folder / part, mutation), read, tmp_path / "found") == ""


def test_damaged_frequencies(tmp_path):
    path = tmp_path / "frequency.json"
    FrequencyPolicy(MENU).save(path)
    assert fuzz(file_writer(path, mutated_text), lambda: FrequencyPolicy(MENU, path), tmp_path / "found") == ""


@pytest.mark.parametrize("name", ["propositional", "hollight-full"])
def test_damaged_menus(tmp_path, name):
    path = tmp_path / "menu.toml"
    shutil.copy(find_menu(name), path)

    def read() -> None:
        menu = Menu.load(path)
        for candidate in menu.candidates(["ADD_SYM", "ADD_ASSOC"], "h : p\n⊢ p"):
            menu.parse(candidate.tactic)

    assert fuzz(file_writer(path, mutated_text), read, tmp_path / "found") == ""


@pytest.mark.parametrize("suffix", ["txt", "jsonl"])
def test_damaged_theorem_files(tmp_path, propositional, suffix):
    path = tmp_path / f"theorems.{suffix}"
    statements = ["p & q -> q & p", "~~(p | ~p)", "(p -> q) -> (q -> r) -> p -> r"]
    if suffix == "jsonl":
        statements = [json.dumps({"statement": text, "name": text, "split": "test"}) for text in statements]
    path.write_text("\n".join(statements))
    read = lambda: read_theorems(path, propositional.parse)  # noqa: E731
    assert fuzz(file_writer(path, mutated_text), read, tmp_path / "found") == ""


def test_damaged_results_of_training(tmp_path):
    path = tmp_path / "result.json"
    content = {"checkpoint": str(tmp_path), "frequency": str(tmp_path), "metrics": {"loss": 1.0, "steps": [1, 2]}}
    path.write_text(json.dumps(content))
    read = lambda: _read_result(path, tmp_path / "log")  # noqa: E731
    assert fuzz(file_writer(path, mutated_text), read, tmp_path / "found") == ""


@pytest.fixture
def published(tmp_path, monkeypatch) -> Callable[[str], Path]:
    """Small files in the form of HOList's published data; what is made of them is kept apart from the user's cache."""
    pytest.importorskip("google.protobuf", reason="protobuf is not installed: pip install 'aitp-gym[holist]'")
    from google.protobuf import text_format

    from aitp_gym.provers.hollight.holist.proto import deephol_pb2 as logs_pb
    from aitp_gym.provers.hollight.holist.proto import proof_assistant_pb2 as pb

    monkeypatch.setenv("AITP_CACHE_DIR", str(tmp_path / "cache"))
    theorems = [
        pb.Theorem(conclusion=f"(v (bool) p{n})", tag=pb.Theorem.THEOREM, fingerprint=n + 1, library_tag=["core"])
        for n in range(3)
    ]
    step = logs_pb.TacticApplication(
        tactic="X_GEN_TAC",
        parameters=[logs_pb.TacticParameter(parameter_type=logs_pb.Tactic.TERM, term="(v A x)")],
        subgoals=theorems[1:],
        result=logs_pb.TacticApplication.SUCCESS,
    )
    node = logs_pb.ProofNode(goal=theorems[0], proofs=[step], status=logs_pb.ProofNode.PROVED)
    messages = {
        "logs.pbtxt": logs_pb.ProofLog(nodes=[node], theorem_in_database=theorems[0]),
        "database.textpb": pb.TheoremDatabase(theorems=theorems),
    }

    def write(name: str) -> Path:
        path = tmp_path / name
        path.write_text(text_format.MessageToString(messages[name], as_one_line=name == "logs.pbtxt"))
        return path

    return write


def test_damaged_proof_logs(published, tmp_path):
    from aitp_gym.provers.hollight.holist.prooflogs import read_logs

    path = published("logs.pbtxt")
    assert len(list(read_logs(path))) == 1
    assert fuzz(file_writer(path, mutated_text), lambda: list(read_logs(path)), tmp_path / "found") == ""


def test_damaged_theorem_databases(published, tmp_path):
    from aitp_gym.provers.hollight.holist.database import Database

    path = published("database.textpb")
    assert len(Database.load(path).entries) == 3
    assert fuzz(file_writer(path, mutated_text), lambda: Database.load(path), tmp_path / "found") == ""
