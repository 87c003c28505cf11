"""What trainings on presets have in common, whatever library learns: folders, proof rates, exported policies."""
