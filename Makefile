# childindex: `make help` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
PEERS  := .venv-peers
PROTOC  = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -I proto -I proto/third_party

.DEFAULT_GOAL := help
.PHONY: help run test test-slow check proto bench evaluate-public bench-peers bench-million clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

run: $(READY) ## the demonstration: an index with three custodians (ONCE=1 to stop after the show)
	$(BIN)/python -m bench.demo $(if $(ONCE),--once)

test: $(READY) ## the fast tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -m 'not slow'

test-slow: $(READY) ## the slow tests: races, kills, power cuts, large populations
	$(BIN)/python -m pytest -n 2 --dist worksteal -m slow

check: $(READY) ## lint, types, walls, wire
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd proto && ../$(BIN)/buf lint && ../$(BIN)/buf format --diff --exit-code
	$(MAKE) proto
	git diff --exit-code -- src/childindex/v1

proto: $(READY) ## generate src/childindex/v1 from proto/
	$(PROTOC) --python_out=src --mypy_out=quiet:src proto/childindex/v1/*.proto
	$(PROTOC) --grpc_python_out=src --mypy_grpc_out=quiet:src proto/childindex/v1/*_service.proto

bench: $(READY) ## the benchmarks
	$(BIN)/python -m bench

evaluate-public: $(READY) ## linkage of the public data sets, trained without labels (JSON=FILE writes the figures)
	$(BIN)/python -m bench.public $(if $(JSON),--json $(JSON))

$(PEERS)/.ready: bench/peers/requirements.lock
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bench/peers/requirements.lock
	touch $@

bench-peers: $(READY) $(PEERS)/.ready ## Splink, recordlinkage and dedupe beside childindex on the public data sets (JSON=FILE)
	$(BIN)/python -m bench.peers $(if $(JSON),--json $(JSON))

bench-million: $(READY) $(PEERS)/.ready ## Splink beside childindex among a million children (SEED=N, WORK=DIR, JSON=FILE)
	$(BIN)/python -m bench.peers.million $(if $(SEED),--seed $(SEED)) $(if $(WORK),--work $(WORK)) $(if $(JSON),--json $(JSON))

clean: ## remove what was made (not var/)
	rm -rf $(VENV) $(PEERS) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
