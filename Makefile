# Needs Python 3.11 or newer; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PARALLEL := --quiet --numprocesses auto --dist worksteal
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

.PHONY: help demo test lint types docs wheel oldest bench mutants clean

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
	@echo "setting up $(VENV), once"
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
	$(BIN)/python -m pytest $(PARALLEL) tests --ignore tests/proofs --cov --cov-report term
	$(BIN)/python -m pytest --quiet README.md docs
	$(BIN)/python -m pytest $(PARALLEL) tests/proofs

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

# The library strictly, and the examples of README and docs as a user's code.
types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright
	rm -rf build/snippets && $(BIN)/python docs/snippets.py build/snippets
	$(BIN)/mypy --config-file docs/snippets.ini build/snippets
	$(BIN)/pyright --project docs/snippets.json

docs: $(VENV)/.dev
	$(BIN)/sphinx-build --fail-on-warning --nitpicky --fresh-env --quiet docs docs/_build/html
	@echo "docs/_build/html/index.html"

# The tests once more, on what is shipped: the wheel, without the source in reach.
wheel: $(BIN)/python
	rm -rf dist build/wheel && mkdir -p build
	@$(PIP) --upgrade build
	$(BIN)/python -m build --quiet --outdir dist
	$(PYTHON) -m venv build/wheel && build/wheel/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	build/wheel/bin/python -m pip install --quiet "$$(ls dist/*.whl)[cli,frame]" --group test
	build/wheel/bin/python -m pytest $(PARALLEL) tests --ignore tests/proofs
	build/wheel/bin/python -m pytest --quiet README.md docs
	build/wheel/bin/python -c 'import sledai; assert "site-packages" in sledai.__file__, sledai.__file__'

# The tests once more, with the oldest versions that pyproject.toml allows.
oldest: $(BIN)/python
	rm -rf build/oldest && mkdir -p build && $(PYTHON) -m venv build/oldest
	build/oldest/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	build/oldest/bin/python -m pip install --quiet --editable '.[cli,frame]' --group test \
	  --constraint tests/oldest.txt
	build/oldest/bin/python -m pytest $(PARALLEL) tests --ignore tests/proofs --override-ini filterwarnings=default

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

# Survivors are explained in docs/explanation/mutants.md.
mutants: $(VENV)/.dev
	@$(PIP) --group mutants
	@mkdir -p build
	PATH="$(BIN):$$PATH" cosmic-ray init --force tests/mutants.toml build/numbers.sqlite
	PATH="$(BIN):$$PATH" cr-filter-operators build/numbers.sqlite tests/mutants.toml
	PATH="$(BIN):$$PATH" cosmic-ray exec tests/mutants.toml build/numbers.sqlite
	$(BIN)/cr-report --surviving-only --show-diff build/numbers.sqlite
	rm -rf mutants && $(BIN)/mutmut run --max-children 2 && $(BIN)/mutmut results

clean:
	rm -rf $(VENV) build dist mutants docs/_build docs/reference/generated .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
