# make run · make test · make check · make fuzz · make mutants · make train-env: each sets up what it needs, in .venv.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check

FUZZ_SECONDS ?= 3600
# Two workers; the one that is done early takes over tests of the other.
WORKERS ?= -n 2 --dist worksteal

.PHONY: run test fuzz mutants check train-env notebooks screenshots clean

run: $(VENV)/run.done
	$(PY) main.py $(ARGS)

test: check
	$(PY) -m pytest $(WORKERS) $(ARGS)

fuzz: $(VENV)/dev.done
	MIMIK_FUZZ_SECONDS=$(FUZZ_SECONDS) $(PY) -m pytest -m fuzz $(ARGS)

# ARGS names some of them: make mutants ARGS='fer_core.geometry*'
mutants: $(VENV)/dev.done
	$(PY) tools/mutants.py $(ARGS)

check: $(VENV)/dev.done
	$(PY) tools/system_check.py --tests
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports

train-env: $(VENV)/train.done

notebooks: $(VENV)/train.done
	$(PY) -m jupyterlab ML

screenshots: $(VENV)/dev.done
	$(PY) docs/screenshots.py
	$(PY) docs/web_screenshots.py

clean:
	rm -rf $(VENV) mutants .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/made.done:
	$(PYTHON) tools/system_check.py
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run.done: $(VENV)/made.done requirements.txt
	$(PIP_INSTALL) -r requirements.txt
	-$(PY) main.py detectors fetch --quiet # a finder to choose, where there is a network
	touch $@

$(VENV)/dev.done: $(VENV)/made.done requirements.txt requirements-dev.txt
	$(PIP_INSTALL) -r requirements-dev.txt
	touch $@

$(VENV)/train.done: $(VENV)/made.done requirements.txt requirements-train.txt
	$(PIP_INSTALL) -r requirements-train.txt
	touch $@
