#!/usr/bin/env bash
# Times the projector against plastimatch on the same volume and detector, in turns, and checks it against double
# precision; writes results.json beside this file and prints the tables.  About ten minutes on two cores.
#
#	run.sh [--short]	--short: one round without the large volume, into out/: that it runs, not how fast
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
# Waiting threads sleep instead of spinning, in both programs: spinning would count as work.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}

rounds=3 small=() results=$here/results.json
mkdir -p "$here/out"
if [ "${1:-}" = "--short" ]; then rounds=1 small=(small) results=$here/out/results.json; fi

tests/install.sh
peer=plastimatch
command -v plastimatch >/dev/null || tests/install.sh plastimatch || true
if ! command -v plastimatch >/dev/null; then
	peer=none
	echo "run.sh: plastimatch is not installed and cannot be: the comparison with it is left out" >&2
fi
data=${XBMD_TEST_DATA:-$root/../shared/data}
[ -f "$data/real/torso_ct.nii.gz" ] || data=none
[ "$data" != none ] || echo "run.sh: no test data (\$XBMD_TEST_DATA): the cases on real CT are left out" >&2
[ -f build/release/build.ninja ] || cmake --preset release >/dev/null
cmake --build build/release --target bench_drr >&2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

lines=$here/out/lines
commit=$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
load=$(cut -d' ' -f1-3 /proc/loadavg)
build/release/bench_drr "$scratch" "$data" $peer $rounds "${small[@]}" >"$lines"

# A GPU: peer_fixed_step times the scheme of the fastest open peer there; our own times on its cases are bench_gpu's.
gpu="no GPU here: GPU rows not yet run"
if [ -x build/release/peer_fixed_step ] && nvidia-smi -L >/dev/null 2>&1; then
	gpu=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1)
	build/release/peer_fixed_step | awk -F'\t' '$4 ~ /^[0-9.]+$/ {
		printf "row;%s, trilinear by %s samples;cuda:0;null;%s;fixed-step 8-load trilinear;ms/image;null;%s\n",
			$1, $2, $4, $5 }' >>"$lines"
fi

date=$(date -u +%Y-%m-%d)
cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
threads=${OMP_NUM_THREADS:-$(nproc)}

awk -F';' -v date="$date" -v commit="$commit" -v cpu="$cpu" -v threads="$threads" '
	function text(s) { gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); return "\"" s "\"" }
	BEGIN { printf "[" }
	$1 == "row" {
		printf "%s\n  {\"name\": %s, \"device\": %s, \"ours\": %s, \"peer\": %s, \"peer_name\": %s, \"unit\": %s, ",
			n++ ? "," : "", text($2), text($3), $4, $5, text($6), text($7)
		printf "\"ratio\": %s, \"error\": %s, \"date\": %s, \"commit\": %s, \"cpu\": %s, \"threads\": %s}",
			$8, $9, text(date), text(commit), text(cpu), threads
	}
	END { print "\n]" }' "$lines" >"$results.new"
mv "$results.new" "$results"

table() { # KIND "| HEADER |" COLUMNS
	echo
	echo "$2"
	echo "$2" | sed 's/[^|]\+/---/g'
	awk -F';' -v kind="$1" -v columns="$3" '
		$1 == kind { line = "|"; for (i = 2; i <= columns + 1; i++) line = line " " ($i == "null" ? "-" : $i) " |"; print line }' "$lines"
}
echo "CPU: $cpu, $threads threads; $date; commit $commit; load average before: $load; GPU: $gpu"
echo "Medians of interleaved rounds ($rounds; cases without a peer: $((2 * rounds))).  ratio = peer / ours: above 1 ours is faster."
table row "| case | device | ours | peer | peer is | unit | ratio | max error |" 8
echo
echo "Error against double precision, shares of the image's maximum:"
table error "| case | model | max | rms |" 4
table gate "| bar | measured | must be | met |" 4
echo
sed -n 's/^note;/- /p' "$lines"
missed=$(grep -c '^gate;.*;NO$' "$lines" || true)
echo
echo "$missed bars not met; results in ${results#"$root"/}"
