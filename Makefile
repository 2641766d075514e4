# Everything runs from .venv, which is made from the lock files when it is first needed.
# Wanted: make and Python 3.11 or newer. PYTHON=... chooses one; ARGS=... is handed on.

SHELL := /bin/sh
VENV := .venv
OUTSIDE := .venv-outside
OUTSIDE_NPM := web/outside/node_modules/made
OUTSIDE_NODE := web/with-node node web/outside/node_modules
PY := $(VENV)/bin/python
BESIDE_AGENT := $(PY) tests/outside/beside_agent.py
PIP := $(PY) -m pip --quiet --disable-pip-version-check
LOCK := $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate $(ARGS)
GRAPHIQL := graphql/seatsync_graphql/graphiql/page.html
GRAPHIQL_SOURCES := $(wildcard web/graphiql/*.js* web/graphiql/.npmrc web/graphiql/src/* graphql/operations/*.graphql)
# One test more than there are cores: many wait for a process or a server that they started.
WORKERS = $(shell $(PY) -c 'import os; print((os.cpu_count() or 1) + 1)')
PYTHON ?=
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo graphiql test browser lint format bench bench-api bench-crm load fuzz endurance audit lint-schema typed-client live-client schemathesis outside record record-partner-center lock clean

help: ## say what can be made
	@echo "make <target> [ARGS=...]"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | while IFS='	' read -r target what; do \
		printf '  %-21s %s\n' "$$target" "$$what"; done

demo: $(VENV)/runtime ## run the agent on simulated providers; Ctrl-C ends it
	@if web/with-node npm --version >/dev/null 2>&1; then \
		npm_config_fetch_retries=0 $(MAKE) --no-print-directory graphiql; \
	else \
		test -f $(GRAPHIQL); \
	fi || echo "GraphiQL is not built (it needs Node.js 20 or newer, with npm); a plainer page is served." >&2
	@$(PY) -m seatsync demo $(ARGS)

graphiql: $(GRAPHIQL) ## bundle GraphiQL for the agent to serve; needs Node.js 20 or newer

test: $(VENV)/development $(GRAPHIQL) ## run every test but those in a browser, on all cores
	@$(PY) -m pytest --numprocesses $(WORKERS) --maxprocesses 5 --dist worksteal $(ARGS)

browser: $(VENV)/development $(GRAPHIQL) ## test GraphiQL and the CRM buttons; needs Chromium
	@$(PY) -m pytest --numprocesses logical --maxprocesses 4 --dist worksteal tests/browser $(ARGS)

lint: $(VENV)/development ## check style, types and who imports whom
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pyright
	$(VENV)/bin/lint-imports

format: $(VENV)/development ## bring the code into shape
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .

bench: $(VENV)/development ## measure a sync beside its floors
	@$(PY) benchmarks/sync.py $(ARGS)

bench-api: $(VENV)/development $(OUTSIDE)/made ## measure the API beside raw JSON, graphql-core alone and Ariadne
	@$(PY) benchmarks/api.py $(ARGS)

bench-crm: $(VENV)/development ## measure the pull from a CRM of 50,000 accounts and 500,000 subscriptions
	@$(PY) benchmarks/crm.py $(ARGS)

load: $(VENV)/development ## ask as 200 clients at once for a minute, while the agent syncs
	@$(PY) benchmarks/load.py $(ARGS)

fuzz: $(VENV)/development ## send 10,000 random documents to the API
	@SEATSYNC_RANDOM_DOCUMENTS=10000 $(PY) -m pytest -o timeout=900 \
		tests/integration/api/test_random_documents.py $(ARGS)

endurance: $(VENV)/development ## kill and meddle for long: an hour of tokens, ten times the histories of a CRM
	@SEATSYNC_ENDURANCE_MINUTES=60 SEATSYNC_HISTORIES=10 $(PY) -m pytest -o timeout=900 \
		tests/integration/streamone_ion/test_shared_connection.py \
		tests/integration/crm/test_convergence.py $(ARGS)

audit: $(OUTSIDE_NPM) ## audit the API for GraphQL over HTTP (npm graphql-http)
	@$(BESIDE_AGENT) web/with-node node web/outside/audit.mjs

lint-schema: $(OUTSIDE_NPM) ## check schema and operations by others' rules, and with the Relay compiler
	@$(OUTSIDE_NODE)/eslint/bin/eslint.js --max-warnings 0 --config web/outside/eslint.config.mjs \
		graphql/schema.graphql graphql/operations
	@echo "graphql-eslint finds nothing; graphql-schema-linter:"
	@$(OUTSIDE_NODE)/graphql-schema-linter/lib/cli.js --config-directory web/outside graphql/schema.graphql
	@$(PY) tests/outside/relay.py

typed-client: $(VENV)/development $(OUTSIDE)/made ## generate a typed client (ariadne-codegen) and call the API with it
	@$(BESIDE_AGENT) $(OUTSIDE)/bin/python tests/outside/typed_client.py

live-client: $(OUTSIDE_NPM) ## follow live updates with another's client (npm graphql-ws)
	@$(BESIDE_AGENT) web/with-node node web/outside/live.mjs

schemathesis: $(VENV)/development $(OUTSIDE)/made ## send requests that schemathesis makes up; ARGS="--seed 7" makes up others
	@$(BESIDE_AGENT) --life 1500 $(PY) tests/outside/made_up_requests.py $(ARGS)

outside: $(OUTSIDE_NPM) $(OUTSIDE)/made ## let strangers' tools look at the API: all of the five above
	@$(PY) tests/outside/every_check.py

record: $(VENV)/development ## record the cassettes again, from the simulators
	@$(PY) -m seatsync_pax8.record $(ARGS)
	@$(PY) -m seatsync_partner_center.record $(ARGS)
	@$(PY) -m seatsync_streamone_ion.record $(ARGS)
	@$(PY) -m seatsync_stellr.record $(ARGS)
	@$(PY) -m seatsync_dataverse.record $(ARGS)

record-partner-center: $(VENV)/development ## record from Partner Center, if the environment names a tenant
	@$(PY) -m seatsync_partner_center.record $(ARGS)

lock: $(VENV)/development ## pin exact versions with hashes; ARGS=--upgrade takes the newest
	$(LOCK) pyproject.toml --group dev --output-file requirements-dev.lock
	$(LOCK) pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock
	$(LOCK) --group outside --output-file requirements-outside.lock
	$(LOCK) --group build --constraint requirements-dev.lock --output-file requirements-build.lock

clean: ## remove what can be made again, except .venv
	rm -rf build dist .demo .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	rm -rf $(dir $(GRAPHIQL)) web/graphiql/node_modules
	find agent graphql plugins tests benchmarks -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# The stamps: each is newer than all that it was made from.

$(VENV)/made:
	@if ! $(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		new=; lacking=; \
		for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
			$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
			new=$$python; \
			$$python -c 'import venv, ensurepip' 2>/dev/null && break; \
			lacking=$$python; new=; \
		done; \
		if [ -z "$$new" ] && [ -n "$$lacking" ]; then \
			echo "$$lacking cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; \
		elif [ -z "$$new" ]; then \
			echo "seatsync needs Python 3.11 or newer; none is on the PATH (PYTHON=/path/to/python names one)" >&2; exit 1; \
		fi; \
		echo "Making $(VENV) with $$new ..."; \
		$$new -m venv --clear $(VENV) || exit 1; \
	fi
	@touch $@

$(VENV)/runtime-locked: requirements.lock requirements-build.lock | $(VENV)/made
	@echo "Installing what seatsync needs (once) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements.lock -r requirements-build.lock
	@touch $@

$(VENV)/development-locked: requirements-dev.lock $(VENV)/runtime-locked
	@echo "Installing what developing it needs (once) ..."
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/runtime: pyproject.toml $(VENV)/runtime-locked
	@$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	@touch $@

$(VENV)/development: $(VENV)/development-locked $(VENV)/runtime
	@touch $@

# The Node.js of .venv is used if it is there by then.
$(GRAPHIQL): $(GRAPHIQL_SOURCES) | $(VENV)/runtime
	@web/with-node npm --version >/dev/null
	@echo "Building GraphiQL (once) ..."
	@cd web/graphiql && ../with-node npm ci --loglevel=error >/dev/null && ../with-node node build.js

$(OUTSIDE)/made: requirements-outside.lock | $(VENV)/made
	@echo "Installing the tools that look at the API from outside (once) ..."
	@$(PY) -m venv --clear $(OUTSIDE)
	@$(OUTSIDE)/bin/python -m pip install --quiet --disable-pip-version-check \
		--no-deps --require-hashes -r requirements-outside.lock
	@touch $@

$(OUTSIDE_NPM): web/outside/package-lock.json | $(VENV)/development
	@echo "Installing the npm tools that look at the API from outside (once) ..."
	@cd web/outside && ../with-node npm ci --silent
	@touch $@
