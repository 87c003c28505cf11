"""Parts that trainings on presets share, whatever library learns: folders, proof rates, exported policies."""
