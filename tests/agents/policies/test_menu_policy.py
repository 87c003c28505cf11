import json
import shutil

import numpy as np
import pytest

from aitp_gym.agents.policies.menu_network import SHORTLIST, look_up, rank_premises, shortlist
from aitp_gym.agents.policies.menu_policy import MenuPolicy
from aitp_gym.errors import CheckpointError, ConfigError
from aitp_gym.proof import Premises


@pytest.fixture
def trained(library):
    """A policy whose weights are all drawn at random, so that every term of the formula counts."""
    policy = MenuPolicy("hollight-full", noise=0.0)
    rng = np.random.default_rng(3)
    weights = {name: rng.normal(0, 0.5, value.shape).astype(np.float32) for name, value in policy.weights.items()}
    return MenuPolicy.from_weights(policy.menu, policy.config, weights, noise=0.0)


def test_untrained_logits_are_next_to_uniform_and_premises_in_tfidf_order(goals, premises):
    policy = MenuPolicy("hollight-full", noise=0.0)
    for answer in policy.get_tactics(goals, premises, 1000):
        logprobs = [s.logprob for s in answer]
        assert max(logprobs) - min(logprobs) < 0.2
    first = {s.tactic for s in policy.get_tactics(goals[:1], premises[:1], 1000)[0]}
    assert "MATCH_MP_TAC THM ONE_TWO" in first


def test_other_seeds_give_other_weights():
    assert MenuPolicy("propositional", init_seed=1).versions != MenuPolicy("propositional", init_seed=2).versions
    assert MenuPolicy("propositional", init_seed=1).versions == MenuPolicy("propositional", init_seed=1).versions


@pytest.mark.parametrize("kind", ["bag", "transformer"])
def test_what_is_saved_is_loaded(tmp_path, goals, premises, kind):
    if kind == "transformer":
        pytest.importorskip("torch", reason="the transformer encoder needs torch")
    policy = MenuPolicy("hollight-full", encoder={"kind": kind, "width": 16}, init_seed=4)
    policy.save(tmp_path / "checkpoint")
    loaded = MenuPolicy("hollight-full", ckpt_path=tmp_path / "checkpoint")
    assert loaded.versions == policy.versions
    assert loaded.get_tactics(goals, premises, 20) == policy.get_tactics(goals, premises, 20)


def test_premises_come_in_the_order_of_their_learned_scores(trained, goals, premises):
    weights, goal, given = trained.weights, goals[0], premises[0]
    vector = trained._encode([goal.text])[0]
    seen = look_up(goal.text, given)
    vectors = trained._library_vectors(given.library)
    best, cosines = rank_premises(vector, seen, vectors, weights, 3)
    near = shortlist(seen, 3)
    assert len(near) == 3 * SHORTLIST
    assert seen.cosines[near].min() >= np.delete(seen.cosines, near).max()
    scores = {
        int(seen.entries[place]): weights["premise.similarity"] * seen.cosines[place]
        + vectors[seen.entries[place]] @ (weights["premise.goal_map"].T @ vector)
        for place in near
    }
    assert best.tolist() == sorted(scores, key=scores.get, reverse=True)[:3]
    assert best.tolist() != seen.entries[near[:3]].tolist()
    assert cosines.tolist() == [seen.cosines[seen.entries.tolist().index(entry)] for entry in best]


def test_the_logits_are_those_of_the_formula(trained, goals, premises):
    weights, goal, given = trained.weights, goals[0], premises[0]
    vector = trained._encode([goal.text])[0]
    seen = look_up(goal.text, given)
    best, cosines = rank_premises(vector, seen, trained._library_vectors(given.library), weights, 16)
    candidates = trained.menu.candidates([given.library.entries[i].name for i in best])
    answer = trained.get_tactics([goal], [given], 1000)[0]
    logits = []
    for candidate in candidates:
        g = trained.menu.slots[candidate.slot].group
        own = [cosines[i] for i in candidate.premises]
        pooled = np.array([max(own), sum(own) / len(own)]) if own else np.zeros(2)
        logits.append(
            weights["slot.weight"][g] @ vector
            + weights["slot.dense"][g] @ seen.dense
            + weights["slot.bias"][g]
            + weights["slot.premise"][g] @ pooled
        )
    normaliser = np.log(np.exp(logits).sum())
    found = {suggestion.tactic: suggestion.logprob for suggestion in answer}
    assert found == pytest.approx(
        {candidate.tactic: logit - normaliser for candidate, logit in zip(candidates, logits, strict=True)}, abs=1e-4
    )


