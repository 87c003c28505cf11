"""What holds for every encoder that learns from structure, and for the others where it can."""

import time

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="these encoders need torch: pip install 'aitp-gym[lightning]'")

from aitp_gym.agents.encoders.config import EncoderConfig  # noqa: E402
from aitp_gym.agents.encoders.registry import encoder_of  # noqa: E402
from aitp_gym.agents.policies.menu_policy import MenuPolicy  # noqa: E402
from aitp_gym.errors import CheckpointError, ConfigError  # noqa: E402

from .hol_goals import apply, ordered, relation, variable  # noqa: E402

SIZES = {"width": 16, "buckets": 256, "layers": 1, "heads": 2, "rounds": 2, "max_tokens": 64}
GRAPHS = {
    "gnn": EncoderConfig("gnn", **SIZES),
    "sat": EncoderConfig("sat", **SIZES),
    "directed sat": EncoderConfig("sat", directed=True, **SIZES),
    "node transformer": EncoderConfig("node_transformer", **SIZES),
    "ensemble": EncoderConfig("ensemble", **SIZES),
}
ALL = {"transformer": EncoderConfig("transformer", **SIZES), **GRAPHS}
HYPOTHESIS = relation("<", variable("x"), variable("y"))
GOALS = [
    ordered("m", "n", "m", "n"),
    f"{HYPOTHESIS}\n⊢ {relation('<=', variable('x'), variable('y'))}",
    "",
    "⊢ p ∧ q → q ∧ p",
    f"{HYPOTHESIS}\n{HYPOTHESIS}\n" + ordered("k", "l", "k", "k", name="="),
    "x : ℕ\nh : x < 3\n⊢ x + 1 < 4",
    ordered("a", "b", "b", "a", name="<"),
]

each_graph = pytest.mark.parametrize("config", GRAPHS.values(), ids=GRAPHS)


