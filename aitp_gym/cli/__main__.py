"""`python -m aitp_gym.cli` is `aitp`."""

from . import main

main()
