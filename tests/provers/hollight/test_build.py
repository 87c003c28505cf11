from __future__ import annotations

import logging
import shutil

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.hollight.build import PACKAGES, _compiler_version, build, cache_root, locate
from aitp_gym.provers.hollight.progress import console
from aitp_gym.provers.hollight.prover import HolLight
from aitp_gym.provers.hollight.sources import HolLightSources
from aitp_gym.provers.hollight.status import status


@pytest.fixture
def forget():
    """Forget what was found out about the installation, before and after the test."""
    _compiler_version.cache_clear()
    yield
    _compiler_version.cache_clear()


def test_what_is_built_is_not_built_again(hollight):
    texts = []
    first = build(lambda text, part: texts.append(text))
    texts.clear()
    assert build(lambda text, part: texts.append(text)) == first
    assert texts == []
    assert first.ready
    assert (first.directory / "build.json").is_file()


def test_a_machine_without_the_compiler_is_told_what_to_install(hollight, forget, monkeypatch, tmp_path):
    # Another copy of the sources, for which nothing has been found out yet.
    (tmp_path / "sources").symlink_to(HolLightSources.find().directory)
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path / "sources"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ProverUnavailable, match="apt-get install hol-light ocaml camlp5"):
        HolLight()
    state = status()
    assert not state.ready
    assert "ocamlfind" in state.message
    assert state.command == f"apt-get install {' '.join(PACKAGES)}"


def test_a_machine_without_hol_light_is_told_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path))
    state = status()
    assert not state.ready
    assert state.version == ""
    assert str(tmp_path) in state.message
    assert "hol-light" in state.command


def test_before_the_build_the_remedy_is_to_build(hollight, monkeypatch, tmp_path):
    (tmp_path / "sources").symlink_to(HolLightSources.find().directory)
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path / "sources"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    state = status()
    assert not state.ready
    assert state.version
    assert state.command == "aitp build hollight"


def test_a_build_that_fails_says_why_and_leaves_nothing(hollight, monkeypatch, tmp_path):
    sources = HolLightSources.find()
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("hol.ml", "pa_j.cmo", "pa_j.cmi", *sources.files):
        shutil.copy(sources.directory / name, broken)
    with (broken / "lib.ml").open("a") as file:
        file.write("let = nonsense;;\n")
    monkeypatch.setenv("HOLLIGHT_DIR", str(broken))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    texts = []
    with pytest.raises(ProverUnavailable, match=r"(?s)could not be built.*Parse error"):
        build(lambda text, part: texts.append(text))
    assert "reading the sources" in texts
    assert [path.name for path in cache_root().iterdir()] == ["build.lock"]


def test_other_sources_are_another_build(hollight, monkeypatch, tmp_path):
    ours = locate()
    sources = HolLightSources.find()
    shutil.copytree(
        sources.directory, tmp_path / "copy", ignore=lambda folder, names: {n for n in names if "." not in n}
    )
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path / "copy"))
    assert locate() == ours, "the same texts in another folder are the same build"


def test_a_source_too_old_for_the_strict_context_is_refused(monkeypatch, tmp_path):
    (tmp_path / "hol.ml").write_text('let hol_version = "0";;\nloads "lib.ml";;\nloads "database.ml";;\n')
    (tmp_path / "lib.ml").write_text("let x = 1;;\n")
    (tmp_path / "database.ml").write_text('theorems := ["x",x];;\n')
    monkeypatch.setenv("HOLLIGHT_DIR", str(tmp_path))
    with pytest.raises(ProverUnavailable, match="basic_rewrites"):
        HolLightSources.find().joined()


def test_without_a_terminal_progress_goes_to_the_log(caplog):
    with caplog.at_level(logging.INFO), console("Work") as progress:
        progress("first", 0.0)
        progress("first", 0.5)
        progress("second", 1.0)
    assert [record.getMessage() for record in caplog.records] == ["Work: first", "Work: second"]
