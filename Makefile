# Two commands matter: `make lab` opens the course, `make test` tests it. Both set up what they need.
#
# Options:  make lab PYTHON=python3.12      another interpreter (3.11 or newer)
#           make test WORKERS=2             fewer tests at a time
#           make notebooks LESSON=01        one lesson only
#           make present LESSON=06          a lesson on the wall
#           make lab LAB_ARGS=--no-browser  what JupyterLab is told besides

PYTHON ?= python3
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min(4, os.cpu_count() or 1))')
LESSON ?=
LAB_ARGS ?=
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
VENV := .venv
CONSTRAINTS := constraints.txt
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c $(CONSTRAINTS)
PYTEST := $(BIN)/python -m pytest -q
NO_PINS := --deselect tests/repository/test_environment.py::test_the_pin_is_admitted_and_installed

.PHONY: lab setup notebooks site slides present test test-newest test-oldest test-machines test-claims test-fast test-notebooks test-browser benchmark lint format clean

lab: setup
	$(BIN)/python -m jupyterlab --ServerApp.ip=127.0.0.1 --LabApp.default_url=/lab/tree/notebooks $(AS_ROOT) $(LAB_ARGS)

setup: $(VENV)/course.stamp

$(VENV)/course.stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "The course needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo not there)."; \
	  for other in python3.14 python3.13 python3.12 python3.11; do \
	    $$other --version >/dev/null 2>&1 && { echo "You have another. Type: make $(MAKECMDGOALS) PYTHON=$$other"; exit 1; }; \
	  done; \
	  echo "Install one from python.org, or with your system's packages, then type: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@echo "Setting up $(VENV) (about two minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) torch -e . || \
	  { echo "Not everything could be installed; the reason stands above. Is the internet there? Then type again: make $(MAKECMDGOALS)"; exit 1; }
	@touch $@

$(VENV)/author.stamp: $(VENV)/course.stamp
	@echo "Adding what authors and tests need"
	$(PIP) -e '.[dev]'
	@touch $@

notebooks: $(VENV)/author.stamp
	$(BIN)/python solutions/build_notebooks.py $(LESSON)
	$(BIN)/python solutions/build_pictures.py

site: $(VENV)/author.stamp
	$(BIN)/python solutions/build_site.py

slides: $(VENV)/author.stamp
	$(BIN)/python solutions/build_slides.py

present: $(VENV)/author.stamp # exec: a signal that ends make then reaches the program, and not a shell before it
	@exec $(BIN)/python solutions/present.py "$(LESSON)" $(AS_ROOT) $(LAB_ARGS)

test: test-fast test-notebooks test-browser

test-newest: # with the newest versions that pyproject.toml admits, in an environment of its own
	PYTEST_ADDOPTS='$(NO_PINS)' $(MAKE) test VENV=.venv-newest CONSTRAINTS=/dev/null

test-oldest: # with the oldest versions that it admits (on Linux 5 GB: PyTorch's GPU libraries); no browser, which has its own version
	mkdir -p build && $(PYTHON) tests/machines/oldest.py > build/oldest.txt
	PYTEST_ADDOPTS='$(NO_PINS)' $(MAKE) test-fast test-notebooks VENV=.venv-oldest CONSTRAINTS=build/oldest.txt

test-machines: $(VENV)/author.stamp # threads, processors, no network, read-only, any order, stopped cells: about half an hour
	$(PYTEST) -n $(WORKERS) tests/machines

test-claims: $(VENV)/author.stamp # every claim about training over 20 seeds on each instruction set: hours; LESSON=05 for one lesson
	WORKERS=$(WORKERS) $(BIN)/python tests/claims/run.py $(LESSON)

test-fast: $(VENV)/author.stamp lint
	$(PYTEST) -n $(WORKERS) tests/unit tests/exercises tests/repository tests/claims

test-notebooks: $(VENV)/author.stamp
	$(PYTEST) -n $(WORKERS) tests/notebooks

test-browser: $(VENV)/author.stamp
	tests/browser/install_chromium.sh
	$(PYTEST) tests/browser

benchmark: $(VENV)/author.stamp
	$(PYTEST) -s tests/benchmarks
	$(BIN)/python tests/benchmarks/speed_table.py

lint: $(VENV)/author.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/author.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .venv-newest .venv-oldest build *.egg-info
