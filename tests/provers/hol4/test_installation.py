"""Finding HOL4, and saying what is missing."""

from __future__ import annotations

import pytest

from aitp_gym.errors import ProverUnavailable
from aitp_gym.provers.hol4 import heap
from aitp_gym.provers.hol4.installation import Installation


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    monkeypatch.delenv("HOLDIR", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def installation(folder, *, state: bool = True):
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "hol").write_text("#!/bin/sh\nexit 1\n")
    (folder / "bin" / "hol").chmod(0o755)
    if state:
        (folder / "bin" / "hol.state").write_bytes(b"state")
    return folder


def test_nothing_found_says_where_it_was_looked_for_and_what_to_do(nowhere):
    with pytest.raises(ProverUnavailable, match=r"HOLDIR is not set and PATH has no `hol`.*upto-hol"):
        Installation.find()


def test_the_variable_goes_before_the_path(nowhere, monkeypatch, tmp_path):
    named, other = installation(tmp_path / "named"), installation(tmp_path / "other")
    monkeypatch.setenv("PATH", str(other / "bin"))
    assert Installation.find().directory == other
    monkeypatch.setenv("HOLDIR", str(named))
    assert Installation.find().directory == named


def test_a_folder_that_was_not_built_is_named(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("HOLDIR", str(installation(tmp_path / "hol", state=False)))
    with pytest.raises(ProverUnavailable, match=r"hol\.state is not there"):
        Installation.find()


def test_another_build_of_hol4_needs_another_heap(nowhere, monkeypatch, tmp_path):
    folder = installation(tmp_path / "hol")
    monkeypatch.setenv("HOLDIR", str(folder))
    before = heap.locate()
    assert heap.locate().identity == before.identity
    (folder / "bin" / "hol.state").write_bytes(b"another state")
    assert heap.locate().identity != before.identity


def test_a_hol4_that_cannot_load_the_server_says_so(nowhere, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HOLDIR", str(installation(tmp_path / "hol")))
    monkeypatch.setattr(heap, "cache_root", lambda: tmp_path / "cache")
    with pytest.raises(ProverUnavailable, match="ended with status 1"):
        heap.build()
