"""TacticZero: a policy over a menu that is trained with the goals it chooses, by what becomes of its proofs."""

from .network import TacticZeroConfig, untrained_weights
from .policy import TacticZeroPolicy, TacticZeroScorer

__all__ = ["TacticZeroConfig", "TacticZeroPolicy", "TacticZeroScorer", "untrained_weights"]
