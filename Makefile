# Two commands do everything on a machine with Python 3.11+, git and make:
#   make refresh   sets up .venv and runs the main job on the bundled sample over loopback
#   make test      sets up .venv and runs the whole suite
# The rest is for people who work on the project.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The tests sync thousands of files: in memory, where there is plenty of room for them.
IN_MEMORY := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 8000000 {print "PYTEST_DEBUG_TEMPROOT=/dev/shm"}')

# One more than there are processors: tests wait for a browser, a disk or each other now and then.
# Files are begun in their order: the long ones, of few tests, would be last otherwise.
WORKERS := $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); echo $$((n + 1)))

.PHONY: refresh test coverage lint docs screenshots bench badge-sheet lock clean

refresh: $(STAMP)
	$(BIN)/scholar-metrics refresh --sample

# Compiled tests are kept, whatever the shell says: each worker would compile all of them again.
test: $(STAMP)
	@tests/browser/get_chromium.sh $(BIN)/python
	$(IN_MEMORY) PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(WORKERS) --maxprocesses 8 --dist loadfile --no-loadscope-reorder $(ARGS)

# Half as long again as `make test`, for it looks into every child process.
coverage: $(STAMP)
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered -n $(WORKERS) --maxprocesses 8 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy

docs: $(STAMP)
	$(BIN)/python docs/reference.py

screenshots: $(STAMP)
	$(BIN)/python docs/screenshots.py

bench: $(STAMP)
	$(BIN)/pip install --quiet --disable-pip-version-check "duckdb>=1.2" "polars>=1.20"
	$(BIN)/python -m benchmarks

# Our badges beside those of shields' own library; needs node and npm.
badge-sheet: $(STAMP)
	$(BIN)/python benchmarks/badge_sheet.py

# Two lists of the same versions: all that is worked with, and what a night's job runs on.
COMPILE := pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-header

# The short one begins as a copy of the long one: what is chosen there is kept here.
lock:
	$(BIN)/$(COMPILE) --extra dev --output-file requirements.lock pyproject.toml
	cp requirements.lock requirements-run.lock
	$(BIN)/$(COMPILE) --extra charts --extra notify --build-deps-for wheel \
		--output-file requirements-run.lock pyproject.toml

# The stamp is newer than the lock file and pyproject.toml exactly when the set-up is current.
$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else \
		f"Python 3.11 or newer is needed, this is {v[0]}.{v[1]}: make PYTHON=python3.12 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
		-r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
		--no-build-isolation --editable .
	@touch $(STAMP)

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
