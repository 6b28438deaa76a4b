#!/usr/bin/env bash
# Runs every GPU test (a skipped one counts as failed) and the benchmarks on this machine's first GPU, and prints one
# table.  Uses the bundle made by bundle.sh (this file's own folder, or dist/), else a build tree.  Under 8 minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
for packed in "$here"/lib/*.gz; do
	[ ! -e "$packed" ] || gunzip "$packed"
done
for bin in "$here/bin" "$root/dist/bin" "$root/build/bundle" "$root/build/release" ""; do
	[ -n "$bin" ] && [ -x "$bin/test_gpu" ] && [ -x "$bin/bench_gpu" ] && break
done
if [ -z "$bin" ]; then
	echo "run.sh: no bundle (experiments/gpu-check/bundle.sh) and no build (cmake --preset release)" >&2
	exit 1
fi
commit=$(cat "$bin/../COMMIT" 2>/dev/null || git -C "$root" describe --always --dirty 2>/dev/null || echo unknown)
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
tests_failed="" bench_failed=""

echo "gpu-check: $bin, commit $commit"
XBMD_REQUIRE_GPU=1 timeout 240 "$bin/test_gpu" --gtest_brief=1 >"$out/tests" 2>&1 || tests_failed=yes
grep -q '\[  SKIPPED \]' "$out/tests" && tests_failed=yes
[ -z $tests_failed ] || cat "$out/tests"
passed=$(sed -n 's/^\[ *PASSED *\] \([0-9]*\) tests*\.$/\1/p' "$out/tests")
timeout 120 "$bin/bench_gpu" >"$out/table" || bench_failed=yes
if [ -x "$bin/peer_fixed_step" ]; then
	timeout 50 "$bin/peer_fixed_step" >"$out/peer" || bench_failed=yes
fi

# Seconds of a visit in full quality, where several follow one another: without the start of the program.
visit_seconds() { # device, participants
	local n seconds=() visits=()
	for n in 1 "$2"; do
		local began=$(date +%s.%N)
		timeout 100 "$bin/xbmd" synth -q --device "$1" --quality full --subjects "$n" --sites 1 --seed 1 --out "$out/$1-$n" || return 1
		seconds+=("$(echo "$began $(date +%s.%N)" | awk '{ print $2 - $1 }')")
		visits+=("$(ls "$out/$1-$n/truth/records" | wc -l)")
		rm -rf "${out:?}/$1-$n"
	done
	echo "${seconds[*]} ${visits[*]}" | awk '{ printf "%.2f", ($2 - $1) / ($4 - $3) }'
}
if [ -x "$bin/xbmd" ]; then
	cpu_visit=$(visit_seconds cpu 4) && gpu_visit=$(visit_seconds cuda:0 9) || bench_failed=yes
fi

gpu=$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2>/dev/null | head -n 1 || true)
echo
echo "GPU: ${gpu:-unknown} (name, driver); CPU: $(nproc) cores; date: $(date -u +%Y-%m-%d); commit: $commit"
echo "GPU tests: ${passed:-0} passed${tests_failed:+, OTHERS FAILED or were skipped}"
[ -z $bench_failed ] || echo "benchmarks: FAILED"
echo
echo "| benchmark | CPU | GPU | CPU time / GPU time |"
echo "|---|---|---|---|"
cat "$out/table"
if [ -n "${gpu_visit:-}" ]; then
	echo "| synth, a visit in full quality: CT, films, DXA, all written (bar 0.3 s) | $cpu_visit s | $gpu_visit s |" \
		"$(echo "$cpu_visit $gpu_visit" | awk '{ printf "%.1f", $1 / $2 }') |"
fi
if [ -s "$out/peer" ]; then
	echo
	echo "| fixed-step scheme of the fastest open peer | samples | step, voxels | GPU, ms a pose | largest error | rms error |"
	echo "|---|---|---|---|---|---|"
	sed 's/^/| /; s/\t/ | /g; s/$/ |/' "$out/peer"
fi
[ -z "$tests_failed$bench_failed" ]
