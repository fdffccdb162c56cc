# Two commands matter: `make demo` and `make test`. Both set up .venv first.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test fuzz lint docs bench bench-crash lock clean

demo: $(READY)
	@$(BIN)/paperboy demo

test: lint
	$(BIN)/python -m pytest -n 2 --dist worksteal

fuzz: $(READY)   ## 10,000 damaged documents for every parser of a source
	FUZZ=10000 $(BIN)/python -m pytest tests/sources/test_fuzz.py

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(READY)   ## write the generated pages: commands, settings
	$(BIN)/python docs/generate.py

bench: $(READY)   ## measure what docs/benchmarks.md claims
	$(BIN)/python -m benchmarks

bench-crash: $(READY)   ## 200 seeded random kill -9: nothing lost, nothing doubled
	$(BIN)/python -m benchmarks.crash

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Paperboy needs Python 3.11 or newer; name one with PYTHON=python3.x")'
	@echo "Setting up .venv (once; a minute or two) …"
	@$(PYTHON) -m venv --clear .venv
	@$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

lock: $(READY)   ## renew requirements.lock after a change of dependencies
	@$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --extra dev --no-header \
	    --no-annotate --no-emit-index-url --no-emit-find-links --output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
