import importlib.util
import json
import os
import socket
import subprocess
import sys

import pytest

needs_wandb = pytest.mark.skipif(importlib.util.find_spec("wandb") is None, reason="wandb is not installed")

MIRROR = """
import sys
from pathlib import Path
from aitp_gym.proof import Attempt, Budget, Proof, ProofStep, Spent, Theorem, Verdict
from aitp_gym.traces import TraceWriter
from aitp_gym.experiments.reports.report import write_report
from aitp_gym.experiments.run_folder import RunFolder
from aitp_gym.experiments.wandb_mirror import WandbMirror
from aitp_gym.wandb_run import WandbRun

with RunFolder.create(Path(sys.argv[1]), {"seed": 1}) as folder:
    with TraceWriter(folder.traces) as writer:
        theorem = Theorem("conj_comm", "|- a /\\\\ b ==> b /\\\\ a", "hollight", split="valid")
        proof = Proof((ProofStep("CONJ_TAC", "goal", (1,)), ProofStep("ITAUT_TAC", "goal", ())))
        attempt = Attempt(
            theorem, "proved", (), Budget(max_tactics=8), Spent(), "", Verdict.accept(), proof, 1, proved_at=2
        )
        writer.write(attempt, iteration=0, policy="learned")
    report = write_report(folder.path)
    with WandbRun.start(folder.path, id="abc123", name="test", config={"seed": 1}) as run:
        mirror = WandbMirror(run, folder.path)
        mirror.log(report)
        mirror.log(report)
        run.close()
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
