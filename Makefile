# Needs Python 3.11 or newer; everything else is installed into .venv and build.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST := -m pytest --quiet
PARALLEL := --numprocesses auto --dist worksteal
UNIT := $(PARALLEL) tests --ignore tests/proofs --ignore tests/clients
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

# Where all was tried on our own Python, another one tries each property with a few examples, and no
# Spark, which is half a gigabyte an environment and runs on Java.
AGAIN := FEWER=10
NO_SPARK := not spark

# Each Python runs the tests once: one of the others with the oldest dependencies, the rest on the wheel.
OLDEST = $(firstword $(OTHERS) $(OWN))
NEWEST = $(or $(filter-out $(OLDEST),$(OTHERS)),$(OWN))

.PHONY: help demo check test proofs clients chromium lint types docs wheel pythons oldest bench mutants fuzz faults venvs clean vectors release installs api versions differential mutants-numbers mutants-frame mutants-page
.SECONDARY:

help:
	@echo "make demo     score examples/visits.csv"
	@echo "make check    lint, types and the nearest tests of what changed (SINCE=main), within a minute"
	@echo "make test     run the tests and the examples of README and docs; with CI=1, coverage too"
	@echo "make vectors  make the conformance vectors from the tables of tests/spec"
	@echo "make proofs   go through every assessment of kinds that can be counted out, and the conformance vectors"
	@echo "make clients  hold resources of FHIR by clients of others, and pages in a browser; needs Node 20 with npm, and Chromium"
	@echo "make lint     style, formatting, import layers, and public names that break"
	@echo "make types    mypy and pyright, strict"
	@echo "make docs     build the documentation into docs/_build/html, running its notebooks"
	@echo "make wheel    build the wheel and see that it is whole and needs what it says"
	@echo "make oldest   run the tests on the oldest dependencies, on another Python where one is at hand"
	@echo "make pythons  run the tests on the wheel, on each Python at hand that has not run them yet"
	@echo "make release  build wheel and source distribution twice, and list what each extra brings, into dist"
	@echo "make installs install the wheel with each extra alone, on each Python at hand"
	@echo "make api      write down the public names as those of this release"
	@echo "make versions write down the newest versions of what the extras bring"
	@echo "make bench    measure speed against named rivals"
	@echo "make differential  hold frames of every engine by one visit at a time and by brute force (ROWS=1000000 SEED=1)"
	@echo "make fuzz     try every door on inputs that are made to break it (FOR=60, seconds of all doors)"
	@echo "make faults   kill, fill disks and write at once, many times (TIMES=20)"
	@echo "make mutants  change the code and see that the tests notice; mutants-numbers the tables alone"
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
	@$(PIP) --editable '.[cli,frame]' --group test --group spark --group lint --group docs --group gate
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

vectors: $(VENV)/.dev
	PYTHONPATH=tests $(BIN)/python -m conformance.make

proofs: $(VENV)/.dev
	$(BIN)/python $(PYTEST) $(PARALLEL) tests/proofs
	$(BIN)/sledai conformance run -- $(BIN)/python -m sledai.conformance.answer

# In Node and in a browser, both set up here, a file in one of them. CI says that no test may be skipped.
clients: $(VENV)/.dev docs/_build/html/.built tests/clients/node_modules/.package-lock.json chromium
	CI=true $(BIN)/python $(PYTEST) --numprocesses 2 --dist loadfile tests/clients

# The lock leaves out what lforms was built of, which is in what it was built to.
tests/clients/node_modules/.package-lock.json: tests/clients/package-lock.json
	@command -v npm > /dev/null || { echo "make clients needs Node 20 or newer, with npm" >&2; exit 1; }
	npm ci --prefix tests/clients --ignore-scripts --no-audit --no-fund
	@touch $@

# Root of a Debian gets it; CHROMIUM says where another is.
chromium:
	@[ -n "$$CHROMIUM" ] || command -v chromium > /dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium > /dev/null; } || \
	  { echo "make clients needs Chromium: install it, or say CHROMIUM=/where/it/is" >&2; exit 1; }

lint: $(VENV)/.dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/python release/api.py

# The library strictly, and the examples of README and docs as a user's code.
types: $(VENV)/.dev
	$(BIN)/mypy
	$(BIN)/pyright
	rm -rf build/snippets && $(BIN)/python docs/snippets.py build/snippets
	$(BIN)/mypy --config-file docs/snippets.ini build/snippets
	$(BIN)/pyright --project docs/snippets.json

docs: docs/_build/html/.built
	@echo "docs/_build/html/index.html"

docs/_build/html/.built: $(VENV)/.dev $(shell git ls-files docs examples src 2>/dev/null)
	$(BIN)/sphinx-build --fail-on-warning --nitpicky --fresh-env --quiet docs docs/_build/html
	@touch $@

