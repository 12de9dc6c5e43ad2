# Everything from a bare Python 3.11, git and make. `make help` says what there is.

PYTHON   ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
              "$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && command -v "$$p" && break; done)
VENV     ?= .venv
BIN      := $(VENV)/bin
JOBS     ?= 3
# no: never use uv, install with pip
UV       ?= yes
ONCE     ?=
PORT     ?=
PLANT    ?= plant_models/gearbox_shop
SCENARIO ?= scenarios/gearbox_shop/baseline.yaml

# Bytecode is kept, whatever the shell asks for: each of the many processes that tests start would otherwise compile 1,300 files first, which
# takes longer than what it is started for.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup run lab test quick laws bench lock clean
.DELETE_ON_ERROR:

help: ## this list
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/.ready-core ## a simulated week with its summary, then the live plant and its pages; ONCE=1 does not stay, PORT=5010 has them there
	$(BIN)/python -m twin simulate $(PLANT) --scenario $(SCENARIO) --until 7d --seed 1
	$(BIN)/python -m twin live $(PLANT) $(if $(filter-out 0 no,$(ONCE)),--once) $(if $(PORT),--port $(PORT))

lab: $(VENV)/.ready-lab ## JupyterLab on the notebooks
	$(BIN)/python -m twin lab

quick: $(VENV)/.ready-test ## format, lint, types, import contracts and the fast tests, laws on ten examples each; under three minutes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup --examples-at-most 10 -m "not slow and not ui and not db and not interop and not notebook"

test: $(VENV)/.ready-test ## everything, in a real browser and on a real PostgreSQL too; under fifteen minutes
	@$(BIN)/python -m tools.see_test_servers
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup --examples-at-most 40

laws: $(VENV)/.ready-test ## every law on as many examples as it names, others each time: chance finds what nobody thought of
	env -u CI $(BIN)/python -m pytest -q -n $(JOBS) --dist loadgroup tests/laws tests/parity tests/rooms -m "not ui and not interop"

bench: $(VENV)/.ready-test ## every benchmark; the figures go to benchmarks/results.md
	$(BIN)/python -m tools.run_benchmarks

setup: $(VENV)/.ready-test $(VENV)/.ready-lab ## the environment for all of this, without doing any of it

lock: $(VENV)/.ready-test ## constraints.txt anew from pyproject.toml; UPGRADE=1 takes the newest of everything
	$(BIN)/python -m uv pip compile -q pyproject.toml --all-extras --universal --python-version 3.11 --no-header --no-annotate \
	  $(if $(UPGRADE),--upgrade) -o constraints.txt

clean: ## take the environment and all caches away
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# --- the environment ------------------------------------------------------------------------------------------------

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "needs Python 3.11, 3.12 or 3.13; none found: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) has no venv; on Debian: apt-get install python3-venv" >&2; exit 1; }

EXTRAS_core := pdf
EXTRAS_lab  := lab,pdf
EXTRAS_test := test

# uv is faster by a minute or two, where it can be had; pip does the same work where it cannot.
$(VENV)/.ready-%: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up $(VENV) for '$*'; once, and it takes a minute or two"
	@if [ "$(UV)" != no ] && $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt uv >/dev/null 2>&1 \
	    && $(BIN)/python -m uv pip install -q --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[$(EXTRAS_$*)]' 2>/dev/null; then :; \
	else echo "  with pip"; $(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS_$*)]'; fi
	@$(BIN)/python -m compileall -q twin hardware_bridge
	@touch $@
