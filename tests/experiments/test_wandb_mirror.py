import importlib.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from aitp_gym.errors import ConfigError, DependencyNotInstalled
from aitp_gym.experiments.wandb_mirror import WandbMirror

needs_wandb = pytest.mark.skipif(importlib.util.find_spec("wandb") is None, reason="wandb is not installed")

MIRROR = """
import sys
from pathlib import Path
from aitp_gym.proof import Attempt, Budget, Proof, ProofStep, Spent, Theorem, Verdict
from aitp_gym.traces import TraceWriter
from aitp_gym.experiments.reports.report import write_report
from aitp_gym.experiments.run_folder import RunFolder
from aitp_gym.experiments.wandb_mirror import WandbMirror

with RunFolder.create(Path(sys.argv[1]), {"seed": 1}) as folder:
    with TraceWriter(folder.traces) as writer:
        theorem = Theorem("conj_comm", "|- a /\\\\ b ==> b /\\\\ a", "hollight", split="valid")
        proof = Proof((ProofStep("CONJ_TAC", "goal", (1,)), ProofStep("ITAUT_TAC", "goal", ())))
        attempt = Attempt(
            theorem, "proved", (), Budget(max_tactics=8), Spent(), "", Verdict.accept(), proof, 1, proved_at=2
        )
        writer.write(attempt, iteration=0, policy="learned")
    report = write_report(folder.path)
    with WandbMirror.start(folder.path, id="abc123", name="test", config={"seed": 1}) as mirror:
        mirror.log(report)
        mirror.log(report)
        mirror.close()
"""


@needs_wandb
def test_the_mirror_stays_inside_the_run_folder_offline_and_silent(tmp_path):
    home, here, run = tmp_path / "home", tmp_path / "here", tmp_path / "run"
    home.mkdir()
    here.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("WANDB", "XDG"))}
        environment = {
            **kept,
            "HOME": str(home),
            "WANDB_BASE_URL": f"http://127.0.0.1:{server.getsockname()[1]}",
            "WANDB_API_KEY": "0" * 40,
        }
        done = subprocess.run(
            [sys.executable, "-c", MIRROR, run], cwd=here, env=environment, capture_output=True, text=True, timeout=120
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        server.setblocking(False)
        with pytest.raises(BlockingIOError):  # Nobody called.
            server.accept()
    assert list(home.rglob("*")) == []
    assert list(here.rglob("*")) == []
    [table] = run.glob("wandb/offline-run-*/files/media/table/valid/learned/*.table.json")
    content = json.loads(table.read_text())
    assert content["columns"] == ["iteration", "theorem", "statement", "tactics", "proof"]
    assert content["data"] == [[0, "conj_comm", "|- a /\\ b ==> b /\\ a", 2, "CONJ_TAC\nITAUT_TAC"]]
    [log] = run.glob("wandb/offline-run-*/*.wandb")
    written = log.read_bytes()
    for metric in (b"valid/learned/proved", b"valid/learned/proved_within/8", b"valid/learned/wall_s"):
        assert metric in written


def test_without_an_id_there_is_no_mirror(tmp_path):
    with WandbMirror.start(tmp_path, id=None) as mirror:
        mirror.log({"baselines": [], "iterations": [{"iteration": 0, "split": "valid", "policy": "learned"}]})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [("WANDB_MODE", "disabled"), ("WANDB_DISABLED", "true")])
def test_the_environment_turns_the_mirror_off(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    for offline in (True, False):
        with WandbMirror.start(tmp_path, id="abc", offline=offline) as mirror:
            mirror.log({"baselines": [], "iterations": [{"iteration": 0, "split": "valid", "policy": "learned"}]})
    assert list(tmp_path.iterdir()) == []


def test_the_mode_of_the_environment_wins_over_the_configuration(tmp_path, monkeypatch):
    # Only online does a missing package matter.
    monkeypatch.setitem(sys.modules, "wandb", None)
    monkeypatch.setenv("WANDB_MODE", "offline")
    WandbMirror.start(tmp_path, id="abc", offline=False).close()
    monkeypatch.setenv("WANDB_MODE", "online")
    with pytest.raises(DependencyNotInstalled, match="WANDB_MODE=online"):
        WandbMirror.start(tmp_path, id="abc", offline=True)
    monkeypatch.setenv("WANDB_MODE", "sometimes")
    with pytest.raises(ConfigError, match="disabled, offline or online, got 'sometimes'"):
        WandbMirror.start(tmp_path, id="abc")


def test_a_missing_package_matters_only_online(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with WandbMirror.start(tmp_path, id="abc") as mirror:
        mirror.log({"baselines": [], "iterations": [{"iteration": 0, "split": "valid", "policy": "learned"}]})
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DependencyNotInstalled, match=r"pip install 'aitp-gym\[wandb\]'"):
        WandbMirror.start(tmp_path, id="abc", offline=False)


@needs_wandb
@pytest.mark.integration
@pytest.mark.parametrize("kind", ["pipe", "link to nothing"])
def test_what_lies_in_the_place_of_its_folder_leaves_the_run_without_a_mirror(tmp_path, kind):
    place = tmp_path / "wandb"
    os.mkfifo(place) if kind == "pipe" else place.symlink_to(tmp_path / "nothing")
    code = (
        "import logging, sys; from pathlib import Path; logging.basicConfig(format='%(message)s')\n"
        "from aitp_gym.experiments.wandb_mirror import WandbMirror\n"
        "WandbMirror.start(Path(sys.argv[1]), id='abc').close()\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WANDB")}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], env=kept, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stderr.startswith("W&B does not start, so the run is not mirrored: ")
    assert len(done.stderr.splitlines()) == 1
    assert os.listdir(tmp_path) == ["wandb"]


class _FailingRun:
    """A W&B run whose every call fails, as one does when its service has died."""

    def log(self, values: object) -> None:
        raise RuntimeError("service is gone")

    finish = log


def test_a_failure_of_wandb_never_reaches_the_run(tmp_path: Path, caplog):
    mirror = WandbMirror(_FailingRun(), tmp_path)
    mirror.log({"baselines": [], "iterations": [{"iteration": 0, "split": "valid", "policy": "learned"}]})
    mirror.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@needs_wandb
def test_a_refusal_online_says_how_to_go_on_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ConfigError, match=r"logging_config\.offline=true"):
        WandbMirror.start(tmp_path / "run", id="abc", offline=False)
