#!/bin/bash
# Builds xbmd and runs its tests.
#
#	tests/run.sh              release build, the fast tests
#	tests/run.sh --all        the slow tests too
#	tests/run.sh --sanitize   the fast tests under the address and undefined-behaviour sanitizers
#	tests/run.sh --clang      builds with clang, a warning being an error; runs nothing
#	tests/run.sh --werror     a compiler warning is an error (with any of the above)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=release exclude=(-LE slow) werror=OFF more=() run=yes
for word in "$@"; do
	case $word in
	--all) exclude=() ;;
	--sanitize) preset=asan ;;
	--clang) preset=clang more=(clang libomp-dev) werror=ON run= ;;
	--werror) werror=ON ;;
	-h | --help)
		sed -n '2,/^set/{/^set/!s/^# \{0,1\}//p}' "tests/run.sh"
		exit 0
		;;
	*)
		echo "tests/run.sh: unknown option '$word' (see tests/run.sh --help)" >&2
		exit 2
		;;
	esac
done

tests/install.sh "${more[@]}"
jobs=$(nproc)
cmake --preset "$preset" -D CMAKE_COMPILE_WARNING_AS_ERROR="$werror"
cmake --build "build/$preset" -j "$jobs"
[[ $run ]] || exit 0

# Programs side by side share the cores: waiting threads sleep instead of spinning.
export OMP_WAIT_POLICY=passive
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
export LSAN_OPTIONS=suppressions=$PWD/tests/lsan.supp:print_suppressions=0
# The closing line comes again after the list of the skipped.
log=build/$preset/tests.log
status=0
ctest --test-dir "build/$preset" -j "$jobs" --output-on-failure "${exclude[@]}" </dev/null 2>&1 | tee "$log" || status=$?
grep -E '^[0-9]+% tests passed' "$log" || true
exit $status
