# `make help` lists what can be asked for. GNU make and sh; Python 3.11 or newer; no Node.
.POSIX:
.SUFFIXES:
.PHONY: help view test check lint bench lock clean
.DEFAULT_GOAL := help

# Nothing that the caller's shell says about Python reaches ours.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
export PYTHONNOUSERSITE := 1
export PYTHON ARGS

BIN := .venv/bin
WORKERS ?= 2
SETUP := sh tools/setup.sh
PYTEST = $(BIN)/python -m pytest --numprocesses=$(WORKERS)

help:
	@echo 'make view    open the viewer on sample_artifacts/   (ARGS="--port 9000": more for `vitrina view`)'
	@echo 'make check   lint, types, import arrows, unit tests: under 2 minutes'
	@echo 'make test    everything, browser tests included     (ARGS="-k png": more for pytest)'
	@echo 'make lint    lint, types and import arrows only'
	@echo 'make bench   measure against the budgets'
	@echo 'make lock    write the lock files                   (ARGS=--upgrade: the newest versions)'
	@echo 'make clean   remove what the above made'
	@echo
	@echo 'All set up .venv by themselves. PYTHON=/path/to/python3.12 picks the Python, WORKERS=4 the test processes.'

view:
	@$(SETUP) view
	@$(BIN)/vitrina view sample_artifacts $(ARGS)

lint:
	@$(SETUP) test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

check: lint
	$(PYTEST) -m 'not slow and not browser' tests/unit $(ARGS)

test:
	@$(SETUP) test
	@VITRINA_CHROMIUM=$$(sh tools/chromium.sh) && export VITRINA_CHROMIUM && $(MAKE) --no-print-directory test-all

.PHONY: test-all
test-all: lint
	$(PYTEST) --durations=15 $(ARGS)

bench:
	@$(SETUP) test
	$(BIN)/python tools/bench.py $(ARGS)

lock:
	$(or $(PYTHON),python3.11) tools/lock.py $(ARGS)

clean:
	rm -rf .venv app/_vendor build dist test-results .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find app datatypes storage tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
