# Everything a newcomer needs: python3 (3.11 to 3.13) and make. `make` alone lists the commands.
PYTHON ?= python3
VENV ?= .venv
WORKERS ?= 2
SCENARIO ?= scenarios/mgh_cmp/phase1.yaml

MINOR := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
LOCK := requirements/lock-$(MINOR).txt
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed-$(MINOR)

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test lint format verify bench docs install python lock clean

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo "Another interpreter: make test PYTHON=python3.13 VENV=.venv313"

run: $(INSTALLED) ## Simulate MGH's programme, phase 1, and write the report (SCENARIO=... for another)
	@$(BIN)/caseload run $(SCENARIO)

test: $(INSTALLED) ## Run the tests, in parallel (WORKERS=2)
	@$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

lint: $(INSTALLED) ## Check style and types
	@$(BIN)/python -m ruff check
	@$(BIN)/python -m ruff format --check --quiet --diff
	@$(BIN)/python -m mypy

format: $(INSTALLED) ## Mend what the style check can mend by itself
	@$(BIN)/python -m ruff check --fix
	@$(BIN)/python -m ruff format

verify: $(INSTALLED) ## Compare the two clocks event by event, on one full-size run
	@$(BIN)/caseload verify $(SCENARIO)

bench: $(INSTALLED) ## Measure speed and memory, and print ratios (BENCH=queue for one of them)
	@$(BIN)/python -m experiments.benchmarks $(BENCH)

docs: $(INSTALLED) ## Build the guides and the reference into build/site
	@$(BIN)/python -m mkdocs build --quiet

install: $(INSTALLED) ## Create the virtual environment (the other commands do it by themselves)

# The locked packages, then the project itself in place; once, until the lock or pyproject.toml changes.
$(INSTALLED): pyproject.toml $(wildcard $(LOCK)) | python
	@echo "Installing into $(VENV) (once; takes about a minute)"
	@$(BIN)/python -c 'import pip, sys; sys.exit("%d.%d" % sys.version_info[:2] != "$(MINOR)")' 2>/dev/null \
		|| $(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --requirement $(LOCK)
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

python:
	@case "$(MINOR)" in \
		3.11|3.12|3.13) ;; \
		"") echo "Caseload needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' does not run. Name one: make PYTHON=python3.12 ..." >&2; exit 1 ;; \
		*) echo "Caseload needs Python 3.11, 3.12 or 3.13, and '$(PYTHON)' is $(MINOR). Name another: make PYTHON=python3.12 ..." >&2; exit 1 ;; \
	esac

lock: | python ## Pin the newest versions for PYTHON's minor version
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/python -m pip install --quiet --upgrade pip pip-tools
	@CUSTOM_COMPILE_COMMAND="make lock" $(VENV)-lock/bin/python -m piptools compile --quiet --upgrade --extra dev --extra cluster --extra discovery --extra docs --strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --output-file $(LOCK) pyproject.toml
	@rm -rf $(VENV)-lock
	@echo "$(LOCK) written"

clean: ## Remove the virtual environment, caches and builds (results stay)
	@rm -rf $(VENV) $(VENV)-lock build dist *.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find calibration experiments scenarios sim tests -name __pycache__ -type d -prune -exec rm -rf {} +
