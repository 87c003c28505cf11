import json
import math
import shutil
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the seq2seq goal model needs torch: pip install 'aitp-gym[transformers]'")
pytest.importorskip("transformers", reason="not installed: pip install 'aitp-gym[transformers]'")

import torch

from aitp_gym.agents.goal_models.seq2seq import Answers, Seq2SeqGoalModel, load_pretrained
from aitp_gym.errors import BadInput, CheckpointError, TrainingDiverged
from aitp_gym.proof import Goal
from aitp_gym.search.goal_scorer import GoalScorer

from .tiny_t5 import save_tiny_t5

GOALS = [Goal.single(text) for text in ("p → p", "p ∧ q → q ∧ p", "", "∀x. x = x", "a ∨ b")]


@pytest.fixture(scope="module")
def tiny_t5(tmp_path_factory):
    return save_tiny_t5(tmp_path_factory.mktemp("pretrained") / "tiny")


def test_scores_are_log_probabilities_over_the_two_answers(tiny_t5):
    scorer = Seq2SeqGoalModel(tiny_t5, batch_size=2)
    assert isinstance(scorer, GoalScorer)
    model, _ = load_pretrained(tiny_t5)
    for goal, score in zip(GOALS, scorer.score(GOALS), strict=True):
        # Bytes are shifted by 3; 259 to 261 are the sentinels, 1 the end, and decoding starts with 0.
        ids = torch.tensor([[259, *(byte + 3 for byte in goal.text.encode()), 1]])
        with torch.no_grad():
            logits = model.eval()(input_ids=ids, decoder_input_ids=torch.tensor([[0]])).logits[0, 0]
        yes, no = logits[260].item(), logits[261].item()
        assert score == pytest.approx(yes - math.log(math.exp(yes) + math.exp(no)), abs=1e-4)


@pytest.mark.parametrize("batch_size", [1, 3, 16])
def test_the_batch_changes_nothing(tiny_t5, batch_size):
    together = Seq2SeqGoalModel(tiny_t5, batch_size=batch_size).score(GOALS)
    alone = [Seq2SeqGoalModel(tiny_t5).score([goal])[0] for goal in GOALS]
    assert together == pytest.approx(alone, abs=1e-5)


def test_of_a_long_goal_the_end_counts_and_the_question_stays(tiny_t5):
    _, tokenizer = load_pretrained(tiny_t5)
    inputs = Answers(tokenizer, max_tokens=5).ask(["⊢ abcdef", "x"])
    assert inputs["input_ids"].tolist() == [[259, *(ord(c) + 3 for c in "def"), 1], [259, ord("x") + 3, 1, 0, 0]]
    assert inputs["attention_mask"].tolist() == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0]]


def test_without_a_checkpoint_it_knows_nothing():
    assert Seq2SeqGoalModel().score(GOALS) == [math.log(0.5)] * len(GOALS)


def test_versions_tell_checkpoints_apart(tiny_t5, tmp_path):
    model, tokenizer = load_pretrained(tiny_t5)
    with torch.no_grad():
        model.lm_head.weight.add_(1.0)
    model.save_pretrained(tmp_path / "other")
    tokenizer.save_pretrained(tmp_path / "other")
    same, other = Seq2SeqGoalModel(tiny_t5).versions, Seq2SeqGoalModel(tmp_path / "other").versions
    assert Seq2SeqGoalModel(tiny_t5).versions == same != other


def test_what_is_no_checkpoint_is_refused(tiny_t5, tmp_path):
    with pytest.raises(CheckpointError, match="no checkpoint folder"):
        Seq2SeqGoalModel(tmp_path / "missing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CheckpointError, match="cannot be used"):
        Seq2SeqGoalModel(tmp_path / "empty")
    # Weights that are a pickle are not read, whatever is in them.
    model, _ = load_pretrained(tiny_t5)
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    model.config.save_pretrained(pickled)
    torch.save(model.state_dict(), pickled / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="safetensors"):
        Seq2SeqGoalModel(pickled)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"num_layers": 10**9}, "asks for num_layers=1000000000, and there are 26 arrays"),
        ({"num_labels": 10**9}, "asks for num_labels=1000000000"),
        ({"d_ff": 10**9, "d_model": 10**6}, "asks for d_"),
        ({"num_layers": 3}, "no weights for 16 of its parameters"),
        ({"num_decoder_layers": -1}, "cannot be used"),
        ({"decoder_start_token_id": -5}, "answers begin with -5"),
        ({"decoder_start_token_id": "x"}, "answers begin with x"),
    ],
)
def test_a_config_that_is_not_that_of_its_weights_is_refused_before_anything_is_made(tiny_t5, tmp_path, changed, said):
    folder = Path(shutil.copytree(tiny_t5, tmp_path / "copy"))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changed))
    with pytest.raises(CheckpointError, match=said):
        Seq2SeqGoalModel(folder)


def test_weights_that_diverged_are_told_apart(tiny_t5, tmp_path):
    model, tokenizer = load_pretrained(tiny_t5)
    with torch.no_grad():
        model.lm_head.weight.mul_(math.nan)
    model.save_pretrained(tmp_path / "diverged")
    tokenizer.save_pretrained(tmp_path / "diverged")
    with pytest.raises(TrainingDiverged, match="the training diverged"):
        Seq2SeqGoalModel(tmp_path / "diverged")


def test_a_tokenizer_without_sentinels_is_refused(tiny_t5):
    from transformers import ByT5Tokenizer

    with pytest.raises(CheckpointError, match="<extra_id_0>"):
        Answers(ByT5Tokenizer(extra_ids=0))


@pytest.mark.parametrize(("setting", "value"), [("batch_size", 0), ("max_tokens", 2)])
def test_settings_that_make_no_sense_are_refused(tiny_t5, setting, value):
    with pytest.raises(BadInput, match=setting):
        Seq2SeqGoalModel(tiny_t5, **{setting: value})