def test_small_noise_shuffles_an_untrained_policy_but_not_a_trained_one(trained, goals, premises):
    def first(policy, seed):
        policy.reset(seed)
        return policy.get_tactics(goals[:1], premises[:1], 1)[0][0].tactic

    noisy = MenuPolicy.from_weights(trained.menu, trained.config, trained.weights, noise=0.01)
    assert {first(noisy, seed) for seed in range(10)} == {first(trained, 0)}
    untrained = MenuPolicy("hollight-full")
    assert len({first(untrained, seed) for seed in range(30)}) > 15


def test_one_premise_is_enough(trained, library, goals):
    answer = trained.get_tactics(goals[:1], [Premises(library, range(1))], 1000)[0]
    assert "MATCH_MP_TAC THM ZERO_ZERO" in {s.tactic for s in answer}


def test_the_checkpoint_of_another_menu_is_refused(tmp_path):
    MenuPolicy("propositional").save(tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match=r"for menu 'propositional'.*expected menu 'hollight-full'"):
        MenuPolicy("hollight-full", ckpt_path=tmp_path / "checkpoint")


def test_a_checkpoint_is_not_overwritten(tmp_path):
    MenuPolicy("propositional").save(tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match="exists already"):
        MenuPolicy("propositional").save(tmp_path / "checkpoint")


def damage_nothing_there(folder):
    shutil.rmtree(folder)


def damage_no_config(folder):
    (folder / "config.json").unlink()


def damage_no_weights(folder):
    (folder / "weights.npz").unlink()


def damage_torn_weights(folder):
    path = folder / "weights.npz"
    path.write_bytes(path.read_bytes()[:1000])


def damage_pickled_weights(folder):
    np.savez(folder / "weights.npz", **{"slot.bias": np.array([print], dtype=object)})


def damage_missing_weight(folder):
    with np.load(folder / "weights.npz") as archive:
        weights = {name: archive[name] for name in archive.files if name != "slot.bias"}
    np.savez(folder / "weights.npz", **weights)


def damage_other_policy(folder):
    change(folder, policy="generator")


def damage_other_schema(folder):
    change(folder, schema_version=99)


def damage_other_shape(folder):
    change(folder, premise_rank=3)


def damage_unknown_field(folder):
    change(folder, colour="red")


def change(folder, **fields):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_nothing_there, "no checkpoint folder"),
        (damage_no_config, r"is not a checkpoint of aitp-gym: its config\.json"),
        (damage_no_weights, "damaged"),
        (damage_torn_weights, "damaged"),
        (damage_pickled_weights, "damaged"),
        (damage_missing_weight, r"slot\.bias"),
        (damage_other_policy, "of policy 'generator'.*expected policy 'menu'"),
        (damage_other_schema, "schema 99; expected"),
        (damage_other_shape, r"premise\."),
        (damage_unknown_field, "colour"),
    ],
)
def test_a_checkpoint_that_is_none_is_refused_with_the_reason(tmp_path, damage, message):
    folder = tmp_path / "checkpoint"
    MenuPolicy("propositional").save(folder)
    damage(folder)
    with pytest.raises(CheckpointError, match=message):
        MenuPolicy("propositional", ckpt_path=folder)


def test_bad_settings_are_refused():
    with pytest.raises(ConfigError, match="noise"):
        MenuPolicy("propositional", noise=-1)
    with pytest.raises(ConfigError, match=r"encoder\.kind"):
        MenuPolicy("propositional", encoder={"kind": "lstm"})
    with pytest.raises(ConfigError, match="widht"):
        MenuPolicy("propositional", encoder={"widht": 30})
