#!/usr/bin/env bash
# How far the total hip's aBMD moves with the leg's position and with the regions' definition, on femora whose CT is
# known: the two painted CTs of the test data (where they are at hand) and a small synthetic study.
#
#	run.sh [--subjects N] [--out DIR]
set -euo pipefail

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
root=$(cd "$(dirname "$0")/../.." && pwd)
out=$root/experiments/qct-positioning/out subjects=6
while [ $# -gt 0 ]; do
	[ $# -ge 2 ] || usage
	case $1 in
	--subjects) subjects=$2 ;;
	--out) out=$2 ;;
	*) usage ;;
	esac
	shift 2
done
xbmd=${XBMD:-$root/build/release/xbmd}
[ -x "$xbmd" ] || { echo "no program at $xbmd: build it first (tests/run.sh)" >&2; exit 3; }
data=${XBMD_TEST_DATA:-$root/../shared/data}
rm -rf "$out"
mkdir -p "$out"

# cases.txt: group, density, labels, map
if [ -f "$data/painted/A_ct.nii.gz" ]; then
	for c in A B; do
		"$xbmd" calibrate -q --ct "$data/painted/${c}_ct.nii.gz" --labels "$data/painted/${c}_dseg.nii.gz" --label-map painted \
			--out "$out/$c.nii.gz"
		echo "painted $out/$c.nii.gz $data/painted/${c}_dseg.nii.gz painted" >>"$out/cases.txt"
	done
else
	echo "no painted CT at $data: synthetic femora alone" >&2
fi
"$xbmd" synth -q --out "$out/study" --subjects "$subjects" --sites 1 --seed 11
"$xbmd" calibrate -q --study "$out/study"
for folder in "$out"/study/sub-*; do
	id=$(basename "$folder")
	echo "synthetic $out/study/derivatives/xbmd/$id/ses-01/ct/${id}_ses-01_desc-density_ct.nii.gz" \
		"$folder/ses-01/ct/${id}_ses-01_dseg.nii.gz totalseg" >>"$out/cases.txt"
done

# One measurement of every case: name, then the options.
measure() {
	local name=$1 group density labels map
	shift
	while read -r group density labels map; do
		"$xbmd" qct -q --density "$density" --labels "$labels" --label-map "$map" --out "$out/one.json" --table "$out/one.tsv" \
			--force "$@"
		awk -F '\t' -v name="$name" -v group="$group" -v id="$density" 'NR > 1 && $3 != "n/a" {
			print name "\t" group "\t" id "/" $1 "\t" $2 "\t" $3 }' "$out/one.tsv" >>"$out/values.tsv"
	done <"$out/cases.txt"
}

for edges in image frame; do
	measure "neutral $edges" --edges $edges
	for angle in -30 -15 -10 10 15 30; do measure "rotation $angle $edges" --edges $edges --leg-deg "0,$angle,0"; done
	for angle in 10 20 30; do measure "flexion $angle $edges" --edges $edges --leg-deg "$angle,0,0"; done
	for angle in -15 -10 10 15 30; do measure "abduction $angle $edges" --edges $edges --leg-deg "0,0,$angle"; done
done
# The published simulation cut 20 mm below the lesser trochanter.
measure "published neutral" --edges image --distal-mm 20
for leg in 0,15,0 0,0,15 0,0,30; do measure "published $leg" --edges image --distal-mm 20 --leg-deg $leg; done
measure "ge - frame" --maker ge
measure "distal-0 - frame" --distal-mm 0
measure "distal-20 - frame" --distal-mm 20
measure "as-lain - frame" --position as-lain

# Change against neutral, per cent: mean (least .. most) over the femora of a group.
awk -F '\t' -v published="rotation:-30..15 at most 2.2 %, at +15;flexion:30 at most 17.7 %;abduction:+0.34 % a degree, 12.3 % at 30" '
	function change(name, group, neutral,   i, d, b, n, sum, least, most) {
		n = sum = 0
		for (i = 1; i <= count[group]; i++) {
			d = value[name, femur[group, i]]
			b = value[neutral ? neutral : "neutral frame", femur[group, i]]
			if (d == "" || b == "") continue
			d = 100 * (d / b - 1)
			if (n == 0 || d < least) least = d
			if (n == 0 || d > most) most = d
			sum += d; n++
		}
		return n ? sprintf("%+.2f (%+.2f .. %+.2f)", sum / n, least, most) : "n/a"
	}
	$4 == "total_hip_model" && $1 == "neutral frame" { value["model - frame", $3] = $5 }
	$4 == "total_hip" {
		value[$1, $3] = $5
		if (!(($2, $3) in seen)) { seen[$2, $3] = 1; femur[$2, ++count[$2]] = $3 }
		if (!($1 in order)) { order[$1] = ++names; name[names] = $1 }
	}
	END {
		split(published, list, ";")
		for (i in list) { split(list[i], p, ":"); line[p[1]] = p[2] }
		printf "femora: painted %d, synthetic %d.  Change of total-hip aBMD, %%: mean (least .. most)\n\n", count["painted"], count["synthetic"]
		print "| leg, degrees | edges as seen: painted | synthetic | edges of the bone: painted | synthetic | published |"
		print "|---|---|---|---|---|---|"
		for (i = 1; i <= names; i++) {
			split(name[i], w, " ")
			if (w[3] != "image") continue
			frame = w[1] " " w[2] " frame"
			cosine = w[1] == "flexion" ? sprintf("; 1/cos %+.1f %%", 100 * (1 / cos(w[2] * 3.14159265 / 180) - 1)) : ""
			printf "| %s %+d | %s | %s | %s | %s | %s%s |\n", w[1], w[2], change(name[i], "painted"), change(name[i], "synthetic"),
				change(frame, "painted"), change(frame, "synthetic"), line[w[1]], cosine
		}
		print "\n| leg, lower edge as published | painted | synthetic | published |\n|---|---|---|---|"
		split("0,15,0|0,0,15|0,0,30", w, "|")
		split("rotation +15|abduction +15|abduction +30", title, "|")
		split("+2.2 %|+5.1 % (0.34 a degree)|+12.3 %", f, "|")
		for (i = 1; i <= 3; i++)
			printf "| %s | %s | %s | %s |\n", title[i], change("published " w[i], "painted", "published neutral"),
				change("published " w[i], "synthetic", "published neutral"), f[i]
		print "\n| regions, neutral | painted | synthetic |\n|---|---|---|"
		split("ge|distal-0|distal-20|model|as-lain", w, "|")
		for (i = 1; i <= 5; i++)
			printf "| %s | %s | %s |\n", w[i], change(w[i] " - frame", "painted"), change(w[i] " - frame", "synthetic")
	}' "$out/values.tsv" | tee "$out/table.md"
