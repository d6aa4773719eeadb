# make run    the main job: a Python cloud function gets open data from a local WeChat
# make test   every check, on every Python that is here (3.10, 3.11, 3.13)
# Everything they install goes into .venv and tests/peer/node_modules.

PYTHON ?= python3
BIN := .venv/bin
PEER := tests/peer/node_modules/.installed
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check
NPM := npm install --no-fund --no-audit --loglevel=error

# Without compiled modules every one of the many processes that tests start would compile all of cloudpy again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test quick lint peer bench stubs clean

run: .venv/.run
	@$(BIN)/cloudpy run examples/get_open_data

test: .venv/.dev $(PEER)
	@$(BIN)/python scripts/check.py

# The same suite on the running Python alone, for the time between two edits: make quick ARGS="-k gateway"
quick: .venv/.dev $(PEER)
	@$(BIN)/python -m pytest -q $(ARGS)

lint: .venv/.dev
	@$(BIN)/python scripts/check.py --lint

# The npm package that cloudpy is held against.
peer: $(PEER)

bench: .venv/.dev $(PEER)
	@$(BIN)/python -m benchmarks

# What is generated from the contracts: their index, type stubs, the coverage page, the list of repeatable APIs.
stubs: .venv/.dev
	@$(BIN)/python scripts/contract_index.py
	@$(BIN)/python scripts/stubs.py
	@$(BIN)/python scripts/coverage_page.py
	@$(BIN)/python scripts/repeatable.py
	@$(BIN)/python scripts/database_operators.py

clean:
	rm -rf .venv tests/peer/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis dist

$(BIN)/python:
	@$(PYTHON) -m venv .venv || { apt-get update -q && apt-get install -y -q python3-venv && $(PYTHON) -m venv .venv; }

# What a user installs.
.venv/.run: pyproject.toml | $(BIN)/python
	@$(INSTALL) -e .
	@touch $@

# And what the checks need.
.venv/.dev: pyproject.toml | $(BIN)/python
	@$(INSTALL) -e '.[dev]'
	@touch $@ .venv/.run

$(PEER): tests/peer/package.json
	@command -v npm >/dev/null || { apt-get update -q && apt-get install -y -q nodejs npm; }
	@$(NPM) --prefix tests/peer
	@touch $@
