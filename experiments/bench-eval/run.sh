#!/usr/bin/env bash
# Times the statistics against R's pROC on the same data in the same run; writes results.json beside this file.  About two
# minutes.
#
#	run.sh [--short]	--short: one round, into out/: that it runs, not how fast
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
# Waiting threads sleep instead of spinning: spinning would count as work.
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive}

rounds=5 results=$here/results.json
mkdir -p "$here/out"
if [ "${1:-}" = "--short" ]; then rounds=1 results=$here/out/results.json; fi

tests/install.sh
command -v Rscript >/dev/null && Rscript -e 'library(pROC)' >/dev/null 2>&1 || tests/install.sh r-base-core r-cran-proc || true
[ -f build/release/build.ninja ] || cmake --preset release >/dev/null
cmake --build build/release --target bench_eval xbmd >&2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

commit=$(git -C "$root" describe --always --dirty --abbrev=12 2>/dev/null || echo unknown)
load=$(cut -d' ' -f1-3 /proc/loadavg)
ours=$here/out/ours peer=$here/out/peer
build/release/bench_eval "$scratch" $rounds >"$ours"

# The whole verb: every figure, pooled and for seven sites, 2000 samples each.
best=
for _ in $(seq $((2 * rounds))); do
	start=$(date +%s%N)
	build/release/xbmd evaluate --quiet --table "$scratch/cohort.csv" --reference dxa_g_cm2 --prediction abmd_g_cm2 \
		--threshold 0.637 --out "$scratch/eval" --force
	ms=$((($(date +%s%N) - start) / 1000000))
	if [ -z "$best" ] || [ $ms -lt "$best" ]; then best=$ms; fi
done
echo "verb_ms $best" >>"$ours"

: >"$peer"
if Rscript -e 'library(pROC)' >/dev/null 2>&1; then
	Rscript "$here/peer.R" "$scratch" $rounds >"$peer"
else
	echo "run.sh: R with pROC is not installed and cannot be: the comparison with it is left out" >&2
fi

date=$(date -u +%Y-%m-%d)
cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)
threads=${OMP_NUM_THREADS:-$(nproc)}
awk -v date="$date" -v commit="$commit" -v cpu="$cpu" -v threads="$threads" '
	FNR == NR { ours[$1] = $2; next }
	{ peer[$1] = $2 }
	function off(a, b) { return b == 0 ? a : (a > b ? a - b : b - a) / b }
	function worst(a, b) { return a > b ? a : b }
	function row(name, key, peer_name, error) {
		other = (key "_ms") in peer ? peer[key "_ms"] : "null"
		printf "%s\n  {\"name\": \"%s\", \"device\": \"cpu\", \"ours\": %s, \"peer\": %s, \"peer_name\": \"%s\", \"unit\": \"ms\", ",
			n++ ? "," : "", name, ours[key "_ms"], other, peer_name
		printf "\"ratio\": %s, \"error\": %s, \"date\": \"%s\", \"commit\": \"%s\", \"cpu\": \"%s\", \"threads\": %s}",
			other == "null" ? other : sprintf("%.4g", other / ours[key "_ms"]), error, date, commit, cpu, threads
	}
	function difference(key) {
		return (key "_auc") in peer ? sprintf("%.2g", worst(off(ours[key "_auc"], peer[key "_auc"]),
			off(ours[key "_variance"], peer[key "_variance"]))) : "null"
	}
	END {
		printf "["
		row("ROC and DeLong, 1000000 rows without ties", "curve", "pROC roc + var", difference("curve"))
		row("ROC and DeLong, 1000000 rows of about 30 ratings", "rating", "pROC roc + var", difference("rating"))
		row("2000 bootstraps by patient of " ours["bootstrap_statistics"] " statistics, 1426 rows", "bootstrap",
			"pROC ci.auc, 2000 bootstraps of rows, AUC alone", "null")
		row("xbmd evaluate, 1426 rows, 7 sites, 2000 bootstraps each", "verb", "none", "null")
		print "\n]"
	}' "$ours" "$peer" >"$results.new"
mv "$results.new" "$results"

echo "CPU: $cpu, $threads threads; $date; commit $commit; load average before: $load"
echo "Medians of $rounds rounds (the verb: best of $((2 * rounds))); ROC by CPU time, the others by the wall.  ratio = peer / ours: above 1 ours is faster."
echo
echo "| case | ours, ms | peer, ms | peer is | ratio | difference |"
echo "|---|---|---|---|---|---|"
sed -n 's/.*"name": "\([^"]*\)".*"ours": \([^,]*\), "peer": \([^,]*\), "peer_name": "\([^"]*\)".*"ratio": \([^,]*\), "error": \([^,]*\),.*/| \1 | \2 | \3 | \4 | \5 | \6 |/p' "$results"
echo
awk '$1 == "curve_ms" || $1 == "rating_ms" { print $1 " " $2 " ms, must be <= 1000: " ($2 <= 1000 ? "yes" : "NO") }
	$1 == "verb_ms" { print $1 " " $2 " ms, must be <= 2000: " ($2 <= 2000 ? "yes" : "NO") }' "$ours"
