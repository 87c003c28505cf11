#!/usr/bin/env bash
# Install the Debian packages that HOL Light and the build of our server need, and bubblewrap, in which Lean runs where
# the system has no Landlock; if any is missing.
set -euo pipefail
packages=(hol-light ocaml libnum-ocaml-dev camlp5 ocaml-findlib libcamlp-streams-ocaml-dev gcc bubblewrap)

if ! command -v apt-get >/dev/null; then
  echo "This system has no apt-get: HOL Light is set up by hand (see 'aitp doctor'); everything else works without it."
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    echo "To use HOL Light and the sandbox, ask an administrator for: apt-get install ${missing[*]}"
    exit 0
  fi
  as_root=(sudo)
fi

echo "Installing Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
${as_root[@]+"${as_root[@]}"} apt-get update -qq
${as_root[@]+"${as_root[@]}"} apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
