"""LeanDojo as a prover: what it needs, what it can be asked to prove, and as an environment."""

from __future__ import annotations

import json
import pickle
import shutil
from pathlib import Path

import gymnasium
import pytest
from gymnasium.utils.env_checker import check_env

import aitp_gym  # noqa: F401  # registers the ids
from aitp_gym.errors import BadInput, DependencyNotInstalled, ProverUnavailable, StatementError
from aitp_gym.proof import Proof, ProofStep, Subgoals, Theorem
from aitp_gym.provers import sandbox
from aitp_gym.provers.base import Prover, ProverSession
from aitp_gym.provers.lean.dojo import repository
from aitp_gym.provers.lean.dojo.benchmark import VARIABLE
from aitp_gym.provers.lean.dojo.entry import TracedTheorem
from aitp_gym.provers.lean.dojo.prover import LeanDojo
from aitp_gym.provers.lean.dojo.status import status

COMMIT = "7b6ecb9ad4829e4e73600a3329baeb3b5df8d23f"
REPOSITORY = f"https://github.com/yangky11/lean4-example@{COMMIT}"


def test_it_follows_the_protocols_and_says_what_it_is(prover):
    assert isinstance(prover, Prover)
    assert prover.versions == {
        "lean": "4.20.0",
        "lean_backend": "dojo",
        "lean_dojo": "4.20.0",
        "lean_repository": REPOSITORY,
        "lean_sandbox": sandbox.choose(),
    }
    session = prover.start(prover.parse("Lean4Example.lean:both"))
    assert isinstance(session, ProverSession)
    session.close()


def test_pickling_leaves_the_processes_behind(prover):
    copy = pickle.loads(pickle.dumps(prover))
    assert copy.versions == prover.versions
    session = copy.start(copy.parse("Lean4Example.lean:both"))
    assert session.apply(session.root, ["split"], 1.0)[0].goals
    session.close()
    copy.close()


def test_a_theorem_of_the_repository_is_found_by_file_and_name(prover):
    theorem = prover.parse("Lean4Example.lean:deep")
    assert theorem.statement == "theorem deep : True ∧ True ∧ True"
    line = (prover.traced.directory / "Lean4Example.lean").read_text().splitlines()[theorem.payload.start[0] - 1]
    assert line.startswith(theorem.statement)
    source = prover.source(theorem)
    assert source.signature == theorem.statement
    assert source.preamble.endswith("theorem both : True ∧ True := by\n  trivial\n\n")


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("Lean4Example.lean:nothing", "no theorem nothing"),
        ("Elsewhere.lean:both", "Expected a Lean file at Elsewhere.lean"),
        ("", "Expected a proposition"),
        ("unreadable", "unknown identifier 'unreadable'"),
    ],
)
def test_a_statement_that_cannot_be_read_is_refused(prover, statement, words):
    with pytest.raises(StatementError, match=words):
        prover.parse(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "True ∧ True",
        "/-- Nested /- comments -/ and «symbols» 𝔸. -/\n@[simp] theorem mine : True ∧ True := by sorry",
        "-- First /-\ndef one := 1 -- one\n/- a /- b -/ theorem c : p := q -/\n\ntheorem mine : True ∧ True",
    ],
)
def test_a_statement_that_is_not_in_the_repository_is_proved_in_its_context(prover, statement):
    theorem = prover.parse(statement)
    session = prover.start(theorem)
    assert session.root.text == "⊢ True ∧ True"
    left, right = session.apply(session.root, ["split"], 1.0)[0].goals
    assert session.apply(left, ["die 1"], 1.0)[0].kind == "crash"
    assert isinstance(session.apply(right, ["trivial"], 1.0)[0], Subgoals)
    session.close()
    directory = prover.traced.directory
    assert [
        path for path in directory.rglob("*") if path.is_file() and "aitp" in str(path.relative_to(directory))
    ] == []


