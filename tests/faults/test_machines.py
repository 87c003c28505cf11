"""Strange machines and other users: no home, no name, a cache that is read-only, folders of somebody else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from aitp_gym.cache import cache_root

USER = 42_424  # nobody's
AS_USER = ("setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups")
# To read everything, and write no more than anybody: checkouts often lie where nobody else may look.
READ_ALL = ("--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")

pytestmark = pytest.mark.skipif(
    os.getuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv, to be another user"
)
Aitp = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def public() -> Iterator[Path]:
    """A folder of root's that everybody may look into; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="aitp-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def aitp(public) -> Iterator[Aitp]:
    """Calls the command line as a user without name, home and environment."""

    def call(*arguments: object, **environment: object) -> subprocess.CompletedProcess[str]:
        variables = {"PATH": os.environ["PATH"], "AITP_RUNTIME_DIR": f"/tmp/aitp-test-{USER}", **environment}
        command = [*AS_USER, *READ_ALL, sys.executable, "-m", "aitp_gym.cli", *arguments]
        return subprocess.run(
            list(map(str, command)),
            env={name: str(value) for name, value in variables.items()},
            cwd=public,
            capture_output=True,
            text=True,
            timeout=150,
        )

    yield call
    shutil.rmtree(f"/tmp/aitp-test-{USER}", ignore_errors=True)


def one_sentence(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("aitp: ")
    assert len(done.stderr.splitlines()) == 1
    for part in parts:
        assert part in done.stderr


def test_without_home_and_name_all_that_can_work_works(aitp):
    found = aitp("doctor")
    assert found.returncode == 0, found.stderr
    assert "ready     propositional" in found.stdout
    proved = aitp("prove", "--env=aitp/Propositional-v0", "p -> p")
    assert (proved.returncode, proved.stderr) == (0, "")


@pytest.mark.parametrize("home", [{}, {"HOME": "/nonexistent"}, {"HOME": "/"}], ids=["unset", "missing", "of root"])
def test_a_prover_that_has_to_be_built_says_what_to_set(lean, aitp, home):
    one_sentence(aitp("prove", "--env=aitp/Lean-v0", "1 = 1", **home), "AITP_CACHE_DIR")


@pytest.mark.parametrize("mode", [0o755, 0o700], ids=["open", "closed"])
def test_the_home_of_another_user_is_no_place_to_build_in(hol4, aitp, public, mode):
    (public / "home").mkdir()
    (public / "home").chmod(mode)
    environment = {"HOME": public / "home", "HOLDIR": os.environ.get("HOLDIR") or _hol4_directory()}
    one_sentence(aitp("prove", "--env=aitp/HOL4-v0", "p ==> p", **environment), "AITP_CACHE_DIR")
    assert list((public / "home").iterdir()) == []


@pytest.mark.integration
def test_a_library_that_is_missing_in_a_read_only_cache_is_exported_for_this_process(hol4, aitp, public):
    from aitp_gym.provers.hol4.heap import build

    heap = build()
    folder = public / "cache" / heap.directory.relative_to(cache_root())
    folder.mkdir(parents=True)
    for path in heap.directory.iterdir():
        if path.name != "library.parquet":
            (folder / path.name).symlink_to(path)
    environment = {"AITP_CACHE_DIR": public / "cache", "HOLDIR": heap.installation.directory}
    done = aitp("prove", "--env=aitp/HOL4-v0", "--max-tactics=64", "p ==> p", **environment)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / "library.parquet").exists()


def test_a_finished_cache_that_is_read_only_is_used(hol4, aitp):
    """Lean drops what lets this test read everything, so HOL4 stands for it where the checkout is private."""
    environment = {"AITP_CACHE_DIR": cache_root(), "HOLDIR": os.environ.get("HOLDIR") or _hol4_directory()}
    done = aitp("prove", "--env=aitp/HOL4-v0", "--max-tactics=64", "p ==> p", **environment)
    assert (done.returncode, done.stderr) == (0, "")


def _hol4_directory() -> Path:
    from aitp_gym.provers.hol4.installation import Installation

    return Installation.find().directory


def test_a_run_folder_that_is_read_only_is_one_sentence(aitp, public):
    few = ("num_theorems=2", "num_valid_theorems=1", "max_tactics=2", "logging_config.id=null", "num_iterations=1")
    run = ("run", "--config-name=quickstart", "num_workers=0", "baselines=[]", *few)
    one_sentence(aitp(*run, f"exp_config.directory={public}/run"), f"{public}/run cannot be written")
    made = subprocess.run(
        [sys.executable, "-m", "aitp_gym.cli", *run, f"exp_config.directory={public}/run"], capture_output=True
    )
    assert made.returncode == 0, made.stderr
    one_sentence(aitp("report", public / "run"), f"{public}/run/report.json cannot be written")
    one_sentence(aitp(*run, f"exp_config.directory={public}/run", "exp_config.resume=true"), "cannot be written")


def test_folders_that_another_user_has_made_are_refused(aitp, public):
    """Here root is the other user."""
    for name, mode in (("open", 0o777), ("closed", 0o700)):
        folder = public / name
        folder.mkdir()
        folder.chmod(mode)
        found = aitp("doctor", AITP_RUNTIME_DIR=folder, AITP_CACHE_DIR=cache_root())
        assert found.returncode == 0, found.stderr
        assert "ready     propositional" in found.stdout
        assert f"{folder} must be a folder of this user with mode 0700, found uid 0" in found.stdout
