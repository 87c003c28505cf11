"""Seq2seq goal model: a Hugging Face encoder-decoder that answers with one of two tokens. Follows `GoalScorer`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aitp_gym.errors import BadInput, CheckpointError, DependencyNotInstalled, TrainingDiverged
from aitp_gym.files import open_regular, read_json
from aitp_gym.proof import Goal
from aitp_gym.search.goal_scorer import ConstantScorer, GoalScorer

try:
    import torch
    from safetensors import safe_open
    from torch import Tensor
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer
    from transformers.utils import logging as hf_logging
except ImportError as error:
    raise DependencyNotInstalled(
        f"The seq2seq goal model needs torch and transformers ({error}): pip install 'aitp-gym[transformers]'."
    ) from error

__all__ = ["MAX_TOKENS", "Answers", "Seq2SeqGoalModel", "load_pretrained"]

MAX_TOKENS = 2300
"""Tokens of an input, at most, as BAIT has it; ByT5's tokens are bytes."""

# A tokenizer has a few megabytes.
_MAX_TEXT_BYTES = 256 * 2**20
_MAX_WEIGHTS_BYTES = 64 * 2**30
_QUESTION, _PROVABLE, _UNPROVABLE = "<extra_id_0>", "<extra_id_1>", "<extra_id_2>"


