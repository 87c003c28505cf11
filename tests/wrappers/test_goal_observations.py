"""Goals as numbers."""

from __future__ import annotations

import zlib

import gymnasium
import numpy as np
import pytest
from gymnasium import spaces

from aitp_gym.errors import BadInput
from aitp_gym.terms.dag import NodeKind
from aitp_gym.terms.features import hash_vector
from aitp_gym.wrappers import FocusGoal, GoalGraph, HashGoal, TacticMenu, TokenizeGoal

from .conftest import play


@pytest.fixture
def focused():
    env = FocusGoal(gymnasium.make("aitp/Propositional-v0").unwrapped)
    yield env
    env.close()


def observed(env, theorem):
    return env.reset(options={"theorem": theorem})[0]


def test_hashed_features_have_signs_and_logarithms_of_counts():
    code = {name: zlib.crc32(name.encode()) for name in ("a", "b")}
    vector = hash_vector({"a": 1, "b": 3}, 64)
    for name, weight in (("a", 1.0), ("b", 1.0 + np.log(3))):
        sign = 1 if code[name] >= 2**31 else -1
        assert vector[code[name] % 64] == pytest.approx(sign * weight)
    assert np.count_nonzero(vector) == 2


@pytest.mark.parametrize("wrapper", [HashGoal, TokenizeGoal, GoalGraph])
def test_over_a_menu_the_mask_comes_along_and_without_one_the_value_is_all(focused, wrapper):
    alone = wrapper(focused)
    assert observed(alone, "p -> p & p") in alone.observation_space
    masked = wrapper(TacticMenu(focused, "propositional"))
    assert list(masked.observation_space) == ["action_mask", "observations"]
    assert masked.observation_space["observations"] == alone.observation_space
    told = play(masked, 0, episodes=5)
    assert all(step[0] in masked.observation_space for step in told)


def test_what_one_observation_is_written_into_is_not_the_next_one(focused):
    env = HashGoal(focused)
    first = observed(env, "p -> p")
    kept = first.copy()
    first[:] = 7
    assert (observed(env, "p -> p") == kept).all()


def test_bytes_are_shifted_by_one_and_a_long_goal_keeps_its_conclusion(focused):
    env = TokenizeGoal(focused, length=16)
    ids = observed(env, "p")
    goal = "⊢ p".encode()
    assert ids[: len(goal)].tolist() == [byte + 1 for byte in goal]
    assert not ids[len(goal) :].any()
    long = observed(env, "p -> q -> p -> q -> p")
    assert long.tolist() == [byte + 1 for byte in "⊢ p → q → p → q → p".encode()[-16:]]


def test_a_tokenizer_of_hugging_face_gives_its_ids_plus_one(focused, tmp_path):
    transformers = pytest.importorskip("transformers", reason="pip install 'aitp-gym[transformers]'")
    tokenizers = pytest.importorskip("tokenizers")
    words = {word: i for i, word in enumerate(["[UNK]", "⊢", "p", "→"])}
    model = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="[UNK]"))
    model.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    folder = str(tmp_path / "tokenizer")
    transformers.PreTrainedTokenizerFast(tokenizer_object=model, unk_token="[UNK]").save_pretrained(folder)
    env = TokenizeGoal(focused, length=6, tokenizer=folder)
    assert env.observation_space == spaces.Box(0, 4, (6,), np.int32)
    assert observed(env, "p -> q").tolist() == [2, 3, 4, 1, 0, 0]


def test_a_goal_graph_shares_subterms_and_says_what_each_node_is(focused):
    env = GoalGraph(focused, buckets=1000, positions=2)
    graph = observed(env, "p -> p & p")
    label = [zlib.crc32(text.encode()) % 1000 for text in ("p", "∧", "→")]
    assert sorted(graph.nodes[:, 1].tolist()) == sorted(label)
    (p,), (both,), (root,) = (np.flatnonzero(graph.nodes[:, 1] == each) for each in label)
    assert graph.nodes[p, 0] == NodeKind.FREE
    assert graph.nodes[:, 3].tolist() == [2 if node == root else 0 for node in range(3)]
    edges = {(int(a), int(b), int(place)) for (a, b), place in zip(graph.edge_links, graph.edges, strict=True)}
    assert edges == {(root, p, 0), (root, both, 1), (both, p, 0), (both, p, 1)}


def test_hypotheses_and_conclusions_of_a_goal_graph_are_told_apart(focused):
    env = GoalGraph(focused)
    env.reset(options={"theorem": "p -> q"})
    graph = env.step("intro")[0]
    assert sorted(graph.nodes[:, 3].tolist()) == [1, 2]
    assert graph.edges is None


@pytest.mark.parametrize(
    ("wrapper", "arguments", "words"),
    [
        (HashGoal, {"buckets": -1}, "buckets must be a whole number >= 1"),
        (HashGoal, {"premises": 2}, "observes nearest premises only over a TacticMenu"),
        (TokenizeGoal, {"length": 0}, "length must be a whole number >= 1"),
        (TokenizeGoal, {"tokenizer": "/no/such/folder"}, "There is no tokenizer '/no/such/folder'"),
        (GoalGraph, {"buckets": 0}, "must be whole numbers >= 1"),
    ],
)
def test_what_cannot_be_observed_is_refused_in_one_sentence(focused, wrapper, arguments, words):
    if "tokenizer" in arguments:
        pytest.importorskip("transformers", reason="pip install 'aitp-gym[transformers]'")
    with pytest.raises(BadInput) as caught:
        wrapper(focused, **arguments)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_raw_environment_has_no_goal_in_focus_to_observe():
    env = gymnasium.make("aitp/Propositional-v0").unwrapped
    with pytest.raises(BadInput, match="reads the goal that FocusGoal observes"):
        HashGoal(env)
    env.close()


def test_gymnasium_says_that_graphs_have_no_shared_memory():
    with pytest.raises(Exception, match=r"Graph|shared_memory"):
        gymnasium.make_vec(
            "aitp/Propositional-Menu-v0",
            2,
            vectorization_mode="async",
            vector_kwargs={"shared_memory": True, "context": "spawn"},
            observation="graph",
        )