@pytest.fixture(autouse=True)
def one_thread():
    """More threads gain nothing on batches this small, and lose much when cores are busy."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def encode(config, texts, seed=1):
    encoder = encoder_of(config)
    return encoder.inference(encoder.untrained(seed, np.random.default_rng(seed)))(texts)


def tower(height, width):
    """The term f_k (g_1 x) (g_2 x) … of about `height * width` nodes, none of them shared but x."""
    term = variable("x")
    for level in range(height):
        leaves = [apply(f"(c (fun (num) (num)) g{level}_{place})", variable("x")) for place in range(width)]
        term = apply(f"(c (fun (num) (num)) f{level})", term, *leaves)
    return "⊢ " + relation("=", term, variable("x"))


@each_graph
def test_renaming_bound_variables_changes_nothing_and_exchanging_them_does(config):
    one, renamed, exchanged = encode(
        config, [ordered("m", "n", "m", "n"), ordered("x", "y", "x", "y"), ordered("m", "n", "n", "m")]
    )
    assert one == pytest.approx(renamed, abs=1e-6)
    assert np.abs(one - exchanged).max() > 1e-3


@each_graph
def test_a_goal_is_encoded_alike_alone_and_in_any_batch(config):
    together = encode(config, GOALS)
    assert together.shape == (len(GOALS), 16)
    assert np.isfinite(together).all()
    assert encode(config, GOALS[::-1])[::-1] == pytest.approx(together, abs=1e-5)
    assert encode(config, [*GOALS, tower(10, 10)])[:-1] == pytest.approx(together, abs=1e-5)
    for goal, vector in zip(GOALS, together, strict=True):
        assert encode(config, [goal])[0] == pytest.approx(vector, abs=1e-5)


@each_graph
def test_an_empty_batch_has_no_vectors(config):
    assert encode(config, []).shape == (0, 16)


@pytest.mark.parametrize("config", ALL.values(), ids=ALL)
def test_twenty_examples_are_learned_by_heart(config):
    goals = [ordered("m", "n", *order, name=f"R{n}") for n in range(10) for order in (("m", "n"), ("n", "m"))]
    encoder = encoder_of(config)
    batch = encoder.collate([encoder.read(goal) for goal in goals])
    module = encoder.module(encoder.untrained(0, np.random.default_rng(0))).eval()
    torch.manual_seed(0)
    head = torch.nn.Sequential(torch.nn.LayerNorm(16), torch.nn.Linear(16, 20))
    optimizer = torch.optim.Adam([*module.parameters(), *head.parameters()], lr=1e-2)
    for _ in range(300):
        logits = head(module(batch))
        if (logits.argmax(1) == torch.arange(20)).all():
            break
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(logits, torch.arange(20)).backward()
        optimizer.step()
    assert (logits.argmax(1) == torch.arange(20)).all()


@each_graph
def test_gradients_are_finite_where_rows_have_no_partners(config):
    encoder = encoder_of(config)
    module = encoder.module(encoder.untrained(0, np.random.default_rng(0))).train()
    vectors = module(encoder.collate([encoder.read(text) for text in ["", *GOALS]]))
    vectors.square().sum().backward()
    gradients = [weight.grad for weight in module.parameters() if weight.grad is not None]
    assert gradients
    assert all(torch.isfinite(gradient).all() for gradient in gradients)


@each_graph
def test_saved_weights_are_read_back_exactly(config, tmp_path):
    policy = MenuPolicy("propositional", encoder=config, init_seed=5)
    policy.save(tmp_path / "policy")
    loaded = MenuPolicy("propositional", tmp_path / "policy")
    assert loaded.config == policy.config
    assert all(np.array_equal(policy.weights[name], loaded.weights[name]) for name in policy.weights)
    assert np.array_equal(policy._encode(GOALS), loaded._encode(GOALS))


@each_graph
def test_weights_of_other_sizes_are_refused_in_one_sentence(config):
    encoder = encoder_of(config)
    weights = dict(encoder.untrained(0, np.random.default_rng(0)))
    name = next(iter(weights))
    weights[name] = weights[name][:, :8]
    with pytest.raises(CheckpointError, match=r"should have shape \(\d+, 16\), got \(\d+, 8\)"):
        encoder.module(weights)
    del weights[name]
    with pytest.raises(CheckpointError, match="got none"):
        encoder.module(weights)


@pytest.mark.parametrize("kind", ["sat", "node_transformer", "ensemble"])
def test_a_width_that_the_heads_cannot_share_is_refused(kind):
    with pytest.raises(ConfigError, match=r"encoder\.width \(30\) must be a multiple of encoder\.heads \(4\)"):
        encoder_of(EncoderConfig(kind, width=30))


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        ({"kind": "gnn", "max_nodes": 0}, "positive integers"),
        ({"kind": "gnn", "rounds": 1.5}, "positive integers"),
        ({"kind": "gnn", "directed": True}, r"only encoder\.kind=sat can be"),
        ({"kind": "sat", "directed": "yes"}, r"only encoder\.kind=sat can be"),
    ],
)
def test_wrong_sizes_are_refused(sizes, said):
    with pytest.raises(ConfigError, match=said):
        EncoderConfig.from_dict(sizes)


@each_graph
def test_a_goal_of_8000_nodes_is_cut_to_the_bound_and_costs_little(config):
    text = tower(80, 100)
    encoder = encoder_of(config)
    began = time.process_time()
    vector = encoder.inference(encoder.untrained(0, np.random.default_rng(0)))([text])
    assert np.isfinite(vector).all()
    assert time.process_time() - began < 5


@pytest.mark.integration
@each_graph
def test_a_goal_of_8000_nodes_can_be_read_whole(config):
    whole = EncoderConfig.from_dict({**{name: getattr(config, name) for name in config.__slots__}, "max_nodes": 10_000})
    encoder = encoder_of(whole)
    assert len(encoder.graph(tower(80, 100)).labels) > 8000
    began = time.process_time()
    assert np.isfinite(encode(whole, [tower(80, 100), *GOALS])).all()
    assert time.process_time() - began < 60
