#!/usr/bin/env bash
# The main job on your own CT: calibrate it, render films of it in ten random poses, measure them with the quickstart's
# model and print the aBMD read off each film beside the one derived from the CT, with its repeatability.
#
#	run.sh CT.nii.gz SEG.nii.gz [--calibration FILE.json] [--label-map NAME|FILE] [--phantom NAME|FILE] [--run RUN] [--out DIR]
set -euo pipefail

usage() { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
root=$(cd "$(dirname "$0")/../.." && pwd)
ct=$(realpath "$1") labels=$(realpath "$2")
shift 2
calibration=() label_map=() run=$root/experiments/quickstart/out/run out=
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || usage
	case $1 in
	--calibration) calibration+=(--calibration "$(realpath "$2")") ;;
	--phantom) calibration+=(--phantom "$2") ;;
	--label-map) label_map=(--label-map "$2") ;;
	--run) run=$(realpath "$2") ;;
	--out) out=$2 ;;
	*) usage ;;
	esac
	shift 2
done
[ -n "$out" ] || out=$root/experiments/own-ct/out/$(basename "$ct" .nii.gz)
xbmd=${XBMD:-$root/build/release/xbmd}
[ -x "$xbmd" ] || { echo "no program at $xbmd: run experiments/quickstart/run.sh first" >&2; exit 3; }
[ -f "$run/model.safetensors" ] || { echo "no model at $run: run experiments/quickstart/run.sh first" >&2; exit 3; }
rm -rf "$out"
mkdir -p "$out"

"$xbmd" calibrate --ct "$ct" --labels "$labels" "${label_map[@]}" "${calibration[@]}" --out "$out/density.nii.gz"
"$xbmd" qct --density "$out/density.nii.gz" --labels "$labels" "${label_map[@]}" --out "$out/qct.json" \
	--table "$out/qct.csv" --preview "$out/qct.png"
isocentre=$(awk '/"isocentre_mm"/ { found = 1 } found { text = text $0 } /]/ { if (found) exit }
	END { gsub(/.*\[|\].*|[ \t]/, "", text); print text }' "$out/qct.json")

# Ten poses within +-6 degrees and +-8 mm, from a fixed generator (Park and Miller 1988) so that figures can be repeated.
awk 'BEGIN {
	state = 20; OFS = "\t"
	print "rx", "ry", "rz", "tx", "ty", "tz"
	for (i = 0; i < 10; i++) {
		for (k = 1; k <= 6; k++) { state = (16807 * state) % 2147483647; u[k] = 2 * state / 2147483647 - 1 }
		print 6 * u[1], 4 * u[2], 6 * u[3], 8 * u[4], 8 * u[5], 8 * u[6]
	} }' >"$out/poses.tsv"
"$xbmd" drr --volume "$out/density.nii.gz" --labels "$labels" "${label_map[@]}" --remove-rods --quantity radiograph \
	--model pwc --projection cone --sdd-mm 1100 --sod-mm 950 --size 400x320 --pixel-mm 1 --view ap --kvp 80 \
	--isocentre-mm "$isocentre" --poses "$out/poses.tsv" --out "$out/films.nii.gz"
"$xbmd" predict --run "$run" --xray "$out/films.nii.gz" --out "$out/pred.csv"

echo "Region: total hip as the model was trained on it (total_hip_model).  Reference: aBMD derived from the calibrated CT (abmd_qct).  Ten poses of one CT."
awk -F, '
	function column(name,   i) { for (i = 1; i <= NF; i++) if ($i == name) return i; return 0 }
	FNR == 1 { file++ }
	file == 1 && FNR == 1 { s = column("side"); a = column("abmd_qct_g_cm2"); t = column("truncated"); g = column("region"); n = column("note"); next }
	file == 1 && $g != "total_hip_model" { next }
	file == 1 { ct[$s] = $a; cut[$s] = $t; why[$s] = $n; next }
	file == 2 && FNR == 1 { s = column("side"); a = column("abmd_qct_g_cm2"); f = column("frame"); next }
	file == 2 { pred[$s, $f] = $a; if ($f > frames) frames = $f }
	END {
		for (k = 1; k <= 2; k++) {
			side = k == 1 ? "R" : "L"
			if (!(side in ct)) continue
			if (ct[side] == "n/a") { printf "\nside %s: refused (%s)\n", side, why[side]; continue }
			printf "\nside %s: CT %.4f g/cm2%s\n  pose  film g/cm2  film - CT\n", side, ct[side], cut[side] == "yes" ? " (the image ends inside the region)" : ""
			n = sum = sum2 = 0
			for (i = 0; i <= frames; i++) {
				v = pred[side, i]
				if (v == "n/a" || v == "") { printf "  %4d  n/a\n", i; continue }
				printf "  %4d  %.4f      %+.4f\n", i, v, v - ct[side]
				n++; sum += v; sum2 += v * v
			}
			if (n < 2) continue
			mean = sum / n; sd = sqrt((sum2 - n * mean * mean) / (n - 1))
			printf "  mean %.4f  bias %+.4f  repeatability SD %.4f g/cm2, CV %.2f %%  (n %d)\n", mean, mean - ct[side], sd, 100 * sd / mean, n
		}
	}' "$out/qct.csv" "$out/pred.csv"
