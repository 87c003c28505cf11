"""Files that are no published data: refused in one sentence, and what was imported before stays."""

from __future__ import annotations

import lzma
import os
from pathlib import Path

import pytest

from aitp_gym.errors import BadInput
from aitp_gym.provers.hollight.holist import database as module
from aitp_gym.provers.hollight.holist import messages
from aitp_gym.provers.hollight.holist.database import Database, import_database
from aitp_gym.provers.hollight.holist.prooflogs import read_logs

ENTRY = 'theorems {\n  conclusion: "c"\n  fingerprint: 7\n  tag: THEOREM\n}\n'


@pytest.fixture
def hostile(tmp_path, monkeypatch):
    """Makes files; no more than a megabyte of text is read, and no line over 10,000 characters."""
    monkeypatch.setattr(messages, "MAX_TEXT_BYTES", 2**20)
    monkeypatch.setattr(messages, "_MAX_LINE_CHARACTERS", 10_000)

    def make(kind: str) -> Path:
        if kind.startswith("/dev"):
            return Path(kind)
        path = tmp_path / f"{kind}{'.xz' if kind.startswith('bomb') else ''}"
        match kind:
            case "pipe":
                os.mkfifo(path)
            case "empty":
                path.touch()
            case "bomb of lines":
                path.write_bytes(lzma.compress(ENTRY.encode() * 2**15))
            case "bomb of zeros":
                path.write_bytes(lzma.compress(b"\0" * 2**24))
            case "nested":
                path.write_text("theorems {\n" + "hypotheses_of {\n" * 20_000 + " }\n" * 20_000 + "}\n")
            case "binary":
                path.write_bytes(b"theorems {\n\xff\xfe\n}\n")
        return path

    return make


KINDS = ["/dev/null", "/dev/zero", "pipe", "empty", "bomb of lines", "bomb of zeros", "nested", "binary"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_no_database_leaves_the_imported_one(cache, hostile, tmp_path, kind):
    good = tmp_path / "good.textpb"
    good.write_text(ENTRY)
    imported = import_database(good)
    with pytest.raises(BadInput):
        import_database(hostile(kind))
    assert Database.load().digest == imported.digest
    assert len(list(cache.glob("*.parquet"))) == 1


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "empty"])
def test_what_is_no_proof_log_is_one_sentence(hostile, kind):
    with pytest.raises(BadInput):
        list(read_logs(hostile(kind)))


def test_a_database_of_few_entries_does_not_replace_the_imported_one(cache, tmp_path, monkeypatch):
    few = tmp_path / "few.textpb"
    few.write_text(ENTRY)
    monkeypatch.setattr(module, "_FEWEST_ENTRIES", 2)
    with pytest.raises(BadInput, match=r"1 entries, too few.*AITP_HOLIST_DATABASE"):
        import_database(few)
    with pytest.raises(BadInput, match="not known here"):
        Database.load()


def test_a_database_is_read_where_no_cache_can_be_written(cache, tmp_path, monkeypatch):
    good = tmp_path / "good.textpb"
    good.write_text(ENTRY)
    (tmp_path / "file").touch()
    monkeypatch.setattr(module, "_cache", lambda: tmp_path / "file" / "cache")
    assert len(Database.load(good).entries) == 1
