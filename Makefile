# Needs Python 3.11 or newer; everything else is installed into .venv and build.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := -m pytest --quiet
PARALLEL := --numprocesses auto --dist worksteal
UNIT := $(PARALLEL) tests --ignore tests/proofs
# The examples of one document go on from each other.
EXAMPLES := --numprocesses auto --dist loadfile README.md docs
# Tracing costs as much as the tests themselves, so where CI is set alone.
COVERAGE := $(if $(CI),--cov --cov-report term)

# Another Python: on the PATH, or one of pyenv, whose shims may stand there and not start.
SUPPORTED := 3.11 3.12 3.13 3.14
at_hand = $(firstword $(foreach p,python$(1) $(wildcard $(HOME)/.pyenv/versions/$(1).*/bin/python),\
  $(shell $(p) -c 'import sys; print(sys.executable)' 2>/dev/null)))
OWN = $(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])')
OTHERS = $(foreach v,$(filter-out $(OWN),$(SUPPORTED)),$(if $(call at_hand,$v),$v))

# The files whose tests go through what tests/oldest.txt names: pydantic's models and messages,
# frames, files and the command line. The rest are rules in plain Python on top of them. Spark and
# Dask stand in no extra's oldest versions, and meet all tests elsewhere.
OLDEST = $(shell grep -lE 'pydantic|polars|engines|doctest|sledai\.(cli|files|frame)' tests/test_*.py)

.PHONY: help demo check test proofs lint types docs wheel pythons oldest bench mutants venvs clean
.SECONDARY:

help:
	@echo "make demo     score examples/visits.csv"
	@echo "make check    lint, types and the nearest tests of what changed (SINCE=main), within a minute"
	@echo "make test     run the tests and the examples of README and docs; with CI=1, coverage too"
	@echo "make proofs   go through every assessment of kinds that can be counted out"
	@echo "make lint     style, formatting and import layers"
	@echo "make types    mypy and pyright, strict"
	@echo "make docs     build the documentation into docs/_build/html"
	@echo "make wheel    build the wheel and see that it is whole and needs what it says"
	@echo "make pythons  run the tests on the wheel, on each other Python at hand"
	@echo "make oldest   run the tests that go through dependencies on the oldest of them"
	@echo "make bench    measure speed against named rivals"
	@echo "make mutants  change the code and see that the tests notice"
	@echo "make clean    remove all that was made"

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "sledai needs Python 3.11 or newer; say which with: make PYTHON=python3.11 ...")'
	@echo "setting up $(VENV), once"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) --upgrade 'pip>=25.1'

$(VENV)/.demo: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[cli]'
	@touch $@

$(VENV)/.dev: pyproject.toml | $(BIN)/python
	@$(PIP) --editable '.[cli,frame]' --group test --group lint --group docs --group gate
	@touch $@ $(VENV)/.demo

demo: $(VENV)/.demo
	$(BIN)/sledai score examples/visits.csv --trial NCT05765006

check: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python tests/changed.py $(SINCE)

test: $(VENV)/.dev
	$(BIN)/python $(PYTEST) $(UNIT) $(COVERAGE)
	$(BIN)/python $(PYTEST) $(EXAMPLES)

proofs: $(VENV)/.dev
	$(BIN)/python $(PYTEST) $(PARALLEL) tests/proofs

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

# What is shipped, in an environment that has only what it asks for: first pydantic, then `cli`.
wheel: build/wheel/.built
	build/wheel/bin/python -I tests/wheel.py dist/*.whl --bare
	$(BIN)/uv pip install --quiet --python build/wheel/bin/python "$$(ls dist/*.whl)[cli]"
	build/wheel/bin/python -I tests/wheel.py dist/*.whl
	build/wheel/bin/sledai score examples/visits.csv --trial NCT05765006

build/wheel/.built: $(VENV)/.dev $(shell git ls-files src 2>/dev/null)
	rm -rf dist && $(BIN)/uv build --quiet --out-dir dist
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/wheel
	$(BIN)/uv pip install --quiet --python build/wheel/bin/python dist/*.whl
	@touch $@

# Where there is no other Python the wheel meets the tests on our own.
pythons: $(VENV)/.dev
	$(MAKE) $(addprefix tests-on-,$(or $(OTHERS),$(OWN)))
	@echo "the tests ran on the wheel on Python $(or $(OTHERS),$(OWN))"
	@for v in $(filter-out $(OWN) $(OTHERS),$(SUPPORTED)); do echo "SKIPPED: Python $$v is not at hand"; done

tests-on-%: build/python%/.installed
	build/python$*/bin/python -Ic 'import sledai; assert "site-packages" in sledai.__file__'
	build/python$*/bin/python $(PYTEST) $(UNIT)
	build/python$*/bin/python $(PYTEST) $(EXAMPLES)

build/python%/.installed: build/wheel/.built
	$(BIN)/uv venv --quiet --clear --python $(or $(call at_hand,$*),$(BIN)/python) build/python$*
	$(BIN)/uv pip install --quiet --python build/python$*/bin/python "$$(ls dist/*.whl)[cli,frame]" --group test
	@touch $@

oldest: build/oldest/.installed
	build/oldest/bin/python $(PYTEST) $(PARALLEL) $(OLDEST) --override-ini filterwarnings=default \
	  -k "not PySpark and not Dask and not spark_example"

build/oldest/.installed: $(VENV)/.dev tests/oldest.txt
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/oldest
	$(BIN)/uv pip install --quiet --python build/oldest/bin/python --editable '.[cli,frame]' --group test \
	  --overrides tests/oldest.txt
	@touch $@

# All environments of the gate, to be made while other things run.
venvs: build/wheel/.built build/oldest/.installed
	$(MAKE) $(patsubst %,build/python%/.installed,$(or $(OTHERS),$(OWN)))

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
	rm -rf $(VENV) build dist mutants docs/_build docs/reference/generated .coverage .grimp_cache .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
