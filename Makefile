# What people and CI run. Each target sets up what it needs: a virtual environment and the package.
PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
SAMPLES := ../shared/data
ifneq ($(wildcard $(SAMPLES)),)
export KINEOGRAPH_DATA ?= $(abspath $(SAMPLES))
endif
# The tests run in a process a core: more threads would only wait for each other.
test: export OMP_NUM_THREADS ?= 1

.PHONY: demo test slow check format docs wheel bench clean

demo: $(VENV)/ready
	$(BIN)/kineograph demo

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m "not slow and not gpu" -n auto --dist loadfile

slow: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m slow

check: $(VENV)/ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/ready-dev
	$(BIN)/pip install --quiet -c constraints.txt -e ".[docs]"
	$(BIN)/mkdocs build --strict

wheel: $(VENV)/ready-dev
	$(BIN)/python -m build

bench: $(VENV)/ready-dev
	$(BIN)/python -m benchmarks

clean:
	$(PYTHON) -c "import shutil; [shutil.rmtree(p, True) for p in ('$(VENV)', 'build', 'dist', 'site', 'demo')]"

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -c constraints.txt -e .
	$(BIN)/python -c "open('$@', 'w').close()"

$(VENV)/ready-dev: $(VENV)/ready
	$(BIN)/python -m pip install --quiet -c constraints.txt -e ".[dev]"
	$(BIN)/python -c "open('$@', 'w').close()"
