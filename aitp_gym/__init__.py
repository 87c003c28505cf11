"""Interactive theorem provers as Gymnasium environments.

Importing the package registers the environment ids, so that `gymnasium.make` knows them. It loads neither a prover nor
anything behind an extra.
"""

from .envs.registration import register_all
from .wrappers.presets import register_presets

__version__ = "0.1.0"

__all__ = ["__version__"]

register_all()
register_presets()
