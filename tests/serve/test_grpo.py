"""TRL's own trainer with the class for it: tools are called, and the reward that it trains on is the checked one."""

from __future__ import annotations

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "grpo.py"
# The libraries warn of each other's changes.
pytestmark = [
    pytest.mark.integration,
    pytest.mark.filterwarnings("ignore"),
    # Not imported to find out: that takes seconds.
    pytest.mark.skipif(find_spec("trl") is None, reason="TRL, whose trainer this is, is not installed"),
]


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """The example as a module."""
    spec = spec_from_file_location("grpo_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def call(tactic: str) -> str:
    return f'<tool_call>\n{{"name": "apply_tactic", "arguments": {{"tactic": "{tactic}"}}}}\n</tool_call><|im_end|>'


def scripted(model: Any, tokenizer: Any) -> Any:
    """The model, whose even rollouts say a proof of `p → p` and whose odd ones something else."""
    import torch

    def say(conversation: str, row: int) -> str:
        told = conversation.count("<tool_response>")
        if told == 0:
            return call("bogus" if row % 2 else "intro")
        if told == 1 and "bogus" not in conversation:
            return call("assumption")
        return "done<|im_end|>"

    def generate(input_ids: Any, **_: Any) -> Any:
        said = [say(tokenizer.decode(ids), row) for row, ids in enumerate(input_ids)]
        padded = tokenizer(said, padding=True, padding_side="right", return_tensors="pt")["input_ids"]
        return torch.cat([input_ids, padded], dim=1)

    model.generate = generate
    return model


def test_the_reward_that_is_trained_on_is_that_of_the_check(example, tmp_path, monkeypatch):
    monkeypatch.setenv("TRL_EXPERIMENTAL_SILENCE", "1")
    tokenizer = example.tiny_tokenizer()
    model = scripted(example.tiny_model(tokenizer), tokenizer)
    rows = [{"prompt": [{"role": "user", "content": "Prove: "}], "theorem": "p → p"}] * 2
    trainer = example.trainer(model, tokenizer, rows, str(tmp_path), 1)
    trainer.train()
    logged = next(entry for entry in trainer.state.log_history if "reward" in entry)
    assert float(logged["rewards/ProofTools/mean"]) == 0.5
    assert float(logged["tools/call_frequency"]) == 1.5
    assert float(logged["tools/failure_frequency"]) == 0.0
    assert float(logged["grad_norm"]) > 0.0


def test_tools_have_schemas_that_transformers_reads(example):
    from transformers.utils import get_json_schema

    schema = get_json_schema(example.ProofTools.apply_tactic)["function"]
    assert (schema["name"], schema["parameters"]["required"]) == ("apply_tactic", ["tactic"])
    assert schema["parameters"]["properties"]["goal"]["type"] == "integer"
