#!/usr/bin/env bash
# Measures on a machine with an NVIDIA card that has no network: everything comes from a folder that was carried there.
#
#   benchmarks/gpu.sh FOLDER
#
# FOLDER has `setup.sh`, which points llama-cpp-python at a CUDA build of llama.cpp and puts llama-bench and its like on
# the PATH; `site/` with the packages that Python misses, llama_cpp among them; and `cache/`, a copy of the runtime's
# cache folder with the default model.
# Prints one table, and writes $OUT/gpu.json (here, without OUT).
set -euo pipefail
carried=$(cd "${1:?usage: benchmarks/gpu.sh FOLDER}" && pwd)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
set +u
. "$carried/setup.sh"
set -u
export PYTHONPATH=$root:$carried/site NPC_RUNTIME_CACHE_DIR=$carried/cache PYTHONUNBUFFERED=1
cd "$root"
python3 -m benchmarks.gpu --out "${OUT:-.}/gpu.json" "${@:2}"
