"""`aitp train`: mistakes in what follows it are one sentence."""

from __future__ import annotations

import pytest

from aitp_gym.cli.run import experiments
from aitp_gym.cli.train import train_sb3
from aitp_gym.errors import BadInput, ConfigError


@pytest.mark.parametrize(
    ("overrides", "error", "words"),
    [
        (["steps=0"], ConfigError, "steps must be a whole number >= 1, got 0"),
        (["stepps=10"], ConfigError, "no field 'stepps': did you mean 'steps'?"),
        (["env.kk=10"], ConfigError, "added with +env.kk=VALUE"),
        (["env=chess"], ConfigError, "chess"),
        (["algorithm=sac"], ConfigError, "sac"),
        (["seeds=3"], ConfigError, "seeds must be different whole numbers"),
        (["env.id=null"], ConfigError, "env.id must be the id of a preset"),
        (["--steps=10"], BadInput, "takes overrides such as steps=1000, and no options: got --steps=10"),
    ],
)
def test_what_cannot_be_trained_is_refused_in_one_sentence(overrides, error, words):
    with pytest.raises(error) as caught:
        train_sb3(overrides)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_configuration_of_a_training_is_no_experiment_of_the_loop():
    assert "train_sb3" not in experiments()