class Answers:
    """The question that is put to the model, and the two tokens that it may answer with.

    The input is `<extra_id_0>` and the goal; the answer `<extra_id_1>` says provable, `<extra_id_2>` not. All other
    answers are ruled out, so that the model's distribution over the two is what counts (the goal model of BAIT,
    github.com/sean-lamont/bait).

    Args:
        tokenizer: tokenizer of the model; must know T5's sentinels.
        max_tokens: number of tokens of an input, at most. Of a longer goal the end counts: the conclusion comes after
            the hypotheses.

    Raises:
        CheckpointError: the tokenizer has no sentinels.
    """

    def __init__(self, tokenizer: Any, max_tokens: int = MAX_TOKENS) -> None:
        if max_tokens < 3:
            raise BadInput(f"max_tokens must leave room for the question, the goal and the end, got {max_tokens}.")
        self._tokenizer = tokenizer
        self._max_tokens = max_tokens
        ids = tokenizer.convert_tokens_to_ids([_QUESTION, _PROVABLE, _UNPROVABLE])
        if None in ids or tokenizer.unk_token_id in ids or len(set(ids)) != 3:
            raise CheckpointError(
                f"Expected a tokenizer that has the tokens {_QUESTION}, {_PROVABLE} and {_UNPROVABLE}, as those of T5 "
                f"and ByT5 do, got {type(tokenizer).__name__} without them."
            )
        self._question, *self._answers = ids

    def ask(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Ask about B goals: `input_ids` and `attention_mask` (1 for a token, 0 for padding), each of shape (B, T)."""
        room = self._max_tokens - 2
        goals = self._tokenizer(list(texts), add_special_tokens=False)["input_ids"]
        rows = [[self._question, *ids[-room:], self._tokenizer.eos_token_id] for ids in goals]
        found = self._tokenizer.pad({"input_ids": rows}, return_tensors="pt")
        return {name: found[name] for name in ("input_ids", "attention_mask")}

    def logprobs(self, model: Any, inputs: Mapping[str, Tensor]) -> Tensor:
        """Natural log-probabilities of "provable" and "unprovable" as the first token, shape (B, 2).

        Args:
            model: Hugging Face encoder-decoder.
            inputs: result of `ask`, shapes (B, T), on the model's device.
        """
        start = model.config.decoder_start_token_id
        first = torch.full((len(inputs["input_ids"]), 1), start, device=inputs["input_ids"].device)
        logits = model(**inputs, decoder_input_ids=first).logits[:, 0, self._answers]
        scores: Tensor = logits.float().log_softmax(-1)
        return scores


def load_pretrained(folder: str | Path) -> tuple[Any, Any]:
    """A model and its tokenizer from a folder that `save_pretrained` wrote; nothing in it is executed.

    Raises:
        CheckpointError: there is no such folder, or it holds no encoder-decoder in safetensors.
        TrainingDiverged: its weights are not finite.
    """
    if not Path(folder).is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}: give a folder that `save_pretrained` wrote.")
    try:
        for path in Path(folder).iterdir():
            if not path.is_dir():
                open_regular(path, _MAX_WEIGHTS_BYTES if path.suffix == ".safetensors" else _MAX_TEXT_BYTES).close()
        _check_sizes(Path(folder))
        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        with _quiet():
            model, found = AutoModelForSeq2SeqLM.from_pretrained(
                folder, use_safetensors=True, output_loading_info=True, **local
            )
            tokenizer = AutoTokenizer.from_pretrained(folder, **local)
        if found["missing_keys"]:
            raise BadInput(f"there are no weights for {len(found['missing_keys'])} of its parameters")
        rows = model.get_input_embeddings().num_embeddings
        start = model.config.decoder_start_token_id
        if len(tokenizer) > rows or type(start) is not int or not 0 <= start < rows:
            raise BadInput(
                f"the tokenizer has {len(tokenizer)} tokens, answers begin with {start}, the model has {rows}"
            )
        # A configuration may also be such that the model exists and nothing can be asked of it.
        answers = Answers(tokenizer)
        with torch.inference_mode():
            answers.logprobs(model, answers.ask(["x"]))
    except Exception as error:
        # What files can make of these libraries is nowhere said.
        what = " ".join(str(error).split())
        raise CheckpointError(
            f"The checkpoint {folder} cannot be used: expected an encoder-decoder and its tokenizer as "
            f"`save_pretrained` writes them, with weights in safetensors ({what})."
        ) from error
    if not all(bool(torch.isfinite(value).all()) for value in model.parameters()):
        raise TrainingDiverged(f"Weights in {folder} are not finite: the training diverged.")
    return model, tokenizer


def _check_sizes(folder: Path) -> None:
    """Object to a configuration that is not that of its weights, before anything of its sizes is made.

    Raises:
        BadInput: it has numbers above what there are weights, or more layers than arrays.
    """
    files = list(folder.glob("*.safetensors"))
    num_bytes = sum(path.stat().st_size for path in files)
    num_arrays = 0
    for path in files:
        with safe_open(path, "np") as arrays:
            num_arrays += len(arrays.keys())

    def check(name: str, value: Any) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                check(str(key), item)
        elif isinstance(value, int) and value > (num_arrays if "layers" in name else num_bytes):
            raise BadInput(f"the config asks for {name}={value}, and there are {num_arrays} arrays, {num_bytes} bytes")

    check("", read_json(folder / "config.json"))


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep transformers from reporting, with the names that a file has, what it makes of one."""
    before = hf_logging.get_verbosity()
    hf_logging.set_verbosity(hf_logging.CRITICAL)
    try:
        yield
    finally:
        hf_logging.set_verbosity(before)


class Seq2SeqGoalModel:
    """Scores goals by a seq2seq model that was trained to say whether they are provable.

    Args:
        ckpt_path: folder that `training.lightning.goal_model_seq2seq` wrote; without one, one half is said of every
            goal: a model that has not learned the two answers knows nothing.
        pretrained: where the training of a run begins; it is named here for the configuration and not read.
        batch_size: number of goals that go through the model at once.
        max_tokens: number of tokens of an input, at most.
        device: torch's name of where the model runs.

    Raises:
        CheckpointError: the checkpoint cannot be used.
    """

    name = "seq2seq_goal_model"

    def __init__(
        self,
        ckpt_path: str | Path | None = None,
        *,
        pretrained: str | Path | None = None,
        batch_size: int = 16,
        max_tokens: int = MAX_TOKENS,
        device: str = "cpu",
    ) -> None:
        if batch_size < 1:
            raise BadInput(f"batch_size must be at least 1, got {batch_size}.")
        self.batch_size = batch_size
        self._untrained: GoalScorer | None = None
        digest = ""
        if ckpt_path is None:
            self._untrained = ConstantScorer()
        else:
            model, tokenizer = load_pretrained(ckpt_path)
            self._model = model.eval().to(device)
            self._answers = Answers(tokenizer, max_tokens)
            self._device = device
            digest = _digest(Path(ckpt_path))
        self.versions: Mapping[str, str] = {
            "name": self.name,
            "pretrained": str(pretrained),
            "max_tokens": str(max_tokens),
            "weights_digest": digest,
        }

    def score(self, goals: Sequence[Goal]) -> list[float]:
        """Log-probabilities (natural, <= 0) that B goals are provable, length B; see `GoalScorer.score`."""
        if self._untrained is not None:
            return self._untrained.score(goals)
        texts = [goal.text for goal in goals]
        # Alike lengths go together, because a batch is as long as its longest goal.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        scores = [0.0] * len(texts)
        with torch.inference_mode():
            for start in range(0, len(order), self.batch_size):
                places = order[start : start + self.batch_size]
                inputs = self._answers.ask([texts[place] for place in places])
                on_device = {name: value.to(self._device) for name, value in inputs.items()}
                found = self._answers.logprobs(self._model, on_device)[:, 0].tolist()
                for place, score in zip(places, found, strict=True):
                    # Rounding must not push a certainty above 1.
                    scores[place] = min(score, 0.0)
        return scores


def _digest(folder: Path) -> str:
    """A SHA-256 of the weights' files, in hexadecimal."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
