import json
import subprocess
import sys

import numpy as np
import pytest

from aitp_gym.agents.encoders.config import EncoderConfig
from aitp_gym.agents.encoders.registry import ENCODERS, encoder_of
from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.errors import ConfigError
from aitp_gym.proof import Goal, Premises

GOALS = ["p → q\n⊢ q ∧ r", "⊢ (p ∨ q) → r", "", "(v (bool) p)"]


def test_an_unknown_kind_is_refused_and_those_known_are_named():
    with pytest.raises(ConfigError, match=r"encoder\.kind must be one of .*'bag'.*got 'lstm'"):
        EncoderConfig("lstm")


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_every_encoder_says_in_training_what_it_says_in_inference(kind):
    torch = pytest.importorskip("torch", reason="training an encoder needs torch: pip install 'aitp-gym[lightning]'")
    config = EncoderConfig(kind, width=16, buckets=64, layers=1)
    encoder = encoder_of(config)
    weights = encoder.untrained(3, np.random.default_rng(3))
    module = encoder.module(weights, feature_dropout=0.5).eval()
    assert {name: tuple(value.shape) for name, value in module.state_dict().items()} == {
        name: value.shape for name, value in weights.items()
    }
    with torch.no_grad():
        trained = module(encoder.collate([encoder.read(text) for text in GOALS])).numpy()
    vectors = encoder.inference(weights)(GOALS)
    assert vectors.shape == (len(GOALS), 16)
    assert vectors.dtype == np.float32
    assert trained == pytest.approx(vectors, abs=1e-5)


@pytest.mark.parametrize("kind", sorted(ENCODERS))
def test_the_same_seed_gives_the_same_weights(kind):
    if kind != "bag":
        pytest.importorskip("torch", reason=f"the {kind} encoder needs torch: pip install 'aitp-gym[lightning]'")
    encoder = encoder_of(EncoderConfig(kind, width=16, buckets=64, layers=1))
    one, same, other = (encoder.untrained(seed, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(one[name], same[name]) for name in one)
    assert any(not np.array_equal(one[name], other[name]) for name in one)


def test_policies_with_the_bag_run_where_torch_is_not_installed(tmp_path):
    MenuPolicy("propositional", init_seed=3, noise=0.0).save(tmp_path / "policy")
    ValueNetwork(init_seed=3).save(tmp_path / "network")
    code = """
import json, sys
sys.modules["torch"] = None
from aitp_gym.agents.goal_models.value_network import ValueNetwork
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.errors import DependencyNotInstalled
from aitp_gym.proof import Goal, Premises
goals = [Goal.single("p ∧ q")]
policy = MenuPolicy("propositional", sys.argv[1] + "/policy", noise=0.0)
answer = policy.get_tactics(goals, [Premises.none()], 3)[0]
try:
    ValueNetwork(encoder={"kind": "transformer"})
except DependencyNotInstalled as error:
    refusal = str(error)
scores = ValueNetwork(sys.argv[1] + "/network").score(goals)
print(json.dumps([[suggestion.tactic for suggestion in answer], scores, refusal]))
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    tactics, scores, refusal = json.loads(done.stdout)
    goals = [Goal.single("p ∧ q")]
    policy = MenuPolicy("propositional", tmp_path / "policy", noise=0.0)
    assert tactics == [suggestion.tactic for suggestion in policy.get_tactics(goals, [Premises.none()], 3)[0]]
    assert scores == ValueNetwork(tmp_path / "network").score(goals)
    assert "encoder.kind=bag" in refusal
