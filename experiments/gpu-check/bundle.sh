#!/usr/bin/env bash
# Builds dist/: xbmd, its GPU tests and benchmarks with everything a machine without a package manager lacks.
# HDF5, NIfTI, Jansson and YAML are linked in; oneDNN (packed), OpenMP and a few small ones travel in dist/lib.  <= 50 MB.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build/bundle
most_bytes=50000000
# What every Linux with a compiler has.  The GPU's own libraries are found there at run time.
system='^(linux-vdso|ld-linux[^/]*|libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s)\.so'

cmake --preset bundle >/dev/null
cmake --build $build --target xbmd xbmd_cuda test_gpu bench_gpu bench_engine peer_fixed_step
rm -rf dist
mkdir -p dist/bin dist/lib
cp $build/xbmd $build/test_gpu $build/bench_gpu $build/bench_engine $build/peer_fixed_step $build/libxbmd_cuda.so dist/bin/
cp $build/libxbmd_run.so $build/libxbmd_kernels.so dist/lib/ # shared by the programs
cp experiments/gpu-check/run.sh dist/
git describe --always --dirty >dist/COMMIT 2>/dev/null || echo unknown >dist/COMMIT

# name and path of each library a program loads
needed() { ldd "$1" | awk '$2 == "=>" { print $1, $3 } $2 != "=>" { n = split($1, part, "/"); print part[n], $1 }'; }
for program in dist/bin/*; do
	needed "$program" | while read -r name path; do
		[[ $name =~ $system ]] || cp -Ln "$path" "dist/lib/$name"
	done
done
strip --strip-unneeded dist/bin/* dist/lib/*

# The closure must hold: with the bundle alone every name is either the system's or beside us.
for file in dist/bin/* dist/lib/*; do
	while read -r name path; do
		if ! [[ $name =~ $system || $path == "$PWD"/dist/* || $path == dist/* || -e dist/lib/$name ]]; then
			echo "bundle.sh: $file needs $name ($path), which is not in the bundle" >&2
			exit 1
		fi
	done < <(needed "$file")
done
while read -r name path; do
	if ! [[ $name =~ $system || $path == "$PWD"/dist/* ]]; then
		echo "bundle.sh: the bundled xbmd loads $name from $path" >&2
		exit 1
	fi
done < <(needed "$PWD/dist/bin/xbmd")
dist/bin/xbmd --version
gzip -9 dist/lib/libdnnl.so.2 # four fifths of the bundle; dist/run.sh unpacks it
bytes=$(du -sb dist | cut -f1)
echo "dist/: $((bytes / 1000000)) MB ($bytes bytes, at most $most_bytes), $(ls dist/lib | wc -l) libraries: $(ls dist/lib | xargs)"
[ "$bytes" -le $most_bytes ]
