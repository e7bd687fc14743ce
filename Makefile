# The front door. Every habit is one command.
.DEFAULT_GOAL := help
UV := $(shell command -v uv 2>/dev/null || echo .tools/uv/bin/uv)
PYTHON_FOR_PIP := $(shell command -v python3.13 || command -v python3)
PORT ?= 8000
export PYTHONPATH_FOR_UV := .tools/uv
RUN := $(UV) run --no-sync

.PHONY: help demo demo-reset test check bench bench-pages setup messages diagrams frontend wheel screenshots
help: ## show what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

.tools/uv/bin/uv:
	@command -v uv >/dev/null 2>&1 || { $(PYTHON_FOR_PIP) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --target .tools/uv uv; }

setup: $(if $(shell command -v uv 2>/dev/null),,.tools/uv/bin/uv)
	@# --inexact: what somebody has installed for developing stays where it is
	@$(UV) sync --quiet --frozen --no-dev --inexact --compile-bytecode
	@$(RUN) python -m compileall -q secondopinion

setup-dev: $(if $(shell command -v uv 2>/dev/null),,.tools/uv/bin/uv)
	@$(UV) sync --quiet --frozen --compile-bytecode
	@$(RUN) python -m compileall -q secondopinion tests

demo: setup ## set up the demonstration and serve it on 127.0.0.1:$(PORT)
	@$(RUN) secondopinion demo --port $(PORT)

demo-reset: setup ## throw the demonstration's data away
	@$(RUN) secondopinion demo --reset --no-serve

test: setup-dev ## run every test, on SQLite and on PostgreSQL where one answers
	@$(RUN) python -m tests

check: setup-dev ## format, lint, types, layers, templates, translations, migrations, front end
	@$(RUN) python -m tests.check

bench: bench-pages ## run every benchmark, quickly
	@for each in benchmarks/*.py; do case $$each in */pages.py|*/__init__.py) ;; *) $(RUN) python $$each --quick;; esac; done

bench-pages: setup-dev ## bytes, queries and milliseconds of the ten most used pages
	@$(RUN) python benchmarks/pages.py

messages: setup-dev ## collect the strings to translate
	@$(RUN) python -m tests.messages

diagrams: setup-dev ## draw the state diagram in the docs from the workflow table
	@$(RUN) python -m tests.diagram

frontend: ## build the islands (needs Node.js)
	@cd frontend && npm ci --no-audit --no-fund && npm run build

wheel: setup-dev ## build the wheel into dist/, and compare it with the package
	@$(UV) build --quiet --wheel --out-dir dist && $(RUN) python -m tests.wheel

screenshots: setup-dev ## make the README's pictures from the demonstration
	@$(RUN) python docs/screenshots.py
