#!/usr/bin/env bash
# The digital cohort's distributions beside the published ones, measured through simulated DXA and QCT, with pass marks.
#
#	run.sh [--subjects N] [--scans M] [--films K] [--out DIR]
#
# N participants have a DXA (378; the first 42 twice), the first M of them a CT of quality `fast` (42), which is
# calibrated and measured by xbmd, the first K a film (14).  About six minutes of CPU time.
set -euo pipefail

usage() { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }
cd "$(dirname "$0")/../.."
here=experiments/cohort-check
out=$here/out subjects=378 scans=42 films=14 seed=907 repeated=42
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || usage
	case $1 in
	--subjects) subjects=$2 ;;
	--scans) scans=$2 ;;
	--films) films=$2 ;;
	--out) out=$2 ;;
	*) usage ;;
	esac
	shift 2
done
[ "$subjects" -ge $repeated ] || { echo "--subjects $subjects: at least the $repeated who are scanned twice" >&2; exit 2; }
[ "$scans" -le "$subjects" ] || { echo "--scans $scans: more than the $subjects subjects" >&2; exit 2; }
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}
cmake --preset release >/dev/null
cmake --build --preset release --target xbmd cohort_check >/dev/null
rm -rf "$out"
mkdir -p "$out/ct"

build/release/cohort_check dxa $seed 0 $repeated 2 >"$out/dxa.tsv"
build/release/cohort_check dxa $seed $repeated $((subjects - repeated)) 1 | tail -n +2 >>"$out/dxa.tsv"

build/release/cohort_check film $seed 0 "$films" - >"$out/film.tsv"

# One participant at a time: a CT is measured and goes.
for ((i = 0; i < scans; i++)); do
	build/release/cohort_check ct $seed $i 1 "$out/ct" >"$out/one.tsv"
	[ $i = 0 ] && head -1 "$out/one.tsv" >"$out/tissue.tsv"
	tail -1 "$out/one.tsv" >>"$out/tissue.tsv"
	id=$(tail -1 "$out/one.tsv" | cut -f 1)
	if build/release/xbmd calibrate -q --ct "$out/ct/${id}_ct.nii.gz" --labels "$out/ct/${id}_dseg.nii.gz" \
		--out "$out/ct/${id}_density.nii.gz" 2>"$out/why" &&
		build/release/xbmd qct -q --density "$out/ct/${id}_density.nii.gz" --labels "$out/ct/${id}_dseg.nii.gz" \
			--side both --out "$out/$id.json" 2>"$out/why"; then
		:
	else
		echo "$id lost: $(tail -1 "$out/why")" | tee -a "$out/lost.txt" >&2
	fi
	rm -f "$out/ct/$id"*
done
python3 $here/check.py "$out"
