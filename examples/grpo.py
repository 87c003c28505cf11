"""GRPO on theorems, in one process and one file: `python examples/grpo.py [--steps N]`.

TRL's trainer calls `ProofTools`: the model writes a tool call with a tactic, reads the goals that are left, and so on;
the reward is that of the check. The model here is a tiny random one, so that the example runs on a CPU in a minute: it
shows that everything fits together and learns nothing. Put a real one in its place:
`GRPOTrainer("Qwen/Qwen3-0.6B", …)`, without `processing_class`.

Needs `pip install aitp-gym trl transformers`.
"""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

import trl
from datasets import Dataset
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3ForCausalLM
from trl import GRPOConfig, GRPOTrainer

from aitp_gym.serve.trl import ProofTools, prompt_rows

ENV = "aitp/Propositional-v0"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>"]


def tiny_tokenizer() -> PreTrainedTokenizerFast:
    """A token per byte, with the chat template of Qwen 3."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens=SPECIAL[1:],
    )
    wrapped.chat_template = (Path(trl.__file__).parent / "chat_templates" / "qwen3.jinja").read_text(encoding="utf-8")
    return wrapped


def tiny_model(tokenizer: PreTrainedTokenizerFast) -> Qwen3ForCausalLM:
    """A random transformer of two small layers."""
    return Qwen3ForCausalLM(
        Qwen3Config(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=2,
            head_dim=16,
            max_position_embeddings=4096,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
    )


def trainer(
    model: Qwen3ForCausalLM, tokenizer: PreTrainedTokenizerFast, rows: list[dict[str, Any]], output: str, steps: int
) -> GRPOTrainer:
    """The trainer, ready to train."""
    return GRPOTrainer(
        model,
        args=GRPOConfig(
            output_dir=output,
            max_steps=steps,
            per_device_train_batch_size=2,
            num_generations=2,
            max_completion_length=512,
            max_tool_calling_iterations=4,
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            bf16=False,
        ),
        train_dataset=Dataset.from_list(rows),
        processing_class=tokenizer,
        environment_factory=partial(ProofTools, ENV, max_tactics=8),
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="GRPO on theorems, with a tiny random model.")
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--output", default="grpo")
    arguments = parser.parse_args()
    tokenizer = tiny_tokenizer()
    rows = prompt_rows(ENV, "train", limit=16)
    trainer(tiny_model(tokenizer), tokenizer, rows, arguments.output, arguments.steps).train()
