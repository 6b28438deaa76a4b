#!/usr/bin/env bash
# A study made by two shards that are killed (SIGKILL) at random times and started again, then checked: nobody lost,
# nobody twice, every file as the manifest says, and the bytes of an undisturbed run.
#
#	run.sh [--subjects N | --whole] [--quality Q] [--kills K] [--sample M] [--out DIR]
#
# N participants (60) of all seven sites in quality Q (fast), at least K kills (6); the first M participants (7) are made
# again without a kill and compared byte by byte.  --whole: the multi-centre study's 1741 participants (315 + 1426).
set -euo pipefail

usage() { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2; }
cd "$(dirname "$0")/../.."
here=experiments/cohort-resume
out=$here/out subjects=60 quality=fast kills=6 sample=7 seed=1741 who=()
while [ $# -gt 0 ]; do
	case $1 in
	--whole) who=(--multi-centre) subjects=1741 sample=0; shift; continue ;;
	--subjects) subjects=${2:?} ;;
	--quality) quality=${2:?} ;;
	--kills) kills=${2:?} ;;
	--sample) sample=${2:?} ;;
	--out) out=${2:?} ;;
	*) usage ;;
	esac
	shift 2
done
[ ${#who[@]} -gt 0 ] || who=(--subjects "$subjects" --sites 7)
export OMP_WAIT_POLICY=${OMP_WAIT_POLICY:-passive} OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
cmake --preset release >/dev/null
cmake --build --preset release --target xbmd >/dev/null
rm -rf "$out"
mkdir -p "$out"
RANDOM=$seed
pids=(0 0)

synth() { build/release/xbmd synth -q --out "$out/$1" --seed $seed --quality "$quality" "${@:2}"; }
start() {
	synth study "${who[@]}" --shard $(($1 + 1))/2 2>>"$out/shard$1.log" &
	pids[$1]=$!
}

# synth runs in a subshell of its own: the program is its child.
program_of() { cat "/proc/$1/task/$1/children" 2>/dev/null || true; }

start 0
start 1
killed=0
while [ $killed -lt "$kills" ]; do
	sleep $((1 + RANDOM % 8)).$((RANDOM % 10))
	victim=$((RANDOM % 2))
	program=$(program_of ${pids[$victim]})
	if [ -n "$program" ] && kill -KILL $program 2>/dev/null; then
		killed=$((killed + 1))
	elif [ -f "$out/study/participants.tsv" ]; then
		echo "finished after $killed kills, $kills were wanted: give it more participants" >&2
		exit 1
	fi
	wait ${pids[$victim]} || true
	start $victim
done
wait ${pids[0]} || { tail -1 "$out/shard0.log" >&2; exit 1; }
wait ${pids[1]} || { tail -1 "$out/shard1.log" >&2; exit 1; }
# Two shards that finish at the same moment may each leave the tables to the other.
[ -f "$out/study/participants.tsv" ] || synth study "${who[@]}" --shard 1/2

[ "$sample" = 0 ] || synth sample --subjects "$sample" --sites 7
python3 $here/check.py "$out" "$subjects" $killed
