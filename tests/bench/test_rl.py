import pytest

pytest.importorskip("sb3_contrib", reason="Stable-Baselines3 is not installed: pip install 'aitp-gym[sb3]'")

from aitp_gym.bench.measure import parts
from aitp_gym.bench.rl import STEPS, rl_figures


@pytest.mark.integration
# RLlib registers its runner's environment again for each algorithm.
@pytest.mark.filterwarnings("ignore:.*Overriding environment rllib-single-agent-env-v0:UserWarning")
def test_the_part_gives_the_figures_it_names():
    found = rl_figures(
        {"a2c": 40, "maskable_ppo": 2048, "rllib_ppo": 2048}, num_seeds=2, num_theorems=5, speed_steps=64
    )
    assert set(found) <= set(parts()["rl"].figures)
    assert set(parts()["rl"].figures) == {*found, *STEPS}
    for name in ("random_masked", "random_unmasked", "a2c", "maskable_ppo", "rllib_ppo"):
        rates = found[name]["sampled"]
        assert 0 <= rates["lowest"] <= rates["mean"] <= 1
        assert rates["interval"]["low"] <= rates["mean"] <= rates["interval"]["high"]
    assert found["a2c"]["steps"] == 40
    assert found["maskable_ppo"]["cpu_s"] > 0
    assert all(found["steps_per_s"][count] > 0 for count in ("1", "4"))
    assert 0 < found["env_share"] < 1
    assert all(speeds is None or min(speeds.values()) > 0 for speeds in found["free_steps_per_s"].values())


@pytest.mark.benchmark
@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_maskable_ppo_proves_nine_tenths_within_seventy_seconds():
    found = rl_figures({"maskable_ppo": STEPS["maskable_ppo"]})
    learned, chance = found["maskable_ppo"], found["random_masked"]
    assert learned["greedy"]["mean"] >= 0.90
    assert learned["greedy"]["lowest"] >= 0.85
    assert learned["cpu_s"] <= 70
    assert chance["sampled"]["mean"] < 0.5
    assert found["steps_per_s"]["4"] >= 5_000
    assert all(speeds is None or speeds["4"] >= 500 for speeds in found["free_steps_per_s"].values())
