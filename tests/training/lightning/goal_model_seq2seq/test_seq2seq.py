import json

import pytest

pytest.importorskip("torch", reason="training needs torch: pip install 'aitp-gym[lightning,transformers]'")
pytest.importorskip("lightning", reason="training needs lightning: pip install 'aitp-gym[lightning]'")
pytest.importorskip("transformers", reason="not installed: pip install 'aitp-gym[transformers]'")

import torch

from aitp_gym.agents.goal_models.seq2seq import Seq2SeqGoalModel
from aitp_gym.errors import ConfigError
from aitp_gym.proof import Goal
from aitp_gym.traces import TraceWriter
from aitp_gym.training.lightning.goal_model_seq2seq.__main__ import main
from aitp_gym.training.lightning.goal_model_seq2seq.module import Seq2SeqConfig

from ....agents.goal_models.tiny_t5 import save_tiny_t5
from ..goal_model.conftest import learnable_attempts


@pytest.fixture
def arguments(tmp_path):
    with TraceWriter(tmp_path / "traces") as writer:
        for each in learnable_attempts(60, seed=1):
            writer.write(each, iteration=0, policy="learned")
        writer.compact(0)
    return [
        *(
            "--traces",
            str(tmp_path / "traces"),
            "--output",
            str(tmp_path / "out"),
            "--init",
            str(save_tiny_t5(tmp_path / "tiny")),
        ),
        *("--result", str(tmp_path / "result.json"), "--accelerator", "cpu", "--held-out", "0.2", "--quiet"),
    ]


@pytest.fixture
def one_thread():
    """More than one only waits for the others where the cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
def test_training_learns_which_goals_are_provable_and_saves_what_transformers_loads(arguments, tmp_path):
    fast = ["--steps", "40", "--learning-rate", "0.01", "--warmup", "5", "--goals-per-batch", "32"]
    assert main([*arguments, *fast]) == 0
    result = json.loads((tmp_path / "result.json").read_text())
    assert result["metrics"]["held_out_auc"] > 0.9
    trained = Seq2SeqGoalModel(result["checkpoint"])
    provable, unprovable = trained.score([Goal.single("p9 ∧ q"), Goal.single("p9 → q")])
    assert provable > unprovable
    assert sorted(path.suffix for path in (tmp_path / "out" / "checkpoint").iterdir() if path.stem == "model") == [
        ".safetensors"
    ]


def test_a_model_that_cannot_be_used_is_refused_in_one_sentence(arguments, tmp_path, capsys):
    arguments[arguments.index("--init") + 1] = str(tmp_path / "traces")
    assert main([*arguments, "--steps", "1"]) == 2
    assert "cannot be used" in capsys.readouterr().err
    assert not (tmp_path / "result.json").exists()


@pytest.mark.parametrize("field", ["steps", "learning_rate", "goals_per_batch", "provable_weight", "gradient_clip"])
def test_settings_that_make_no_sense_are_refused(field):
    with pytest.raises(ConfigError, match=field):
        Seq2SeqConfig(**{field: 0})
