# `pip install uv && uv run just test` is all a machine with Python ≥ 3.11 needs. `just` alone lists the recipes.

set positional-arguments

# Every process that a test starts reads compiled modules, also where the surroundings forbid to keep them: half of its start.
export PYTHONDONTWRITEBYTECODE := ""

uv := "uv run --quiet --group test --group docs"
# What is run a second time on PostgreSQL: the rooms whose rows, locks and constraints are the proof.
records := "tests/foundation tests/places tests/people tests/observe tests/judge tests/warn tests/move tests/call tests/prove"
workers := "-n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder --durations=40"

_list:
    @just --list --unsorted

# Bring everything the tests need: Python packages, the front end, a browser.
setup:
    uv sync --group test --group docs
    {{ uv }} python -m tests.support.chromium

# Set up, then pass every test: PostgreSQL first, then the whole suite with browser and journeys.
test *args: setup kernels test-postgres
    {{ uv }} pytest {{ workers }} "$@"

# The fast tests of these rooms that touch the database, on a real PostgreSQL; their mark comes by itself (tests/conftest.py).
test-postgres:
    {{ uv }} python -m tests.support.postgres pytest {{ workers }} -m "records and not browser and not slow" {{ records }}

# Compile the flood kernels once, beside their sources, before several workers would each do it.
kernels:
    {{ uv }} python -m tests.support.kernels

# The API under random requests of a seed of its own: for a night, not for CI. `just fuzz 7` repeats one.
fuzz seed=`date +%y%m%d`:
    ANLAN_FUZZ_API={{ seed }} {{ uv }} pytest tests/conf/test_api_under_fire.py

# The whole night again on PostgreSQL, and killed ten times on the way: the same head (half an hour).
test-whole-night:
    ANLAN_TEST_WHOLE_NIGHT=1 {{ uv }} pytest tests/faults/test_same_head.py

# The tests that end in seconds.
test-fast *args: kernels
    {{ uv }} pytest {{ workers }} -m "not browser and not postgres and not slow" "$@"

# Everything a commit must hold: form, types, order of the rooms, docs, fast tests.
check: lint types imports docs test-fast

# Form of the code.
lint:
    {{ uv }} ruff format --check .
    {{ uv }} ruff check .

# Types, strictly, where decisions and bytes are.
types:
    {{ uv }} mypy

# The order of the rooms.
imports:
    {{ uv }} lint-imports

# Build the docs; a warning stops the build.
docs:
    {{ uv }} zensical build --strict --clean

# Put the code into form.
fmt:
    {{ uv }} ruff check --fix-only --quiet .
    {{ uv }} ruff format .

# Pin every dependency's exact version in pyproject.toml; `--upgrade` takes the newest.
lock *args:
    {{ uv }} python tools/lock.py "$@"

# Our wheel and all that it needs, with exact versions and hashes, for a machine without a network: `just wheelhouse FOLDER`.
wheelhouse *args:
    {{ uv }} python tools/wheelhouse.py "$@"

# Build the front end anew.
front-end:
    npm --prefix web ci
    npm --prefix web run build

# The demo city with the night of Liulin.
demo *args:
    uv run anlan demo "$@"

# Measure; every ratio is taken within one run.
bench *args:
    {{ uv }} anlan bench "$@"
