# Kreisportal: `make run` opens the demo region, `make test` runs every check. Both install what they need.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
JOBS ?= 2
TESTS ?= tests

.PHONY: help setup assets run wheel test test-pg15 bench bench-search journeys a11y api-check faults lint format

help: ## List the commands
	@grep -hE '^[a-z0-9-]+:.*?## ' $(MAKEFILE_LIST) | sort | awk -F':.*?## ' '{printf "  make %-14s %s\n", $$1, $$2}'

$(VENV)/.installed: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/.installed ## Install everything that run and test need

node_modules/.installed: package.json package-lock.json .npmrc
	@command -v npm >/dev/null || { echo "Node.js 20 or newer with npm is needed for the style sheet" >&2; exit 1; }
	@npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

build/static/manifest.json: $(VENV)/.installed node_modules/.installed $(shell find themes/base/scss themes/base/js themes/base/static platform/kreisportal/theming -type f -not -name '*.pyc')
	@$(BIN)/python -m kreisportal.theming.assets build

assets: build/static/manifest.json ## Build style sheet, scripts and images into build/static

run: setup assets ## Open the demo region on http://localhost:8000 (PORT=… moves it)
	@$(BIN)/kreisportal demo --port $(PORT)

wheel: assets ## Build what an operator installs: dist/ with the wheel and its lock file
	@$(BIN)/python -m hatchling build -t wheel -d dist
	@cp requirements.lock requirements-saml.lock dist/

.cache/browser: $(VENV)/.installed deploy/find-browser
	@mkdir -p .cache
	@deploy/find-browser $(BIN)/python > $@ || { rm -f $@; exit 1; }

test: lint assets .cache/browser ## Run all checks and tests (JOBS=… processes)
	@KREISPORTAL_BROWSER="$$(cat .cache/browser)" $(BIN)/pytest -n $(JOBS) --dist worksteal -q tests

test-pg15: assets .cache/browser ## Run all tests on Debian's PostgreSQL 15 (TESTS=… for some of them)
	@binaries="$$(deploy/find-postgres 15)" && KREISPORTAL_BROWSER="$$(cat .cache/browser)" PYTHONPATH=. \
		$(BIN)/python -m tests.support.on_server "$$binaries" $(BIN)/pytest -n $(JOBS) --dist worksteal -q $(TESTS)

bench: setup assets ## Measure against bare Flask at 2, 1,000 and 10,000 tenants, write docs/performance.md (QUICK=1: a rough look)
	@$(BIN)/python -m bench $(if $(QUICK),--quick,--out docs/performance.md)

bench-search: setup ## Measure what the search finds (FILE=…, a table of queries) and how quickly in a large region
	@PYTHONPATH=. $(BIN)/python -m bench.search "$(or $(FILE),bench/queries.tsv)"

journeys: assets .cache/browser ## Walk the journeys and look at every kind of page in a real browser
	@KREISPORTAL_BROWSER="$$(cat .cache/browser)" $(BIN)/pytest -q tests/journeys

a11y: assets .cache/browser ## Look at every page of both portals in a real browser (takes half an hour)
	@KREISPORTAL_BROWSER="$$(cat .cache/browser)" $(BIN)/pytest -n $(JOBS) --dist worksteal -q -m slow_a11y tests/journeys

api-check: assets ## Ask the JSON API at length for all that its description allows and forbids (EXAMPLES=… for each operation)
	@KREISPORTAL_EXAMPLES=$$((25 * $(or $(EXAMPLES),300))) $(BIN)/pytest -q tests/api/test_description.py

faults: setup assets ## Kill processes and database over and over while applications are sent (takes some minutes)
	@for round in 1 2 3 4 5; do KREISPORTAL_FAULT_DRAFTS=300 KREISPORTAL_FAULT_STOPS=8 $(BIN)/pytest -q tests/faults || exit 1; done

lint: setup ## Check style, types, the direction of imports and the texts of the catalogue
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=platform $(BIN)/lint-imports --no-cache
	@$(BIN)/kreisportal catalogue check

format: setup ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
