"""`aitp conformance holist` and `aitp import holist-prooflogs`, as a user calls them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from google.protobuf import text_format

from aitp_gym.theorems import load
from aitp_gym.traces import TraceReader


@pytest.fixture(scope="module")
def aitp(hollight, tmp_path_factory):
    """Calls the command line: with the user's HOL Light server, but a cache of the test's own for databases."""
    cache = tmp_path_factory.mktemp("cache")
    (cache / "aitp-gym").mkdir()
    (cache / "aitp-gym" / "hollight").symlink_to(Path(platformdirs.user_cache_dir("aitp-gym")) / "hollight")
    environment = {key: value for key, value in os.environ.items() if key != "AITP_HOLIST_DATABASE"}
    environment["XDG_CACHE_HOME"] = str(cache)

    def call(*arguments: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "aitp_gym.cli", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, env=environment)

    return call


@pytest.fixture(scope="module")
def logs(log, polymorphic_log, tmp_path_factory):
    path = tmp_path_factory.mktemp("logs") / "logs.pbtxt"
    path.write_text("".join(f"{text_format.MessageToString(m, as_one_line=True)}\n" for m in (log, polymorphic_log)))
    return path


def test_conformance_prints_its_figures_and_lists_what_is_missing(
    aitp, database_file, entries, log, polymorphic_log, logs, tmp_path
):
    missing = tmp_path / "missing.tsv"
    done = aitp(
        "conformance",
        "holist",
        "--database",
        database_file,
        "--prooflogs",
        logs,
        logs,
        "--list-missing",
        missing,
        "--json",
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    steps = len(log.nodes) + len(polymorphic_log.nodes)
    core = sum("core" in entry.library_tag for entry in entries)
    assert (figures["fingerprints"], figures["fingerprints_total"]) == (len(entries), len(entries))
    assert (figures["core_present"], figures["core_total"]) == (core, core)
    assert (figures["complex_present"], figures["complex_total"]) == (0, 1)
    assert (figures["steps_exact"], figures["steps_replayed"], figures["steps_total"]) == (steps, steps, steps)
    assert (figures["proofs_verified"], figures["proofs_total"]) == (2, 2)
    assert missing.read_text() == ""
    every = tmp_path / "every-entry-in-core.textpb"
    every.write_text(database_file.read_text().replace('"complex"', '"core"'))
    done = aitp("conformance", "holist", "--database", every, "--list-missing", missing, "--json")
    figures = json.loads(done.stdout)
    assert (figures["core_present"], figures["core_total"]) == (core, core + 1)
    [line] = missing.read_text().splitlines()
    assert line.split("\t")[0] == str(next(e.fingerprint for e in entries if "complex" in e.library_tag))


def test_conformance_is_readable_too(aitp, database_file, logs):
    done = aitp("conformance", "holist", "--database", database_file, "--prooflogs", logs)
    assert done.returncode == 0, done.stderr
    assert "logged steps, exactly" in done.stdout


def test_imported_proofs_are_traces_with_the_splits_of_holist_core(aitp, logs, tmp_path):
    done = aitp("import", "holist-prooflogs", logs, "--output", tmp_path / "human")
    assert done.returncode == 0, done.stderr
    assert "2 of 2 logs" in done.stdout
    splits = {theorem.name: theorem.split for theorem in load("holist-core")}
    found = {attempt.theorem.name: attempt for _, attempt in TraceReader(tmp_path / "human").records()}
    assert set(found) == {"LE_ADD", "FINITE_SING"}
    assert all(attempt.proved and attempt.imported for attempt in found.values())
    assert all(attempt.theorem.split == splits[name] for name, attempt in found.items())


def test_a_damaged_log_leaves_nothing_behind(aitp, logs, tmp_path):
    damaged = tmp_path / "damaged.pbtxt"
    damaged.write_text(logs.read_text() + "nodes { goal }\n")
    done = aitp("import", "holist-prooflogs", logs, damaged, "--output", tmp_path / "human")
    assert done.returncode == 2
    assert "damaged.pbtxt, line 3" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "human").exists()


@pytest.mark.parametrize("option", ["--prooflogs", "--database"])
def test_conformance_names_a_file_that_is_not_there(aitp, option, database_file, tmp_path):
    others = [] if option == "--database" else ["--database", database_file]
    done = aitp("conformance", "holist", *others, option, tmp_path / "nowhere.pbtxt")
    assert done.returncode == 2
    assert "nowhere.pbtxt" in done.stderr
    assert "Traceback" not in done.stderr


def test_conformance_refuses_a_list_in_a_folder_that_is_not_there_at_once(aitp, database_file, tmp_path):
    done = aitp("conformance", "holist", "--database", database_file, "--list-missing", tmp_path / "no" / "list")
    assert done.returncode == 2
    assert "--list-missing" in done.stderr
