#!/bin/bash
# Installs what a fresh Debian 12 machine lacks to build and test xbmd: as root, through sudo without a password, or
# else by printing the one line to run.  Does nothing when all is there.
#
#	tests/install.sh [MORE-PACKAGES...]
set -euo pipefail

packages=(cmake ninja-build gcc g++ pkg-config libnifti-dev libhdf5-dev libdnnl-dev libjansson-dev libyaml-dev
	libpng-dev libcairo2-dev fonts-dejavu-core libsqlite3-dev zlib1g-dev libdcmtk-dev libgtest-dev libgmock-dev "$@")

if ! command -v dpkg-query >/dev/null; then
	echo "tests/install.sh: no dpkg here; on Debian 12 these packages are needed: ${packages[*]}" >&2
	exit 0
fi

missing=()
for package in "${packages[@]}"; do
	state=$(dpkg-query -W -f='${db:Status-Status} ' "$package" 2>/dev/null || true)
	[[ " $state" == *" installed "* ]] || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
	exit 0
fi

install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}")
if ((EUID == 0)); then
	become=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	become=(sudo -n)
else
	echo "These packages are missing.  Please run, then start again:" >&2
	echo "  sudo apt-get update && sudo apt-get install -y ${missing[*]}" >&2
	exit 1
fi
echo "installing: ${missing[*]}"
"${become[@]}" apt-get update -qq </dev/null
"${become[@]}" "${install[@]}" </dev/null
