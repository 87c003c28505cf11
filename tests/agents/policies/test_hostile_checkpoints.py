"""Checkpoints made to do harm: one sentence each, before anything large is made."""

import io
import json
import os
import zipfile

import numpy as np
import pytest

from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.agents.policies.checkpoint import write_checkpoint
from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.errors import AitpError, CheckpointError

ENCODER = {"width": 4, "buckets": 16}


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "checkpoint"
    ValueNetwork(encoder=ENCODER, hidden=4).save(path)
    return path


def repack(folder, change, compression=zipfile.ZIP_STORED, flags=0):
    """Write the weights anew, each entry's bytes as `change` makes them."""
    path = folder / "weights.npz"
    with zipfile.ZipFile(path) as old:
        entries = {name: old.read(name) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", compression) as new:
        for name, data in entries.items():
            new.writestr(name, change(data))
    if flags:
        data = bytearray(path.read_bytes())
        place = data.index(b"PK\x01\x02")
        data[place + 8] |= flags
        path.write_bytes(data)


def array(value):
    buffer = io.BytesIO()
    np.save(buffer, value, allow_pickle=False)
    return buffer.getvalue()


def header(shape):
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("change", "options", "said"),
    [
        (
            lambda data: data.replace(b"(16, 4)", b"(10**12,)").replace(b"(4, 4)", b"(999999999999, )"),
            {},
            "cannot be read",
        ),
        (lambda data: data[:-4], {}, "bytes are there"),
        (lambda data: array(np.full(3, np.nan)), {}, "the training diverged"),
        (lambda data: array(np.array(["text"])), {}, "<U4"),
        (lambda data: data, {"compression": zipfile.ZIP_DEFLATED}, "not an array as it was written"),
        (lambda data: data, {"flags": 1}, "not an array as it was written"),
        (lambda data: array(np.zeros(3, np.float32)), {}, "asks for at least"),
        (lambda data: b"\x93NUMPY\x07\x00" + data, {}, "cannot be read"),
    ],
)
def test_weights_that_are_none_are_refused(folder, change, options, said):
    repack(folder, change, **options)
    with pytest.raises(CheckpointError, match=said):
        ValueNetwork(folder)


@pytest.mark.parametrize("kind", ["menu", "value"])
def test_a_config_asks_for_no_more_than_its_weights_are(tmp_path, kind):
    folder = tmp_path / kind
    policy = MenuPolicy("propositional", encoder=ENCODER) if kind == "menu" else ValueNetwork(encoder=ENCODER)
    policy.save(folder)
    config = json.loads((folder / "config.json").read_text())
    config["encoder"] |= {"width": 10**9, "buckets": 10**9}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="at least"):
        MenuPolicy("propositional", folder) if kind == "menu" else ValueNetwork(folder)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[]", '{"policy": [], "schema_version": {}}', "9" * 5000, '{"a": "\\ud800"}']
)
def test_a_config_that_is_none_is_refused(folder, text):
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError):
        ValueNetwork(folder)
    with pytest.raises(CheckpointError):
        FrequencyPolicy("propositional", folder / "config.json")


def test_a_refusal_can_be_written_whatever_the_config_names(folder):
    content = (folder / "config.json").read_text()
    for old in ('"policy"', '"encoder"', '"width"'):
        (folder / "config.json").write_text(content.replace(old, '"\\ud800"'))
        with pytest.raises(CheckpointError) as refused:
            ValueNetwork(folder)
        assert str(refused.value).encode()


@pytest.mark.parametrize("name", ["config.json", "weights.npz"])
def test_only_regular_files_of_bounded_size_are_read(folder, name):
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(CheckpointError, match="a pipe"):
        ValueNetwork(folder)
    (folder / name).unlink()
    (folder / name).touch()
    os.truncate(folder / name, 2**40)
    with pytest.raises(CheckpointError, match="no more than"):
        ValueNetwork(folder)


@pytest.mark.parametrize(("tries", "successes"), [(-1, 0), (1, 2), ("NaN", 0), ([], 0)])
def test_counts_that_are_none_are_refused(tmp_path, tries, successes):
    path = tmp_path / "frequency.json"
    FrequencyPolicy("propositional").save(path)
    content = json.loads(path.read_text())
    content["slots"][min(content["slots"])] = {"tries": tries, "successes": successes}
    path.write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match="is damaged"):
        FrequencyPolicy("propositional", path)


def test_a_checkpoint_is_not_written_through_a_link(tmp_path):
    (tmp_path / "made.tmp").symlink_to(tmp_path / "target")
    write_checkpoint(tmp_path / "made", "p", 1, {}, {})
    assert not (tmp_path / "target").exists()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(AitpError, match="exists already"):
        write_checkpoint(tmp_path / "link", "p", 1, {}, {})
