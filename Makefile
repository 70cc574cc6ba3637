# prodflow. Everything is installed into .venv; `make` alone lists the targets.
PYTHON      ?= python3
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu

VENV      := .venv
BIN       := $(VENV)/bin
INSTALLED := $(VENV)/.installed
WEB_APP   := prodflow/server/web/.stamp
WEB       := $(wildcard web/*.json web/*.ts web/*.html) $(shell find web/src web/public -type f 2>/dev/null)
TORCH     := $(shell sed -n 's/^torch==//p' constraints.txt)

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench docs screenshot install web constraints clean

help:  ## list the targets
	@sed -nE 's/^([a-z]+):.*## (.*)/\1\t\2/p' Makefile | expand -t 14

demo: install web  ## annotate the bundled pictures in the browser while a model learns
	$(BIN)/prodflow demo $(ARGS)

# Bytecode is written, whatever the shell says: without it every process compiles all tests anew (12 s each).
# Files are taken in order, so that browser tests come last: an open browser is in the way of asynchronous tests.
test: install web  ## run every test: library, server, documentation, web app
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n auto --dist loadfile --no-loadscope-reorder $(ARGS)

check: install  ## lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: install  ## put the code in the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: install  ## run the benchmarks; each prints rows of JSON
	set -e; for file in benchmarks/*/run.py; do $(BIN)/python "$$file" $(ARGS); done

docs: install  ## write docs/reference and the gallery anew from the code
	$(BIN)/python docs/build.py
	$(BIN)/python docs/gallery.py --page

screenshot: install web  ## take the pictures of the documentation from the running app
	$(BIN)/python docs/screenshot.py
	$(BIN)/python docs/gallery.py

install: $(INSTALLED)  ## make .venv with prodflow and all that development needs

web: $(WEB_APP)  ## build the web app if its sources changed

constraints: install  ## pin what .venv has now in constraints.txt
	{ sed '/^[^#]/d' constraints.txt; $(BIN)/pip freeze --exclude-editable | sed 's/+cpu$$//'; } > constraints.tmp
	mv constraints.tmp constraints.txt

clean:  ## remove .venv and everything that was built
	rm -rf $(VENV) prodflow/server/web web/node_modules

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'prodflow needs Python 3.11 or newer, and $(PYTHON) is not; try make PYTHON=python3.12' >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

# torch goes first, from PyTorch's own index: on Linux, PyPI's torch brings gigabytes of CUDA.
$(INSTALLED): pyproject.toml constraints.txt hatch_build.py | $(BIN)/python
	@$(BIN)/python -c 'import sys, importlib.metadata as m; sys.exit(m.version("torch").split("+")[0] != "$(TORCH)")' 2>/dev/null \
	  || { echo 'installing torch $(TORCH) (CPU)'; \
	       $(BIN)/pip install --quiet --no-deps --retries 0 --timeout 10 --index-url $(TORCH_INDEX) torch==$(TORCH) 2>/dev/null; } \
	  || echo 'no torch $(TORCH) from $(TORCH_INDEX): taking it from the default index'
	$(BIN)/pip install --quiet --editable '.[dev]' --constraint constraints.txt
	@touch $@

$(WEB_APP): $(WEB) | $(INSTALLED)
	@[ "$$PRODFLOW_WEB" = skip ] || $(BIN)/python hatch_build.py
	@[ ! -f $@ ] || touch $@
