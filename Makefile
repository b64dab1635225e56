# Two commands matter: `make demo` and `make test`. Everything they need goes into .venv and var/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
EXIT ?=

.PHONY: demo test bench lint format lock clean

demo: $(INSTALLED)
	$(BIN)/motcua demo $(if $(filter 1,$(EXIT)),--exit)

test: $(INSTALLED)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

bench: $(INSTALLED)
	$(BIN)/python -m tests.bench

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

clean:
	rm -rf $(VENV) var
