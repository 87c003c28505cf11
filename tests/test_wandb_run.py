"""Runs in W&B: when there is one, and what its failures do."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aitp_gym.errors import ConfigError, DependencyNotInstalled
from aitp_gym.wandb_run import WandbRun

needs_wandb = pytest.mark.skipif(importlib.util.find_spec("wandb") is None, reason="wandb is not installed")


def test_without_an_id_nothing_is_sent(tmp_path):
    with WandbRun.start(tmp_path, id=None) as run:
        run.log(lambda: {"steps": 1})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "value"), [("WANDB_MODE", "disabled"), ("WANDB_DISABLED", "true")])
def test_the_environment_turns_it_off(tmp_path, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    for offline in (True, False):
        with WandbRun.start(tmp_path, id="abc", offline=offline) as run:
            run.log(lambda: {"steps": 1})
    assert list(tmp_path.iterdir()) == []


def test_the_mode_of_the_environment_wins_over_the_configuration(tmp_path, monkeypatch):
    # Only online does a missing package matter.
    monkeypatch.setitem(sys.modules, "wandb", None)
    monkeypatch.setenv("WANDB_MODE", "offline")
    WandbRun.start(tmp_path, id="abc", offline=False).close()
    monkeypatch.setenv("WANDB_MODE", "online")
    with pytest.raises(DependencyNotInstalled, match="WANDB_MODE=online"):
        WandbRun.start(tmp_path, id="abc", offline=True)
    monkeypatch.setenv("WANDB_MODE", "sometimes")
    with pytest.raises(ConfigError, match="disabled, offline or online, got 'sometimes'"):
        WandbRun.start(tmp_path, id="abc")


def test_a_missing_package_matters_only_online(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with WandbRun.start(tmp_path, id="abc") as run:
        run.log(lambda: {"steps": 1})
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DependencyNotInstalled, match=r"pip install 'aitp-gym\[wandb\]'"):
        WandbRun.start(tmp_path, id="abc", offline=False)


@needs_wandb
@pytest.mark.integration
@pytest.mark.parametrize("kind", ["pipe", "link to nothing"])
def test_what_lies_in_the_place_of_its_folder_leaves_nothing_sent(tmp_path, kind):
    place = tmp_path / "wandb"
    os.mkfifo(place) if kind == "pipe" else place.symlink_to(tmp_path / "nothing")
    code = (
        "import logging, sys; from pathlib import Path; logging.basicConfig(format='%(message)s')\n"
        "from aitp_gym.wandb_run import WandbRun\n"
        "WandbRun.start(Path(sys.argv[1]), id='abc').close()\n"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WANDB")}
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], env=kept, capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stderr.startswith("W&B does not start, so nothing is sent: ")
    assert len(done.stderr.splitlines()) == 1
    assert os.listdir(tmp_path) == ["wandb"]


class _FailingRun:
    """A W&B run whose every call fails, as one does when its service has died."""

    def log(self, values: object) -> None:
        raise RuntimeError("service is gone")

    finish = log


def test_a_failure_of_wandb_never_reaches_the_run(tmp_path: Path, caplog):
    run = WandbRun(_FailingRun(), tmp_path)
    run.log(lambda: {"steps": 1})
    run.close()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@needs_wandb
def test_a_refusal_online_says_how_to_go_on_offline(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("WANDB_API_KEY", raising=False)
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    with pytest.raises(ConfigError, match=r"logging_config\.offline=true"):
        WandbRun.start(tmp_path / "run", id="abc", offline=False, setting="logging_config.offline")
