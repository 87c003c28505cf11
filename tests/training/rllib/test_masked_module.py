"""RLlib's module for masked actions."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from gymnasium import spaces

from aitp_gym.errors import BadInput

pytest.importorskip("ray.rllib", reason="RLlib is not installed: pip install 'aitp-gym[rllib]'")

from ray.rllib.core.columns import Columns

from aitp_gym.training.rllib.masked_module import MaskedModule

NUM_ACTIONS, NUM_FEATURES = 5, 3
OBSERVATIONS = spaces.Dict(
    {
        "action_mask": spaces.Box(0.0, 1.0, (NUM_ACTIONS,), np.float32),
        "observations": spaces.Box(-1.0, 1.0, (NUM_FEATURES,), np.float32),
    }
)


def module(observation_space: spaces.Space = OBSERVATIONS, *, inference_only: bool = False) -> MaskedModule:
    torch.manual_seed(0)
    return MaskedModule(
        observation_space=observation_space,
        action_space=spaces.Discrete(NUM_ACTIONS),
        inference_only=inference_only,
        model_config={"hidden": [8]},
    )


def batch(*masks: list[float]) -> dict[str, dict[str, torch.Tensor]]:
    features = torch.linspace(-1, 1, len(masks) * NUM_FEATURES).reshape(len(masks), NUM_FEATURES)
    return {Columns.OBS: {"action_mask": torch.tensor(masks), "observations": features}}


def test_what_the_mask_leaves_out_has_no_chance():
    given = batch([1, 0, 1, 0, 0], [0, 0, 0, 0, 1])
    made = module()
    for forward in (made.forward_inference, made.forward_exploration, made.forward_train):
        chances = torch.softmax(forward(given)[Columns.ACTION_DIST_INPUTS], dim=1)
        assert chances[0, [1, 3, 4]].sum() == 0
        assert chances[1, 4] == 1
        assert torch.isfinite(chances).all()


def test_what_was_tried_changes_the_rest():
    """The mask is an input too: the choice among what is left depends on what was tried."""
    first, second = (module().forward_inference(batch(mask))[Columns.ACTION_DIST_INPUTS][0] for mask in (
        [1.0, 1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0, 0.0]
    ))  # fmt: skip
    assert not torch.allclose(first[:4] - first[0], second[:4] - second[0])


def test_each_observation_has_a_value():
    values = module().compute_values(batch([1, 1, 1, 1, 1], [1, 0, 0, 0, 0]))
    assert values.shape == (2,)
    assert values.requires_grad


def test_acting_needs_no_values():
    assert not hasattr(module(inference_only=True), "value")
    assert module().get_non_inference_attributes() == ["value"]


@pytest.mark.parametrize(
    "space",
    [
        OBSERVATIONS["observations"],
        spaces.Dict({"observations": OBSERVATIONS["observations"]}),
        spaces.Dict({"action_mask": OBSERVATIONS["action_mask"], "observations": spaces.Text(3)}),
    ],
)
def test_other_spaces_are_refused(space):
    with pytest.raises(BadInput, match="got "):
        module(space)
