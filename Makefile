# What a person types, and what CI runs. `make demo` and `make test` start from a bare checkout.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: help setup system demo test integration soak bench docs check lint types format clean

help:
	@echo "make demo         set everything up, prove theorems of HOL Light, learn from the attempts, prove more"
	@echo "make test         set everything up and run the tests of every change"
	@echo "make integration  the tests that take minutes; CI runs them after make test"
	@echo "make soak         what breaks once in thousands of times, for hours; CI does not run it"
	@echo "make docs         build the documentation into build/site; warnings are errors"
	@echo "make setup        only set up: $(VENV), Python packages, HOL Light and its server"
	@echo "make check        lint and type check (against an installed wheel)"
	@echo "make bench        print this machine's figures and hold them to what the project promises"

# Python packages; again only when what they are made from has changed.
$(STAMP): pyproject.toml constraints.txt scripts/install.sh
	PYTHON="$(PYTHON)" VENV="$(VENV)" scripts/install.sh
	touch $@

# Debian packages and the HOL Light server; says what is missing where there is no apt-get.
system: $(STAMP)
	scripts/system.sh
	@if $(BIN)/aitp doctor --buildable hollight; then $(BIN)/aitp build hollight; fi

setup: system

demo: setup
	@if $(BIN)/aitp doctor --ready hollight; then \
	  $(BIN)/aitp run --config-name=holist_quickstart; \
	else \
	  echo "HOL Light is not ready on this system, so this is the Propositional quickstart:"; \
	  $(BIN)/aitp doctor; \
	  $(BIN)/aitp run --config-name=quickstart; \
	fi

# Files are spread over two workers; what is prepared for a file is prepared once.
test: setup
	$(BIN)/python -m pytest --numprocesses=2 --dist=loadfile

integration: setup
	$(BIN)/python -m pytest -m "integration and not soak" --durations=25

# Exit code 5: nothing is marked so yet.
soak: setup
	$(BIN)/python -m pytest -m soak || [ $$? -eq 5 ]

docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

bench: setup
	$(BIN)/aitp bench
	$(BIN)/python -m pytest -m benchmark

check: lint types

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	PYTHON="$(BIN)/python" scripts/check_types.sh

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
