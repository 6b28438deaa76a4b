#!/usr/bin/env bash
# Renders femora of both populations and marks the gates of shape, mineral and population.
set -euo pipefail
cd "$(dirname "$0")/../.."
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
here=experiments/cohort-strength
out=$here/out
cmake --preset release >/dev/null
cmake --build --preset release --target cohort_strength xbmd
mkdir -p "$out"
build/release/cohort_strength external 907 300 1.5 >"$out/external.tsv"
build/release/cohort_strength development 908 150 1.5 >"$out/development.tsv"
rm -rf "$out/study"
build/release/xbmd synth -q --out "$out/study" --subjects 56 --sites 7 --seed 909 --quality draft
python3 $here/check.py "$out/external.tsv" "$out/development.tsv" "$out/study"
