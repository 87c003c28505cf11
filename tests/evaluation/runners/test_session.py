import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from aitp_gym.errors import AitpError
from aitp_gym.evaluation.runners import session
from aitp_gym.evaluation.runners.resources import Resources
from aitp_gym.evaluation.runners.session import RaySession

pytest.importorskip("ray", reason="the rllib extra is not installed")


def test_an_address_where_nobody_answers_is_named_at_once():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    with (
        pytest.raises(AitpError, match=f"{address}.*ray start --head.*ray_address=null"),
        RaySession(Resources(1), address),
    ):
        pass


def test_an_address_that_is_none_is_named():
    with pytest.raises(AitpError, match="nonsense"), RaySession(Resources(1), "nonsense"):
        pass


def test_what_ray_writes_lies_where_nobody_else_can_look():
    folder = session._folder()
    folder.rmdir()
    assert folder.parent.stat().st_mode & 0o777 == 0o700


def test_ray_s_secret_is_kept_at_home_where_there_is_one_that_can_be_written(monkeypatch, tmp_path):
    for name in ("RAY_AUTH_TOKEN_PATH", "RAY_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert session._home_keeps_token()
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file"))
    assert not session._home_keeps_token()
    monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(tmp_path / "token"))
    assert session._home_keeps_token()


@pytest.mark.integration
def test_ray_starts_without_a_home_and_its_secret_goes_with_the_session(tmp_path):
    (tmp_path / "file").touch()
    code = (
        "import os\n"
        "from aitp_gym.evaluation.runners.resources import Resources\n"
        "from aitp_gym.evaluation.runners.session import RaySession\n"
        "with RaySession(Resources(1)):\n"
        "    print(len(os.environ['RAY_AUTH_TOKEN']))\n"
        "print('RAY_AUTH_TOKEN' in os.environ)\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH")}
    environment["HOME"] = str(tmp_path / "file")
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["64", "False"]


@pytest.mark.integration
def test_ray_starts_below_a_long_folder_for_temporary_files_and_leaves_nothing_there(tmp_path):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    code = (
        "from aitp_gym.evaluation.runners.resources import Resources\n"
        "from aitp_gym.evaluation.runners.session import RaySession\n"
        "with RaySession(Resources(1)):\n"
        "    import ray\n"
        "    print(ray._private.worker._global_node.get_session_dir_path())\n"
    )
    environment = {**os.environ, "TMPDIR": str(long)}
    environment.pop("AITP_RUNTIME_DIR", None)
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    session = Path(done.stdout.strip())
    assert session.parent.name.startswith("ray-")
    assert session.parent.parent == Path(f"/tmp/aitp-{os.getuid()}")
    assert not session.parent.exists()
    assert list(long.glob("ray*")) == []
