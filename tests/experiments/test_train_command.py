import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from omegaconf import OmegaConf

from aitp_gym.errors import ConfigError, NotWritable, TrainingFailed
from aitp_gym.experiments.train_command import command_argv, fresh_folder, run_command

WRITE = "import json, os, sys; json.dump({'checkpoint': sys.argv[1], 'metrics': {'loss': 0.5}}, open(sys.argv[2], 'w'))"


def argv_of(command, **context):
    tree = OmegaConf.create({"model": {"ckpt": None, "menu": "m"}, "training": {}, "train_after_eval": [command]})
    return command_argv(tree, 0, context)


def test_a_list_is_taken_as_it_is_and_a_string_is_split_like_a_shell_would_but_not_run_by_one():
    assert argv_of(["a b", "$HOME", "*;"]) == ["a b", "$HOME", "*;"]
    assert argv_of("a 'b c' $(d)") == ["a", "b c", "$(d)"]


def test_interpolations_see_the_configuration_and_what_the_loop_fills_in():
    command = ["${training.python}", "--menu", "${model.menu}", "--seed", "${training.seed}"]
    assert argv_of(command, python="/py", seed=3) == ["/py", "--menu", "m", "--seed", "3"]


def test_a_null_argument_goes_with_its_option():
    assert argv_of(["train", "--init", "${model.ckpt}", "--out", "x", None]) == ["train", "--out", "x"]


def test_an_unknown_interpolation_is_a_clear_error():
    with pytest.raises(ConfigError, match=r"train_after_eval\[0\].*nonsense"):
        argv_of(["${training.nonsense}"])


def test_the_checkpoint_and_metrics_come_from_the_result_file(tmp_path):
    checkpoint = tmp_path / "weights"
    checkpoint.touch()
    result_file = tmp_path / "result.json"
    argv = [sys.executable, "-c", WRITE, str(checkpoint), str(result_file)]
    result = run_command(argv, result_file, tmp_path / "log")
    assert result.checkpoint == checkpoint
    assert result.metrics == {"loss": 0.5}


def test_the_result_file_is_also_in_the_environment(tmp_path):
    code = "import json, os; json.dump({'checkpoint': os.getcwd()}, open(os.environ['AITP_RESULT'], 'w'))"
    result = run_command([sys.executable, "-c", code], tmp_path / "result.json", tmp_path / "log")
    assert result.checkpoint == Path.cwd()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("print('the reason'); raise SystemExit(3)", "exit code 3.*the reason"),
        ("import os; os.kill(os.getpid(), 9)", "signal 9"),
        ("pass", "no result file"),
        ("import os; open(os.environ['AITP_RESULT'], 'w').write('{}')", "is not"),
        ("import os; open(os.environ['AITP_RESULT'], 'w').write('[1]')", "is not"),
        ("import os; open(os.environ['AITP_RESULT'], 'w').write('{\"checkpoint\": \"/no/such\"}')", "does not exist"),
    ],
)
def test_a_training_that_fails_says_how(tmp_path, code, expected):
    with pytest.raises(TrainingFailed, match=f"(?s){expected}"):
        run_command([sys.executable, "-c", code], tmp_path / "result.json", tmp_path / "log")


def test_a_command_that_does_not_exist_is_a_clear_error(tmp_path):
    with pytest.raises(TrainingFailed, match="does not start"):
        run_command(["/no/such/program"], tmp_path / "result.json", tmp_path / "log")


def test_an_interrupted_training_leaves_its_folder_and_the_next_gets_a_fresh_one(tmp_path):
    names = [fresh_folder(tmp_path, "iteration-0").name for _ in range(3)]
    assert names == ["iteration-0", "iteration-0-2", "iteration-0-3"]


@pytest.mark.parametrize("kind", ["file", "link", "link to nothing", "pipe", "folder"])
def test_the_log_is_a_new_file(tmp_path, kind):
    target, log = tmp_path / "target", tmp_path / "log"
    if kind == "link":
        target.write_text("mine")
    if kind.startswith("link"):
        log.symlink_to(target)
    else:
        {"file": log.touch, "folder": log.mkdir, "pipe": lambda: os.mkfifo(log)}[kind]()
    with pytest.raises(NotWritable, match="log cannot be written: File exists"):
        run_command([sys.executable, "-c", "print('output')"], tmp_path / "result.json", log)
    assert target.read_text() == "mine" if kind == "link" else not target.exists()


@pytest.mark.parametrize("replace", ["os.mkfifo(log)", "os.symlink('/dev/zero', log)", "os.mkdir(log)"])
def test_what_a_training_makes_of_its_log_s_name_is_not_read(tmp_path, replace):
    log = tmp_path / "log"
    # It ends when its last line has been looked at while it was running.
    os.mkfifo(tmp_path / "seen")
    code = f"import os; log = {str(log)!r}; os.unlink(log); {replace}; print('the reason', flush=True); "
    code += f"open({str(tmp_path / 'seen')!r}).read(); exit(3)"

    seen: list[str] = []

    def on_line(line: str) -> None:
        if line == "the reason" and not seen:
            seen.append(line)
            (tmp_path / "seen").write_text("")

    with pytest.raises(TrainingFailed, match=r"(?s)exit code 3.*the reason"):
        run_command([sys.executable, "-c", code], tmp_path / "result.json", log, on_line)


def test_of_a_huge_log_only_the_end_is_read(tmp_path):
    code = "import os; os.ftruncate(1, 2**40); os.lseek(1, 2**40, 0); print('\\nthe reason'); exit(3)"
    with pytest.raises(TrainingFailed, match=r"(?s)exit code 3.*the reason"):
        run_command([sys.executable, "-c", code], tmp_path / "result.json", tmp_path / "log")


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG of Linux")
def test_a_killed_run_leaves_no_training_behind(tmp_path):
    pid_file = tmp_path / "pid"
    os.mkfifo(pid_file)
    child = f"import os, signal; open({str(pid_file)!r}, 'w').write(str(os.getpid())); signal.pause()"
    code = (
        "import sys; from pathlib import Path; from aitp_gym.experiments.train_command import run_command; "
        f"run_command([sys.executable, '-c', {child!r}], Path('r'), Path('log'))"
    )
    run = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path)
    training = os.pidfd_open(int(pid_file.read_text()))
    run.send_signal(signal.SIGKILL)
    run.wait()
    # A pidfd becomes readable when its process has ended.
    import select

    assert select.select([training], [], [], 10)[0]
    os.close(training)


def test_results_are_json_that_other_programs_write(tmp_path):
    checkpoint = tmp_path / "c"
    checkpoint.mkdir()
    result_file = tmp_path / "result.json"
    result_file.write_text(json.dumps({"checkpoint": str(checkpoint), "metrics": None, "more": 1}))
    assert run_command([sys.executable, "-c", ""], result_file, tmp_path / "log").metrics == {}
