# The two commands: `make run` brings up the dashboard, `make test` passes the tests. `make help` lists the rest.

PYTHON ?= python3
PORT ?= 8501
# The store to open. Any folder filled by `python -m store` will do.
DATA ?= data/store
ifeq ($(strip $(DATA)),)
override DATA := data/store
endif
SYNTHETIC := data/synthetic
VENV := .venv
PY := $(VENV)/bin/python
export DATA
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help run port data fill serve test lint lock docs bench clean browser

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.run port ## serve the dashboard on http://localhost:8501 (PORT=, DATA=), with default data if there is none
	@if [ ! -e "$(DATA)/CURRENT" ]; then \
	  if [ "$(DATA)" = data/store ]; then $(MAKE) --no-print-directory fill; \
	  elif [ -f "$(DATA)" ]; then echo "$(DATA): is a file; a store is a folder" >&2; exit 1; \
	  else echo "$(DATA): nothing published in this store. Fill it first:" >&2; \
	       echo "  $(PY) -m store ingest SOURCE FILE... --data $(DATA) && $(PY) -m store publish --data $(DATA)" >&2; exit 1; fi; fi
	@$(PY) -m store publish --if-old
	@$(MAKE) --no-print-directory serve

# Looked at before the data are made, not after.
port: | $(VENV)/.run
	@$(PY) -c 'import socket; socket.create_server(("", $(PORT))).close()' 2>/dev/null || { \
	  echo "Port $(PORT) is taken by another program. Choose another one: make run PORT=8502" >&2; exit 1; }

data: $(VENV)/.run ## generate the default synthetic data anew, and its store data/store
	$(PY) -m generators dubai --out $(SYNTHETIC) --force
	rm -rf data/store
	@$(MAKE) --no-print-directory fill

# Takes up where an interrupted start left off: what is complete is not made again.
fill: $(VENV)/.run
	$(PY) -m generators dubai --out $(SYNTHETIC)
	$(PY) -m store ingest --all $(SYNTHETIC) --data data/store
	$(PY) -m store publish --data data/store

serve:
	@echo "Serving $(DATA) on http://localhost:$(PORT)  (Ctrl-C stops it)"
	@exec $(VENV)/bin/streamlit run dashboard.py --server.port $(PORT) --server.headless true

test: $(VENV)/.test browser ## install what tests need and run all of them
	$(PY) -m pytest

lint: $(VENV)/.test ## format, lint, types and import rules
	$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check . && $(VENV)/bin/mypy && $(VENV)/bin/lint-imports

lock: $(VENV)/.test ## pin requirements*.txt again from requirements*.in
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --upgrade requirements.in -o requirements.txt
	$(VENV)/bin/uv pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate --upgrade requirements-dev.in -o requirements-dev.txt

docs: $(VENV)/.run ## write the generated pages of docs/ again
	$(PY) -m metrics docs

bench: $(VENV)/.test ## print the benchmarks
	$(PY) -m benchmarks

clean: ## remove the environment, the default data and its store
	rm -rf $(VENV) data/store .cache && find $(SYNTHETIC) -mindepth 1 -not -name README.md -delete

# Chromium comes from the system's package; the tests drive it through Playwright, which downloads nothing.
browser:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ]; then apt-get update -q && apt-get install -y -q chromium; \
	  elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo apt-get update -q && sudo apt-get install -y -q chromium; fi; }
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || { \
	  echo "The browser tests need Chromium: sudo apt-get install chromium" >&2; exit 1; }

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed (PYTHON=/path/to/python3)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing: sudo apt-get install python3-venv" >&2; exit 1; }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	$(VENV)/bin/pip install --disable-pip-version-check --progress-bar on -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	$(VENV)/bin/pip install --disable-pip-version-check --progress-bar on -r requirements-dev.txt
	@touch $@
