import json

import pytest

from aitp_gym.agents.policies.frequency import FrequencyPolicy
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.errors import CheckpointError
from aitp_gym.menus import Menu
from aitp_gym.proof import Goal, Premises

MENU = Menu.from_dict({"name": "m", "version": 1, "prover": "p", "tactic": [{"text": t} for t in "abcd"]})
TRIED = [(0, True), (0, False), (1, True), (2, False), (2, False)]


def order(policy):
    return [s.tactic for s in policy.get_tactics([Goal.single("p")], [Premises.none()], 9)[0]]


def test_rates_are_smoothed_towards_the_average():
    policy = FrequencyPolicy.fitted(MENU, TRIED, prior_tries=2.0)
    average = (2 + 0.5) / (5 + 1)
    expected = [(1 + 2 * average) / 4, (1 + 2 * average) / 3, (0 + 2 * average) / 4, average]
    assert policy.rates == pytest.approx(expected)


def test_what_succeeds_more_often_comes_first_and_the_untried_is_average():
    assert order(FrequencyPolicy.fitted(MENU, TRIED)) == ["b", "a", "d", "c"]


def test_before_anything_is_tried_the_order_is_the_menus():
    assert order(FrequencyPolicy(MENU)) == list("abcd")


def test_what_is_saved_is_loaded(tmp_path):
    policy = FrequencyPolicy.fitted(MENU, TRIED)
    policy.save(tmp_path / "frequency.json")
    loaded = FrequencyPolicy(MENU, ckpt_path=tmp_path / "frequency.json")
    assert loaded.rates == pytest.approx(policy.rates)
    assert loaded.versions == policy.versions
    assert loaded.versions != FrequencyPolicy(MENU).versions


def test_the_counts_of_another_menu_are_refused(tmp_path):
    FrequencyPolicy.fitted(MENU, TRIED).save(tmp_path / "frequency.json")
    with pytest.raises(CheckpointError, match=r"menu 'm'.*expected .* menu 'propositional'.*fit it again"):
        FrequencyPolicy("propositional", ckpt_path=tmp_path / "frequency.json")


@pytest.mark.parametrize("content", ["", "[]", "{}", "\0\1", json.dumps({"policy": "menu"})])
def test_a_foreign_file_is_refused(tmp_path, content):
    path = tmp_path / "frequency.json"
    path.write_text(content)
    with pytest.raises(CheckpointError, match="is not a checkpoint of the frequency policy"):
        FrequencyPolicy(MENU, ckpt_path=path)


def test_a_checkpoint_of_the_menu_policy_is_refused(tmp_path):
    MenuPolicy(MENU).save(tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match="is not a checkpoint of the frequency policy"):
        FrequencyPolicy(MENU, ckpt_path=tmp_path / "checkpoint")


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "frequency.json"
    FrequencyPolicy.fitted(MENU, TRIED).save(path)
    content = json.loads(path.read_text())
    del content["slots"]["c"]
    path.write_text(json.dumps(content))
    with pytest.raises(CheckpointError, match="damaged"):
        FrequencyPolicy(MENU, ckpt_path=path)
