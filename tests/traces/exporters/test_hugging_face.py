"""Traces as a dataset of Hugging Face's `datasets`."""

from __future__ import annotations

import zlib

import pytest

from aitp_gym.errors import BadInput, TraceError
from aitp_gym.traces import TraceReader
from aitp_gym.traces.exporters.hugging_face import write_datasets

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module", autouse=True)
def datasets():
    # Here, because it takes a second to import, which tests that are not selected shall not cost.
    return pytest.importorskip("datasets", reason="datasets is not installed: pip install 'aitp-gym[datasets]'")


@pytest.fixture(scope="module")
def written(found, tmp_path_factory):
    folder = tmp_path_factory.mktemp("hugging_face") / "exported"
    counts = write_datasets([found], folder)
    return folder, counts


@pytest.fixture
def read(datasets):
    def load(folder, name, cache, **arguments):
        return datasets.load_dataset(str(folder), name, cache_dir=str(cache), **arguments)

    return load


def test_datasets_reads_what_was_traced(written, found, read, tmp_path):
    folder, counts = written
    for name, table in zip(("attempts", "steps"), TraceReader(found).tables(), strict=True):
        loaded = read(folder, name, tmp_path)
        assert set(loaded) == {"train", "valid"}
        assert sum(len(rows) for rows in loaded.values()) == counts[name] == len(table)
        assert loaded["train"].column_names == ["run", *table.column_names]
        assert loaded["train"][0]["theorem"] == table["theorem"][0].as_py()
    versions = read(folder, "attempts", tmp_path, split="valid")[0]["versions"]
    assert {"key": "policy.menu", "value": "propositional"} in versions


def test_types_are_known_before_a_row_is_read(written, datasets, read, tmp_path):
    features = read(written[0], "steps", tmp_path, streaming=True)["train"].features
    assert features["goal"] == datasets.Value("string")
    assert features["logprob"] == datasets.Value("float64")
    assert features["children"] == datasets.List(datasets.Value("int32"))


def test_a_network_learns_which_tactics_work_as_the_rows_stream_by(written, read, tmp_path, one_thread):
    import torch

    rows = read(written[0], "steps", tmp_path, streaming=True)

    def arrays(split):
        words, worked = [], []
        for row in rows[split].take(3000):
            counts = torch.zeros(256)
            for word in (*row["goal"].split(), f"tactic {row['tactic']}", f"first {row['goal'][:6]} {row['tactic']}"):
                counts[zlib.crc32(word.encode()) % 256] += 1
            words.append(counts)
            worked.append(float(row["outcome"] == "subgoals"))
        return torch.stack(words), torch.tensor(worked)

    train, valid = arrays("train"), arrays("valid")
    torch.manual_seed(0)
    network = torch.nn.Linear(256, 1)
    optimizer = torch.optim.Adam(network.parameters(), 0.03)

    def loss(split):
        return torch.nn.functional.binary_cross_entropy_with_logits(network(split[0])[:, 0], split[1])

    before = loss(valid).item()
    for _ in range(50):
        optimizer.zero_grad()
        loss(train).backward()
        optimizer.step()
    assert loss(valid).item() < 0.7 * before


def test_runs_of_one_name_stay_apart(found, read, tmp_path):
    write_datasets([found, found], tmp_path / "twice", split="valid")
    loaded = read(tmp_path / "twice", "attempts", tmp_path / "cache", split="valid")
    runs = loaded["run"]
    assert len(set(runs)) == 2
    assert len(set(zip(runs, loaded["theorem"], strict=True))) == len(runs)


def test_nothing_is_left_where_there_is_nothing_to_write(found, tmp_path):
    with pytest.raises(TraceError, match="no such attempts"):
        write_datasets([found], tmp_path / "empty", split="test")
    with pytest.raises(TraceError, match="no trace folder"):
        write_datasets([tmp_path / "nowhere"], tmp_path / "empty")
    (tmp_path / "there").mkdir()
    with pytest.raises(BadInput, match="exists already"):
        write_datasets([found], tmp_path / "there")
    assert [path.name for path in tmp_path.iterdir()] == ["there"]
