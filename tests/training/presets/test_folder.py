"""The folder of a training."""

from __future__ import annotations

import numpy as np
import pytest

from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.training.presets.folder import TrainingFolder


@pytest.fixture
def folder(tmp_path) -> TrainingFolder:
    made = TrainingFolder(tmp_path / "seed-0")
    made.prepare({"seed": 0}, resume=False)
    return made


def test_a_folder_belongs_to_one_training(folder):
    folder.prepare({"seed": 0}, resume=True)
    with pytest.raises(ConfigError, match="resume=true"):
        folder.prepare({"seed": 0}, resume=False)
    with pytest.raises(ConfigError, match="other settings"):
        folder.prepare({"seed": 1}, resume=True)


def test_the_last_measurement_is_read_back(folder):
    assert folder.rates() == {}
    folder.add_rates({"steps": 0, "greedy": 0.25})
    folder.add_rates({"steps": 10, "greedy": 0.5})
    assert folder.rates() == {"steps": 10.0, "greedy": 0.5}


def test_a_training_is_finished_up_to_its_steps(folder):
    assert not folder.finished(10)
    folder.finish({"steps": 10})
    assert folder.finished(10)
    assert not folder.finished(11)


def test_a_learner_goes_on_from_what_was_stored(folder):
    def take(tensors, counts):
        found.append((dict(tensors), dict(counts)))

    found: list = []
    assert not folder.load_learner(take)
    for steps in (1, 2):
        folder.save_learner({"w": np.full(3, steps, np.float32)}, {"steps": steps})
    assert folder.load_learner(take)
    ((tensors, counts),) = found
    assert counts == {"steps": 2}
    assert tensors["w"].tolist() == [2, 2, 2]


def test_what_does_not_fit_is_refused_in_one_sentence(folder):
    folder.save_learner({"w": np.zeros(3, np.float32)}, {"steps": 1})

    def take(tensors, counts):
        tensors["other"]

    with pytest.raises(CheckpointError, match="not the state of a learner with these settings"):
        folder.load_learner(take)


def test_a_pickle_in_the_place_of_the_weights_is_not_read(folder):
    import pickle

    folder.save_learner({"w": np.zeros(3, np.float32)}, {"steps": 1})
    path = folder.path / "learner" / "learner.safetensors"
    path.write_bytes(pickle.dumps({"w": 1}))
    with pytest.raises(CheckpointError, match="not a file of safetensors"):
        folder.load_learner(lambda tensors, counts: None)
