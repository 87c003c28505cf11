"""A training command without training: a value network whose weights depend on the seed. Arguments: output, seed."""

import json
import os
import sys
from pathlib import Path

import numpy as np

from aitp_gym.agents.goal_models.value_network import ValueNetwork

output, seed = Path(sys.argv[1]), int(sys.argv[2])
start = ValueNetwork(init_seed=seed)
head = np.random.default_rng(seed).normal(size=start.config.hidden)
trained = ValueNetwork.from_weights(start.config, {**start.weights, "head.weight": head})
trained.save(output / "checkpoint")
Path(os.environ["AITP_RESULT"]).write_text(json.dumps({"checkpoint": str(output / "checkpoint"), "metrics": {}}))
