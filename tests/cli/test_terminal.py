"""What `aitp` prints reaches any terminal, and its exit code is about its work."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROPOSITIONAL = "--env=aitp/Propositional-v0"


def aitp(*arguments: str | bytes, **streams) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, **streams.pop("environment", {})}
    return subprocess.run([sys.executable, "-m", "aitp_gym.cli", *arguments], env=environment, check=False, **streams)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", b"\\u22a2 A \\u2192 A"), ("iso-8859-1", b"\\u22a2 A \\u2192 A"), ("utf-8", "⊢ A → A".encode())],
)
def test_what_the_terminal_cannot_show_is_shown_as_escapes(encoding, shown):
    done = aitp("prove", "A -> A", PROPOSITIONAL, capture_output=True, environment={"PYTHONIOENCODING": encoding})
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[0] == shown


def test_an_error_is_one_sentence_under_ascii_too():
    done = aitp("prove", "A ⟹", PROPOSITIONAL, capture_output=True, environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 2
    assert done.stderr.startswith(b"aitp: Expected a")
    assert b"\\u27f9" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_run_prints_its_report_under_a_small_encoding(tmp_path):
    small = ("num_theorems=2", "num_valid_theorems=2", "max_tactics=8", "num_iterations=1", "logging_config.id=null")
    done = aitp(
        *("run", "--config-name=quickstart", *small, "exp_config.directory=mine"),
        capture_output=True,
        cwd=tmp_path,
        environment={"PYTHONIOENCODING": "iso-8859-1"},
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout.decode("iso-8859-1").splitlines()[-1].startswith("Report: ")


@pytest.mark.parametrize(("statement", "code"), [("A -> A", 0), ("A -> B", 1)])
def test_the_exit_code_is_the_proofs_even_if_nobody_reads(statement, code):
    reader, writer = os.pipe()
    os.close(reader)
    arguments = ("prove", statement, PROPOSITIONAL, "--max-tactics=20")
    done = aitp(*arguments, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (code, b"")


def test_what_cannot_be_written_is_an_error_in_one_sentence():
    with open("/dev/full", "wb") as full:
        done = aitp("prove", "A -> A", PROPOSITIONAL, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"No space left" in done.stderr


def test_a_byte_of_the_command_line_that_is_not_utf8_is_refused_not_replaced():
    done = aitp("prove", b"\xe9 -> \xe9", PROPOSITIONAL, capture_output=True)
    assert done.returncode == 2
    assert b"character 1 is U+DCE9, which stands for the byte 0xE9" in done.stderr


def test_a_statement_that_begins_with_a_dash_is_told_how_to_be_written():
    done = aitp("prove", "--(--x) = x", "--seed", "-1", capture_output=True)
    assert done.returncode == 2
    assert done.stderr.endswith(b"Write: aitp prove --seed -1 -- '--(--x) = x'\n")
    assert b"No such option" in aitp("prove", "A", "--max-tactic=3", capture_output=True).stderr
    assert aitp("prove", PROPOSITIONAL, "--", "-A", capture_output=True).stderr.startswith(b"aitp: Expected a formula")
