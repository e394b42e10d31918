# One command per habit; the same in CI.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test stress lint setup browser bench train audit clean

run: setup  ## start the demo on http://127.0.0.1:7860
	$(BIN)/python app.py

test: setup  ## set up and pass the tests
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

stress: setup  ## load, memory and faults of the real server: some ten minutes, and best on a machine that does nothing else
	$(BIN)/python -m tests.stress

lint: setup  ## style and spelling of the code, and the layers of the package
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

setup: $(VENV)/.installed  ## create .venv and install what is pinned

$(VENV)/.installed: $(wildcard requirements*.txt)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements-dev.txt
	touch $@

browser: setup  ## install a Chromium for the browser tests
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; } || $(BIN)/playwright install chromium

bench: setup  ## measure speed on this machine
	$(BIN)/python -m pricer bench

train: setup  ## train: make train BASE=owner/name DATASET=owner/name on a GPU, or DATA=folder for the bundled model's recipe
	@test -n "$(BASE)$(DATA)" || { echo 'Say what to train: make train BASE=owner/name DATASET=owner/name, or DATA=folder.'; exit 2; }
	$(if $(BASE),$(BIN)/python -m pricer.training adapter --base $(BASE) --dataset $(DATASET) $(if $(OUT),--out $(OUT)), \
		PYTHON=$(BIN)/python sh pricer/training/bundled.sh $(DATA) $(OUT))

audit: setup  ## known holes and licenses of all that is installed
	$(BIN)/python -m pip check
	$(BIN)/python -m pytest tests/trust/test_supply_chain.py
	@echo "pip-audit now asks the package index for known holes in each package: without that network it fails, and only the checks above took place."
	test -x build/audit/bin/pip-audit || { $(PYTHON) -m venv build/audit && build/audit/bin/pip install --quiet pip-audit==2.10.1; }
	$(BIN)/python -m pip freeze > build/audit/installed.txt
	build/audit/bin/pip-audit --strict --no-deps --disable-pip -r build/audit/installed.txt

clean:  ## remove what was built
	rm -rf $(VENV) build .pytest_cache .ruff_cache .hypothesis
