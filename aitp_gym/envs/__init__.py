"""`ProofEnv`, its spaces, and the registered environment ids."""

from .proof_env import ProofEnv
from .spaces import UnicodeText

__all__ = ["ProofEnv", "UnicodeText"]