# What is shipped, in an environment that has only what it asks for: first pydantic, then `cli`, and
# for all modules `http` too.
wheel: build/wheel/.built
	build/wheel/bin/python -I tests/wheel.py dist/*.whl --bare
	$(BIN)/uv pip install --quiet --python build/wheel/bin/python "$$(ls dist/*.whl)[cli]"
	build/wheel/bin/sledai score examples/visits.csv --trial NCT05765006
	$(BIN)/uv pip install --quiet --python build/wheel/bin/python "$$(ls dist/*.whl)[http]"
	build/wheel/bin/python -I tests/wheel.py dist/*.whl

build/wheel/.built: $(VENV)/.dev $(shell git ls-files src 2>/dev/null)
	rm -rf dist && $(BIN)/uv build --quiet --out-dir dist
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/wheel
	$(BIN)/uv pip install --quiet --python build/wheel/bin/python dist/*.whl
	@touch $@

# Where there is no other Python our own runs them again.
pythons: $(VENV)/.dev
	$(MAKE) $(addprefix tests-on-,$(NEWEST))
	@echo "the tests ran on Python $(OLDEST) with the oldest dependencies, and on the wheel on $(NEWEST)"
	@for v in $(filter-out $(OWN) $(OTHERS),$(SUPPORTED)); do echo "SKIPPED: Python $$v is not at hand"; done

tests-on-%: build/python%/.installed
	build/python$*/bin/python -Ic 'import sledai; assert "site-packages" in sledai.__file__'
	$(AGAIN) build/python$*/bin/python $(PYTEST) $(UNIT) -k "$(NO_SPARK)"
	build/python$*/bin/python $(PYTEST) $(EXAMPLES)

build/python%/.installed: build/wheel/.built
	$(BIN)/uv venv --quiet --clear --python $(or $(call at_hand,$*),$(BIN)/python) build/python$*
	$(BIN)/uv pip install --quiet --python build/python$*/bin/python "$$(ls dist/*.whl)[cli,frame]" --group test
	@touch $@

# Engines that stand in no extra have no oldest version; they meet all tests elsewhere.
oldest: build/oldest/.installed
	$(AGAIN) build/oldest/bin/python $(PYTEST) $(UNIT) --override-ini filterwarnings=default \
	  -k "$(NO_SPARK) and not dask and not duckdb and not ibis"

build/oldest/.installed: $(VENV)/.dev tests/oldest.txt
	$(BIN)/uv venv --quiet --clear --python $(or $(call at_hand,$(OLDEST)),$(BIN)/python) build/oldest
	$(BIN)/uv pip install --quiet --python build/oldest/bin/python --editable '.[cli,frame]' --group test \
	  --overrides tests/oldest.txt
	@touch $@

# All environments of the gate, to be made while other things run.
venvs: build/wheel/.built build/oldest/.installed
	$(MAKE) $(patsubst %,build/python%/.installed,$(NEWEST))

# What is released, from what is committed: the same bytes each time, on one Python and zlib.
release: build/release/.installed
	$(BIN)/python release/api.py --exact
	build/release/bin/python release/build.py dist

build/release/.installed: $(VENV)/.dev
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python build/release
	$(BIN)/uv pip install --quiet --python build/release/bin/python --group release
	@touch $@

# The wheel with each extra alone, on each Python at hand; with Spark on our own alone.
installs: build/wheel/.built
	$(BIN)/python release/installs.py "$$(ls dist/*.whl)" $(BIN)/python $(foreach v,$(OTHERS),$(call at_hand,$v))

# The public names as they are now, as those of the last release.
api: $(VENV)/.dev
	$(BIN)/python release/api.py --write

# The versions with which `make release` and `make installs` try each extra.
versions: $(VENV)/.dev
	$(BIN)/python release/versions.py

bench: $(VENV)/.dev
	$(BIN)/python benchmarks/run.py

# Half a million rows and more go through every dtype; WITHOUT names an engine that is left out.
ROWS := 1000000
SEED := 1
differential: $(VENV)/.dev
	PYTHONPATH=tests $(BIN)/python -m differential --rows $(ROWS) --seed $(SEED) $(if $(WITHOUT),--without $(WITHOUT))

# Each goes on from what build/mutants (mutmut: mutants) holds; SHARD=1/8 is a part of it. What no test
# notices is explained in tests/mutants.toml, or it fails.
SHARD := 1/1

mutants: mutants-numbers mutants-frame
	@$(PIP) --group mutants
	$(BIN)/mutmut run --max-children 2 && $(BIN)/mutmut results

mutants-numbers: $(VENV)/.dev
	$(BIN)/python tests/mutate.py numbers --shard $(SHARD)

mutants-frame: $(VENV)/.dev
	$(BIN)/python tests/mutate.py expressions --shard $(SHARD)

mutants-page: $(VENV)/.dev
	$(BIN)/python tests/mutate.py numbers --page
	$(BIN)/python tests/mutate.py expressions --page

# What is found is kept in build/fuzz, as the input that shows it.
FOR ?= 60
fuzz: $(VENV)/.dev
	@$(PIP) --group fuzz
	PYTHONPATH=tests $(BIN)/python -m fuzz --for $(FOR)

TIMES ?= 20
faults: $(VENV)/.dev
	TIMES=$(TIMES) $(BIN)/python $(PYTEST) tests/test_faults.py

clean:
	rm -rf $(VENV) build dist mutants tests/clients/node_modules docs/_build docs/reference/generated .coverage .grimp_cache .import_linter_cache .mypy_cache .pytest_cache .ruff_cache .hypothesis
