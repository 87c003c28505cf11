import numpy as np
import pytest

from aitp_gym.agents.encoders.config import EncoderConfig

torch = pytest.importorskip("torch", reason="the transformer encoder needs torch: pip install 'aitp-gym[lightning]'")

from aitp_gym.agents.encoders.transformer import TransformerEncoder  # noqa: E402
from aitp_gym.errors import ConfigError  # noqa: E402

CONFIG = EncoderConfig("transformer", width=16, buckets=100, layers=1, heads=2, max_tokens=6)
ENCODER = TransformerEncoder(CONFIG)


def untrained(seed):
    return ENCODER.untrained(seed, np.random.default_rng(seed))


def token_ids(texts):
    return ENCODER.collate([ENCODER.read(text) for text in texts]).numpy()


@pytest.fixture
def encode():
    return ENCODER.inference(untrained(seed=1))


def test_token_ids_are_padded_and_keep_the_end_of_a_long_goal():
    ids = token_ids(["p", "a b c d e f ⊢ q", ""])
    assert ids.shape == (3, 6)
    assert (ids[0] > 0).tolist() == [True] + [False] * 5
    assert ids[1].tolist() == token_ids(["c d e f ⊢ q"])[0].tolist()
    assert not ids[2].any()
    assert ids.max() <= CONFIG.buckets


def test_a_goal_is_encoded_alike_alone_and_in_a_batch(encode):
    goals = ["⊢ p", "p → q\n⊢ q", ""]
    together = encode(goals)
    assert together.shape == (3, 16)
    assert np.isfinite(together).all()
    for goal, vector in zip(goals, together, strict=True):
        assert encode([goal])[0] == pytest.approx(vector, abs=1e-5)


def test_the_order_of_tokens_matters(encode):
    one, other = encode(["p → q", "q → p"])
    assert np.abs(one - other).max() > 1e-3


def test_the_same_seed_gives_the_same_weights_and_leaves_torchs_own_seed_alone():
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    first, second = untrained(seed=1), untrained(seed=1)
    assert torch.rand(1) == expected
    assert all(np.array_equal(first[name], second[name]) for name in first)
    other = untrained(seed=2)
    assert not np.array_equal(first["embedding.weight"], other["embedding.weight"])


def test_a_width_that_the_heads_cannot_share_is_refused():
    with pytest.raises(ConfigError, match="multiple of"):
        TransformerEncoder(EncoderConfig("transformer", width=30))
