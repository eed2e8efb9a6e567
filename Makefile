PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test check format lint types imports bench bench-big load crash planted soak lock screenshots screens mails taps texts clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z.-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

PIP := $(BIN)/python -m pip --disable-pip-version-check install --no-input

.venv: $(VENV)/.installed

$(VENV)/.installed: requirements.txt pyproject.toml
	@echo "Installing what running, building and testing need into $(VENV): a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --quiet --no-deps --no-build-isolation -e .
	@touch $(VENV)/.runs $@

# What running needs and no more; with the whole environment there is nothing to add.
$(VENV)/.runs: requirements-run.txt
	@echo "Installing what the bot needs into $(VENV): less than a minute with a good line."
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-run.txt
	@touch $@

demo: $(VENV)/.runs ## run the bot against the built-in sandbox: no token, embedded SQLite (PROGRAM=points or hybrid)
	$(BIN)/python -m bot demo $(if $(PROGRAM),--program $(PROGRAM))

# Files of tests go into memory where there is room: most of what they would wait for is the disk.
MEMORY := $(shell test -w /dev/shm && test `df -Pk /dev/shm | awk 'END {print $$4}'` -gt 2000000 && echo /dev/shm)

# What is compiled is kept, or each worker and each program that a test starts compiles it again.
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest

test: $(VENV)/.compiled ## run the tests
	$(if $(MEMORY),PYTEST_DEBUG_TEMPROOT=$(MEMORY)) $(PYTEST) -n 5 --dist worksteal

# After an installation: once, before five workers begin with it at the same time. The tests say what is wrong.
$(VENV)/.compiled: $(VENV)/.installed
	@$(PYTEST) --collect-only -qq >/dev/null || true
	@touch $@

check: .venv ## the whole gate: format, lint, types, import contracts, tests
	@$(MAKE) --no-print-directory --jobs --output-sync=target format lint imports $(VENV)/.compiled
	@$(MAKE) --no-print-directory --jobs types test

format: .venv ## refuse what the formatter would change
	$(BIN)/ruff format --check .

lint: .venv ## run the linter
	$(BIN)/ruff check .

types: .venv ## run the type checker
	$(BIN)/mypy

imports: .venv ## check the import contracts
	$(BIN)/lint-imports

bench: .venv ## print speeds as ratios against references in the same run
	$(BIN)/python -m tests.benchmarks

load: .venv ## shops at work: RATE=30 stamps a second for MINUTES=5 in SHOPS=12, then verify (PICTURE=load.svg)
	$(BIN)/python -m tests.benchmarks.load --rate $(or $(RATE),30) --minutes $(or $(MINUTES),5) --shops $(or $(SHOPS),12) $(if $(PICTURE),--picture $(PICTURE))

bench-big: .venv ## a ledger of ten million entries (ENTRIES, FOLDER) against an empty one; needs 24 GB
	$(BIN)/python -m tests.benchmarks.big_ledger $(if $(ENTRIES),--entries $(ENTRIES)) $(if $(FOLDER),--folder $(FOLDER))

crash: .venv ## kill -9 at every named step, three times in a row, and 200 times at random
	CRASH_TESTS_FULL=1 $(BIN)/python -m pytest -q tests/crash

planted: .venv ## plant every fault of the list in a copy of the project: the tests must notice each
	$(BIN)/python -m tests.planted

soak: .venv ## long runs, each with its plan, progress and verdict: faults, a model, a year, a shift, an outbox, damage, kills
	$(BIN)/python -m tests.soak.faults
	$(BIN)/python -m tests.soak.ledger
	$(BIN)/python -m tests.soak.ledger --walk coming_back
	$(BIN)/python -m tests.soak.year
	$(BIN)/python -m tests.soak.shift
	$(BIN)/python -m tests.benchmarks.outbox
	$(BIN)/python -m tests.soak.rows
	$(BIN)/python -m tests.soak.kills
	$(BIN)/python -m tests.soak.broadcast
	$(BIN)/python -m tests.soak.processes
	$(BIN)/python -m tests.soak.rolling
	$(BIN)/python -m tests.soak.wallets
	$(BIN)/python -m tests.soak.disks || test $$? -eq 2 # which needs root, and says so
	PARTED_FULL=1 $(BIN)/python -m pytest -q tests/storage -k parted
	FLOOD=1000000 $(BIN)/python -m pytest -q tests/domain/test_mailbox.py -k flood_of_one_address
	DOUBLE_CLICKS_FULL=1 DEMO_FULL=1 $(BIN)/python -m pytest -q tests/browser/test_double_clicks.py tests/browser/test_demo.py

lock: .venv ## resolve the dependencies again into requirements.txt and requirements-run.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 --upgrade \
		--group dev pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		--no-emit-index-url --no-emit-find-links --python-version 3.11 \
		--constraint requirements.txt pyproject.toml -o requirements-run.txt

screenshots: .venv ## take the pictures in docs/images again (needs chromium)
	$(BIN)/python -m tests.browser.screenshots

screens: .venv ## keep every view in four languages, by day and by night, in build/screens (WORD=card: those alone)
	$(BIN)/python -m tests.browser.screens $(WORD)

mails: .venv ## keep the mails at 320 and 600 px, by day and by night, with and without pictures, in build/mails
	$(BIN)/python -m tests.browser.mails

taps: .venv ## count the taps and messages of the daily acts
	$(BIN)/python -m tests.taps

texts: .venv ## bring the catalogues up to date with the sentences in the code
	$(BIN)/python -m bot.texts.update

clean: ## remove the environment and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -r {} +
