# `make quick` tells a broken change in under two minutes on two cores; `make all` is what the CI runs.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: quick all campaign docs

$(BIN)/ruff: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -e '.[dev]'
	touch $@

quick: $(BIN)/ruff
	$(BIN)/ruff format --check src tests examples benchmarks
	$(BIN)/ruff check src tests examples benchmarks
	$(BIN)/mypy src tests/typed_program.py
	$(BIN)/python -m pytest -q -n 2 -m 'not slow and not spark'

all:
	bash .ci/run

docs: $(BIN)/ruff
	$(BIN)/python -m pip install --quiet -e '.[docs]'
	$(BIN)/python docs/build_site.py
