#!/usr/bin/env bash
# Type check the project as a user gets it: type checkers see nothing across the mapped folders of an editable install,
# so a wheel is built and installed into a folder of its own, beside the dependencies of the environment.
set -euo pipefail
PYTHON=$(realpath --no-symlinks "${PYTHON:-python3}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp pyproject.toml "$work/"
"$PYTHON" -m build --wheel --outdir "$work/dist" . >/dev/null
"$PYTHON" -m pip install --quiet --no-deps --target "$work/site" "$work"/dist/*.whl
cd "$work/site"
"$PYTHON" -m mypy --config-file "$work/pyproject.toml" --python-executable "$PYTHON" --package aitp_gym
