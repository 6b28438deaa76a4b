#!/usr/bin/env bash
# Prints the figures of README.md: rods found in the painted CTs, femoral mass, biases, refusals, time and memory.
#
#	run.sh [FOLDER-OF-TEST-DATA]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
data=${1:-${XBMD_TEST_DATA:-$root/../shared/data}}
build=$root/build/release
export XBMD_TEST_DATA=$data
[ -d "$data/painted" ] || { echo "no test data at $data" >&2; exit 3; }
[ -x "$build/xbmd" ] || { echo "no program at $build/xbmd: run tests/run.sh first" >&2; exit 3; }
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { printf '\n== %s\n' "$1"; }
# The tests print their figures; only those and a failure are shown.
figures() { "$@" 2>&1 | grep -Ev '^(\[|Note|Running|$|warning)' || true; "$@" >/dev/null 2>&1; }

say "Rods found without labels against the true line, painted A and B"
figures "$build/tests/test_ct" --gtest_filter='RodFind.Painted*'
say "One rod taken out of painted A"
figures "$build/tests/test_ct" --gtest_filter='RodFind.AMissingRodIsNamed'
say "Streak index of the real torso's bones (75: femur with metal)"
figures "$build/tests/test_ct" --gtest_filter='Streak.OnlyTheMetalFemurOfTheTorso'
say "Internal calibration of the real torso"
figures "$build/tests/test_ct" --gtest_filter='Internal.TheTorso'
say "Biases: body size, clipping"
figures "$build/tests/test_drr" --gtest_filter='CalibrationBias.*'
say "Femoral mass with the bones' labels given and the rods found; time of the whole command, memory"
figures "$build/tests/test_cli" --gtest_filter='*PaintedFound*'

say "Calibration alone (read the CT, find the rods, write the line), three times each"
TIMEFORMAT='%R s'
for case in A B; do
	for i in 1 2 3; do
		echo -n "$case: "
		time "$build/xbmd" calibrate -q --ct "$data/painted/${case}_ct.nii.gz" --rods find \
			--save-calibration "$scratch/$case$i.json"
	done
done

# calibrate (rods found) then qct of both femora and the spine, one hip CT: at most 3 s, at most 4 times the volume.
say "Gate of speed: calibrate + qct, three times each (bar: 3 s on two cores, 4 x the float32 volume)"
if [ ! -x /usr/bin/time ]; then
	echo "no /usr/bin/time: left out" >&2
	exit 0
fi
for case in A B; do
	for i in 1 2 3; do
		rm -f "$scratch"/d.* "$scratch"/qct.*
		OMP_NUM_THREADS=2 /usr/bin/time -f "%e %U %S %M" -o "$scratch/calibrate" "$build/xbmd" calibrate -q \
			--ct "$data/painted/${case}_ct.nii.gz" --labels "$data/painted/${case}_dseg.nii.gz" --label-map painted \
			--rods find --out "$scratch/d.nii"
		OMP_NUM_THREADS=2 /usr/bin/time -f "%e %U %S %M" -o "$scratch/qct" "$build/xbmd" qct -q --density "$scratch/d.nii" \
			--labels "$data/painted/${case}_dseg.nii.gz" --label-map painted --out "$scratch/qct.json"
		bytes=$(stat -c %s "$scratch/d.nii")
		cat "$scratch/calibrate" "$scratch/qct" | awk -v case="$case" -v bytes="$bytes" '
			{ wall += $1; cpu += $2 + $3; most = $4 > most ? $4 : most }
			END { printf "%s: %.2f s (CPU %.2f s), at most %.0f MB, %.1f times the volume: %s\n", case, wall, cpu, most / 1024,
				most * 1024 / bytes, wall <= 3 && most * 1024 <= 4 * bytes ? "met" : "NOT met" }'
	done
done
