"""A training command whose weights diverged: it leaves a menu policy of NaN.

python diverge_weights.py OUTPUT
"""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path

import numpy as np

from aitp_gym.agents.policies.menu_policy import MenuPolicy

output = Path(sys.argv[1])
start = MenuPolicy("propositional")
weights = {name: np.full_like(array, math.nan) for name, array in start.weights.items()}
MenuPolicy.from_weights("propositional", start.config, weights).save(output / "checkpoint")
result = {"checkpoint": str(output / "checkpoint"), "metrics": {"loss": math.nan}}
Path(os.environ["AITP_RESULT"]).write_text(json.dumps(result))
