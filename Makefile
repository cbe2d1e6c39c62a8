# Everything runs in .venv, which the first target makes; a later run installs nothing unless pyproject.toml changed.
PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python -m

.PHONY: run test lint format index gate redteam compare bench bench-ui screenshots browser train clean

.venv/run.stamp: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("需要 Python 3.11 或更新版本，现在是 " + sys.version.split()[0]) if sys.version_info < (3, 11) else 0'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PY) pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# torch first and by its exact version: a range would draw the build with several GB of accelerator libraries
.venv/dev.stamp: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PY) pip install --quiet --disable-pip-version-check torch==2.13.0
	$(PY) pip install --quiet --disable-pip-version-check --editable '.[embed,dev]'
	@touch $@ .venv/run.stamp

run: .venv/run.stamp  ## open the chat on http://127.0.0.1:7860
	$(BIN)/mingce serve

index: .venv/run.stamp  ## build the search index
	$(BIN)/mingce index

lint: .venv/dev.stamp  ## style and types
	$(PY) ruff check .
	$(PY) ruff format --check .
	$(PY) mypy

format: .venv/dev.stamp  ## put the code in shape
	$(PY) ruff format .
	$(PY) ruff check --fix .

gate: .venv/dev.stamp  ## the fast question sets against the committed baseline
	$(BIN)/mingce eval gate

# Debian's Chromium for the browser tests, where it is not there yet and this machine lets us install it; they are skipped without
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done; { \
	  test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq \
	  && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; } \
	  || echo "no Chromium here and none could be installed: the browser tests will be skipped"

test: lint browser  ## lint, types, packs, question sets against the baseline, tests
	$(BIN)/mingce check
	$(BIN)/mingce eval gate
	$(PY) pytest

redteam: .venv/dev.stamp  ## lies of a model: what slips through, what honest talk is refused
	$(PY) evals.redteam $(ARGS)

compare: .venv/dev.stamp  ## the built-in engine beside a naive RAG on the same questions
	$(PY) evals.compare

bench: .venv/dev.stamp  ## speed, memory and recall beside the naive peer
	$(PY) evals.bench

bench-ui: .venv/dev.stamp browser  ## speed of the pages in a browser, many users at once
	$(PY) ui.browser.bench

screenshots: .venv/dev.stamp browser  ## pictures of every desk into docs/images
	$(PY) ui.browser.screenshots

train: .venv/dev.stamp  ## train the shipped embedder and the learned signs anew
	$(BIN)/mingce train-embedder
	$(PY) evals.train_signs

clean:  ## remove what was made, not the data in .mingce
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis build *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