def test_theorems_of_other_provers_and_repositories_are_refused(prover):
    with pytest.raises(BadInput, match="for 'hol4', not for 'lean'"):
        prover.start(Theorem("t", "p", "hol4"))
    elsewhere = TracedTheorem(f"https://github.com/other/one@{COMMIT}", "Lean4Example.lean", "both", (1, 1))
    with pytest.raises(BadInput, match="other/one"):
        prover.start(Theorem("t", "p", "lean", payload=elsewhere))


def test_a_check_that_cannot_be_made_is_unavailable(prover):
    """The stand-in is no Lean, so no proof is ever accepted here."""
    theorem = prover.parse("Lean4Example.lean:True")
    verdict = prover.check(theorem, Proof((ProofStep("trivial", "⊢ True", ()),)), 5.0)
    assert (verdict.status, "Lean was not found" in verdict.reason) == ("unavailable", True)


@pytest.mark.parametrize("text", ["", "nothing", "https://github.com/a/b", "https://github.com/a/b@main"])
def test_a_repository_is_named_by_url_and_full_commit(traced, text):
    with pytest.raises(BadInput, match="URL@COMMIT"):
        LeanDojo(text)


def test_a_repository_that_is_not_traced_is_not_traced_behind_ones_back(traced):
    with pytest.raises(ProverUnavailable, match=r"found none. To trace it, once: python -c .*trace\(LeanGitRepo"):
        LeanDojo(f"https://github.com/a/b@{COMMIT}")


@pytest.mark.parametrize(
    "url", ["git@github.com:yangky11/lean4-example.git", "https://github.com/yangky11/lean4-example/"]
)
def test_a_url_may_be_written_in_several_ways(traced, url):
    assert repository.locate(f"{url}@{COMMIT}").directory == traced


def test_missing_tools_are_named_with_what_to_do(traced, monkeypatch, tmp_path):
    assert status().ready
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "git").touch(0o755)
    with pytest.raises(ProverUnavailable, match="`lake`, which is not on PATH: install elan"):
        LeanDojo(REPOSITORY)
    assert "`lake`" in status().message
    monkeypatch.setattr(repository, "find_spec", lambda _: None)
    with pytest.raises(DependencyNotInstalled, match=r"pip install 'aitp-gym\[lean\]'"):
        LeanDojo(REPOSITORY)


@pytest.mark.parametrize(("setting", "value"), [("memory_mb", 10), ("open_timeout_s", 0)])
def test_settings_out_of_range_are_refused(traced, setting, value):
    with pytest.raises(BadInput, match=setting):
        LeanDojo(REPOSITORY, **{setting: value})


@pytest.fixture
def statements(tmp_path) -> Path:
    path = tmp_path / "statements.txt"
    path.write_text("Lean4Example.lean:both\n")
    return path


@pytest.mark.filterwarnings("ignore::UserWarning:gymnasium")
def test_the_environment_is_a_gymnasium_environment(prover, statements):
    settings = {"theorem_set": str(statements), "split": "test", "repository": REPOSITORY, "memory_mb": 512}
    env = gymnasium.make("aitp/LeanDojo-v0", **settings)
    json.dumps(env.spec.kwargs)
    check_env(env.unwrapped, skip_render_check=True)
    observation, _ = env.reset(options={"theorem": "statements.txt:1"})
    assert observation["theorem"] == "theorem both : True ∧ True"
    observation, reward, terminated, truncated, info = env.step({"goal": 0, "tactic": "split"})
    assert (observation["count"], reward, terminated, truncated) == (2, 0.0, False, False), info
    env.close()


def test_the_benchmark_is_the_default_and_gives_the_premises(prover, tmp_path, monkeypatch):
    shutil.copytree(Path(__file__).with_name("benchmark"), tmp_path / "benchmark")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv(VARIABLE, str(tmp_path / "benchmark"))
    env = gymnasium.make("aitp/LeanDojo-v0", memory_mb=512).unwrapped
    assert env.prover.versions["lean_repository"] == REPOSITORY
    bar = env.theorems["bar"]
    assert [premise.name for premise in env.prover.premises(bar)] == ["id", "rfl", "Iff", "hello_world", "foo"]
    own = Theorem("own", "True", "lean")
    assert len(env.prover.premises(own)) == len(env.prover.library.entries) == 9
    env.close()
