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

.PHONY: demo test bench lighthouse lint format lock clean

demo: $(INSTALLED)
	$(BIN)/motcua demo $(if $(filter 1,$(EXIT)),--exit)

test: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# ONLY=peers,chaos picks some; QUICK=1 runs small forms of all in a few minutes; SEEDS=1,2,3 are chaos' own.
bench: $(BENCH)/.installed
	$(if $(SEEDS),MOTCUA_BENCH_SEEDS=$(SEEDS)) $(BENCH)/bin/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(filter 1,$(QUICK)),--quick)

# The product and, beside it, what the benchmarks compare it with.
$(BENCH) $(BENCH)/.installed: requirements.lock requirements-bench.lock pyproject.toml
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock -r requirements-bench.lock
	$(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(BENCH)/.installed

# Every public page on Lighthouse's slow phone; a table, and an error below the bar. Needs node.
lighthouse: $(INSTALLED)
	$(if $(ONLY),ONLY=$(ONLY)) $(BIN)/python -m pytest -q tests/browser/lighthouse.py

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

clean:
	rm -rf $(VENV) $(BENCH) var
