# Everything runs in .venv (the tool and its tests) and .judges (scanners and CDK that check its results).
# Both are made on first use and again when pyproject.toml changes.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && command -v $$p && break; done)
BIN := .venv/bin
PIP_FLAGS := --quiet --disable-pip-version-check
JOBS ?= 2
FUZZ_SECONDS ?= 200

.PHONY: help demo test fixtures docs lint format corpus bench kill fuzz scale schema-check clean

help:
	@echo 'make demo      dry run on the example projects in fixtures/demo'
	@echo 'make test      all tests'
	@echo 'make lint      ruff and mypy'
	@echo 'make format    let ruff rewrite the layout of the code'
	@echo 'make fixtures  record after/ of every fixture from what the transforms do now: read the diff before you commit it'
	@echo 'make docs      write the table and the example of the README anew'
	@echo 'make corpus    real projects and independent judges; CORPUS_FLAGS=--short for a sample,'
	@echo '                CORPUS_FLAGS="--allow data-loss" to judge what is held back by default, too'
	@echo 'make bench     speed, and what the proofs cost'
	@echo 'make kill      iacfix --apply killed at 200 random moments, and two runs at once'
	@echo 'make fuzz      damaged sources of every format; FUZZ_SECONDS=200 is for each of them'
	@echo 'make scale     ten copies of the corpus against one: time and memory'
	@echo 'make schema-check  every fix, on fixtures and generated resources, against AWS providers 6, 5 and 4 and cfn-lint'

# The dry run exits with 1 because fixes are pending: that is what it shows.
demo: .venv/iacfix
	@echo '$$ cd fixtures/demo && iacfix'
	@cd fixtures/demo && $(CURDIR)/$(BIN)/iacfix || [ $$? -eq 1 ]

test: .venv/dev
	$(BIN)/python -m pytest -n $(JOBS)

fixtures: .venv/dev
	$(BIN)/python -m pytest -n $(JOBS) tests/test_fixtures.py --update-fixtures

docs: .venv/dev
	$(BIN)/python -m tests.docs

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

corpus: .venv/dev .judges/ready
	$(BIN)/python -m tests.corpus --jobs $(JOBS) $(CORPUS_FLAGS)

bench: .venv/dev
	$(BIN)/python -m tests.bench

kill: .venv/dev
	$(BIN)/python -m tests.kill

fuzz: .venv/dev
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

scale: .venv/dev
	$(BIN)/python -m tests.scale

schema-check: .venv/dev .judges/ready
	$(BIN)/python -m tests.schema_check

clean:
	rm -rf .venv .judges build

.venv/python:
	@[ -n '$(PYTHON)' ] || { echo 'iacfix needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3 ...' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/iacfix: .venv/python pyproject.toml
	$(BIN)/python -m pip install $(PIP_FLAGS) -e .
	@touch $@

.venv/dev: .venv/iacfix
	$(BIN)/python -m pip install $(PIP_FLAGS) -e '.[dev]'
	@touch $@

# Only what the extra names: checkov brings a fork of python-hcl2 that must not meet the tool's own.
.judges/ready: .venv/python pyproject.toml
	$(PYTHON) -m venv .judges
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["judges"], sep="\n")' \
		> .judges/requirements.txt
	.judges/bin/python -m pip install $(PIP_FLAGS) -r .judges/requirements.txt
	@touch $@
