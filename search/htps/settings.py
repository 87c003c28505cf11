"""Settings of HyperTree Proof Search, with the reasons for the defaults."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf
from typing import Literal, get_args

from aitp_gym.errors import BadInput

__all__ = ["HTPSSettings", "SolvedQ", "TreePolicy", "check_choice", "check_number"]

TreePolicy = Literal["regularized", "alpha_zero"]
SolvedQ = Literal["count_over_counts", "one_over_counts", "one_over_virtual_counts", "one"]


@dataclass(frozen=True, slots=True)
class HTPSSettings:
    """Settings of the search.

    "Paper" is Lample et al., "HyperTree Proof Search for Neural Theorem Proving" (NeurIPS 2022, arXiv:2205.11491);
    "authors' code" is what its authors published as github.com/facebookresearch/Evariste, which settles what the paper
    leaves open. Below, N and V are the real and virtual counts of an edge, C = N + V, and W the sum of its values.

    Attributes:
        policy: how an edge is chosen. `regularized` (default of the authors' code): the policy of Grill et al.,
            "Monte-Carlo Tree Search as Regularized Policy Optimization" (ICML 2020, arXiv:2007.12509).
            `alpha_zero`: PUCT. See `htps_policy`.
        exploration: the constant c, at least 0. Default 1, as in the configurations of the paper's experiments in the
            authors' code; these draw it from 0.01 to 100 for training.
        selection_temperature: 0 takes the best edge (default of the authors' code); above it an edge is drawn with
            probability proportional to its policy to the power of 1 / temperature.
        unvisited_q: Q of an edge with N = 0, divided by max(1, V); in [0, 1]. Default 0.5 (authors' code).
        solved_q: Q of a proved edge: `count_over_counts` max(1, N) / max(1, C) (authors' code), `one_over_counts` 1 /
            max(1, C), `one_over_virtual_counts` 1 / (1 + V), or `one`. It matters only with `explore_solved`.
        prior_temperature: priors are the policy's probabilities to the power of 1 / this; above 0. Default 1: as they
            are.
        renormalize: whether the priors of what may be chosen at a goal are scaled to sum to 1. Default true, as in the
            authors' code, which does so over the tactics that worked.
        virtual_loss: what V grows by for each choice that is not backed up yet, at least 0. Default 1 (authors' code).
        simulations: trajectories from the theorem between two responses; their leaves are offered together. Default 1,
            the algorithm as the paper describes it; larger values trade decisions for larger batches (the authors'
            code: 50).
        discount: factor for each tactic when values go up, above 0 and at most 1. Default 1, none (authors' code); its
            experiments draw from 0.8, 0.9, 0.95 and 1 and call it depth penalty.
        backup_once: whether a trajectory that is an exact repetition updates no counts and values. Default true
            (authors' code).
        backup_one_for_solved: whether a proved goal passes up 1 instead of what the trajectory found below it. Default
            true (authors' code).
        explore_solved: whether trajectories go on below proved goals, for shorter proofs and more training data.
            Default false: they end there with the value 1, as in the configurations of the paper's experiments, because
            below a proved goal nothing helps to prove the theorem.
    """

    policy: TreePolicy = "regularized"
    exploration: float = 1.0
    selection_temperature: float = 0.0
    unvisited_q: float = 0.5
    solved_q: SolvedQ = "count_over_counts"
    prior_temperature: float = 1.0
    renormalize: bool = True
    virtual_loss: int = 1
    simulations: int = 1
    discount: float = 1.0
    backup_once: bool = True
    backup_one_for_solved: bool = True
    explore_solved: bool = False

    def __post_init__(self) -> None:
        check_choice("policy", self.policy, get_args(TreePolicy))
        check_choice("solved_q", self.solved_q, get_args(SolvedQ))
        check_number("exploration", self.exploration, least=0.0)
        check_number("selection_temperature", self.selection_temperature, least=0.0)
        check_number("unvisited_q", self.unvisited_q, least=0.0, most=1.0)
        check_number("prior_temperature", self.prior_temperature, above=0.0)
        check_number("virtual_loss", self.virtual_loss, least=0)
        check_number("simulations", self.simulations, least=1)
        check_number("discount", self.discount, above=0.0, most=1.0)

    def as_versions(self) -> dict[str, str]:
        """The settings by name, as text."""
        return {name: str(value) for name, value in asdict(self).items()}


def check_choice(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse what is not among the choices."""
    if value not in choices:
        raise BadInput(f"{name} must be one of {', '.join(choices)}, got {value!r}.")


def check_number(name: str, value: float, *, least: float = -inf, above: float = -inf, most: float = inf) -> None:
    """Refuse numbers outside a range, and infinite ones."""
    if not (least <= value <= most and above < value < inf):
        bounds = [f"at least {least}"] * (least > -inf) + [f"above {above}"] * (above > -inf)
        bounds += [f"at most {most}"] * (most < inf)
        raise BadInput(f"{name} must be {' and '.join(bounds)}, got {value!r}.")
