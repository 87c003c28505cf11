"""RLlib trains on the presets: PPO with masked actions, on its new API stack."""
