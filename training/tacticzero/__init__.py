"""TacticZero's learner: policy gradients on whole attempts."""
