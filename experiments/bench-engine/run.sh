#!/usr/bin/env bash
# Times our training step (forward, backward, Adam) against PyTorch's on the same machine in turns, and compares loss and
# gradients; writes results.json beside this file and prints the table.  An interrupted run goes on where it stopped
# (out/rows; remove it to measure anew).
#
#	run.sh [--quick] [--device cpu|cuda:0|cuda:0:bf16] [OPTIONS OF compare.py: --networks, --batches, --size, --steps, --modes]
#	--quick: 64x64, batch 1, four steps, two modes, into out/results.json: that it runs, not how fast
#
# PyTorch comes into out/env unless XBMD_PYTHON names an interpreter that has torch and safetensors (a GPU machine's own).
# With a GPU our side is the bundle's (experiments/gpu-check/bundle.sh, dist/bin/bench_engine), else build/release.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
mkdir -p "$here/out"

device=cpu results=$here/results.json words=()
while [ $# -gt 0 ]; do
	case $1 in
	--quick)
		results=$here/out/results.json
		words+=(--size 64 --batches 1 --steps 4 --modes "eager,default")
		;;
	--device)
		device=$2
		shift
		;;
	*) words+=("$1") ;;
	esac
	shift
done
[ "$device" = cpu ] || [ "$results" != "$here/results.json" ] || results=$here/results-${device//:/-}.json

python=${XBMD_PYTHON:-}
if [ -z "$python" ]; then
	python=$here/out/env/bin/python
	[ -x "$python" ] || python3 -m venv "$here/out/env"
	"$python" -c 'import torch, safetensors' 2>/dev/null || "$python" -m pip install -q torch safetensors numpy ||
		{ echo "run.sh: PyTorch is not installed and cannot be (set XBMD_PYTHON): nothing to compare with" >&2; exit 1; }
fi

program=$root/build/release/bench_engine
if [ "$device" != cpu ] && [ -x dist/bin/bench_engine ]; then
	program=$root/dist/bin/bench_engine
else
	tests/install.sh
	[ -f build/release/build.ninja ] || cmake --preset release >/dev/null
	cmake --build build/release --target bench_engine >&2
fi

about=$(python3 - "$(git describe --always --dirty --abbrev=12 2>/dev/null || cat dist/COMMIT 2>/dev/null || echo unknown)" <<'END'
import datetime, json, re, sys
cpu = re.search(r"^model name\s*:\s*(.*)$", open("/proc/cpuinfo").read(), re.M)
print(json.dumps({"date": datetime.date.today().isoformat(), "commit": sys.argv[1], "cpu": cpu.group(1) if cpu else "unknown",
                  "threads": 2, "load": open("/proc/loadavg").read().split()[0]}))
END
)
exec "$python" -B "$here/compare.py" --program "$program" --results "$results" --device "$device" --about "$about" "${words[@]}"
