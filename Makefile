# `make help` lists what there is. Everything runs in .venv, which `make setup` makes.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin

.PHONY: help setup setup-dev bytecode run test test-races test-browser test-trainers-full check format bench screenshots vendor messages lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

setup: .venv/.run ## make the virtual environment with what the portal needs
setup-dev: .venv/.dev ## add what tests, checks and benchmarks need

.venv/.uv:
	$(PYTHON) -c 'import sys; sys.exit("Peibi needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@touch $@

.venv/.run: .venv/.uv requirements.lock pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@

# Where Python writes no bytecode of its own, each process would compile the portal anew.
bytecode: .venv/.run
	@$(BIN)/python -m compileall -q app migrations

run: bytecode ## start the portal on http://127.0.0.1:8000 (PEIBI_PORT, PEIBI_DATA_DIR)
	@exec $(BIN)/peibi serve

test: .venv/.dev bytecode ## run the tests, browser tests included (they need Chromium)
	$(BIN)/python -m pytest -n auto --ignore tests/browser
	@# On their own: the browser's event loop would stand in the way of others in its process.
	$(BIN)/python -m pytest -n auto tests/browser

test-trainers-full: .venv/.dev ## load our files with the whole heavy trainers (Python 3.12, some 30 GB in .cache)
	$(BIN)/python scripts/test_trainers_full.py

test-races: .venv/.dev bytecode ## make 10,048 attempts at double awards, late quotes and the like, and kill -9 (ten minutes)
	PEIBI_RACE_ROUNDS=157 $(BIN)/python -m pytest tests/quotes/test_http_races.py
	PEIBI_KILL_ROUNDS=10 $(BIN)/python -m pytest tests/quotes/test_kills.py

check: .venv/.dev ## linters, types, import rules, templates, migrations, translations, locks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --check --lint templates
	$(BIN)/python scripts/check_migrations.py
	$(BIN)/python scripts/messages.py check
	$(BIN)/python scripts/check_locks.py

format: .venv/.dev ## rewrite the code in the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --quiet --reformat templates

.venv-bench/.done: .venv/.dev requirements-bench.lock requirements-bench-bare.lock
	$(PYTHON) -m venv .venv-bench
	$(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes -r requirements-bench.lock
	DS_BUILD_OPS=0 $(BIN)/uv pip install --quiet --python .venv-bench/bin/python --require-hashes --no-deps --no-build-isolation -r requirements-bench-bare.lock
	@touch $@

bench: .venv/.dev .venv-bench/.done ## measure search at 1,000,000 datasets, and the numerics (about an hour)
	$(BIN)/python -m benchmarks

screenshots: .venv/.dev ## take the pictures in docs/screenshots with headless Chromium
	$(BIN)/python scripts/screenshots.py

vendor: ## fetch the front-end files again and verify them (needs npm)
	$(PYTHON) scripts/vendor.py

messages: .venv/.dev ## extract the strings into the translation files
	$(BIN)/python scripts/messages.py update

lock: .venv/.dev ## resolve the dependencies again
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group dev pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --group bench -o requirements-bench.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --no-deps --group bench-bare -o requirements-bench-bare.lock

clean: ## remove what the other targets made, but no data
	rm -rf .venv .venv-bench .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist *.egg-info
