"""Training by Stable-Baselines3 and sb3-contrib on a preset: `aitp train sb3`.

Their own files are pickles and are neither written nor read: a policy is exported as JSON and safetensors, and so is
the state of a learner that is to go on.
"""
