# Needs Python 3.11 or newer; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test lint types docs proofs wheel oldest bench mutants clean

help:
	@echo "make demo     score examples/visits.csv"
	@echo "make test     run the tests, proofs included, with coverage"
	@echo "make lint     style, formatting and import layers"
	@echo "make types    mypy and pyright, strict"
	@echo "make docs     build the documentation into docs/_build/html"
	@echo "make wheel    build the wheel and run the tests against it"
	@echo "make oldest   run the tests against the oldest supported dependencies"
	@echo "make bench    measure speed against named rivals"
	@echo "make mutants  change the code and see that the tests notice"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sledai needs Python 3.11 or newer; say which with: make PYTHON=python3.11 ...")'
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade 'pip>=25.1'

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[cli]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[cli,frame]' --group test --group lint --group docs
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/sledai score examples/visits.csv --trial NCT05765006

test: $(VENV)/.dev
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal --cov --cov-report term

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright

docs: $(VENV)/.dev
	$(BIN)/sphinx-build --fail-on-warning --nitpicky --fresh-env --quiet docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

clean:
	rm -rf $(VENV) build dist docs/_build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
