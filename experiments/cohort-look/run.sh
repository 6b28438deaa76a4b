#!/bin/bash
# Films of the synthetic hospitals side by side, and one wing at full size, to look at.
#
#	experiments/cohort-look/run.sh [OUT]
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-experiments/cohort-look/out}
tests/install.sh
cmake --preset release >/dev/null
cmake --build build/release --target xbmd cohort_look
mkdir -p "$out"
[[ -f $out/study/participants.tsv ]] || build/release/xbmd synth --out "$out/study" --subjects 12 --sites 7 --seed 5 --quality full
[[ -f $out/fine/participants.tsv ]] || build/release/xbmd synth --out "$out/fine" --subjects 1 --sites 1 --seed 11 --quality fine
# The first film of twelve participants: two of each site, one of F and G.
films=("$out"/study/sub-*/ses-01/xr/*_ses-01_desc-presentation_view-AP_xr.nii.gz)
build/release/cohort_look "$out/montage.png" 4 480 "${films[@]:0:12}"
build/release/cohort_look "$out/wing.png" 1 1000 --at -70,-60,140 "$out"/fine/sub-*/ses-01/xr/*_ses-01_desc-presentation_view-AP_xr.nii.gz
echo "look at $out/montage.png and $out/wing.png"
