# Everything here sets itself up: python3 (3.11 or newer), git and make are all that is needed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.PHONY: help run desk demo test coverage check lint browser assets screenshots vectors picture schema api session evaluate \
  evaluate-extraction evaluate-clustering evaluate-search figures figures-clustering bench bench-polling \
  bench-extraction bench-queries bench-export bench-clustering bench-readers bench-desk crashes lock clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | column -t -s '	'

run: $(VENV)/run.stamp ## poll feeds.yaml once into news.db and show what came
	@$(BIN)/aggregator poll --or-demo

desk: $(VENV)/run.stamp ## open the editors' desk on what `make run` brought last
	@test -e news.db || $(BIN)/aggregator poll --or-demo
	@$(BIN)/aggregator desk --db "$$(ls -t news.db news-demo.db 2>/dev/null | head -n 1)"

demo: $(VENV)/run.stamp ## poll a small newsroom of our own on this machine and show its stories
	@$(BIN)/aggregator demo

test: lint $(VENV)/dev.stamp browser ## check style, types and layers, then run all tests
	$(BIN)/python -m pytest -n auto --dist worksteal

coverage: lint browser $(VENV)/dev.stamp ## run all tests and show what they leave out, branches too (takes half as long again)
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report=term

check: lint
lint: $(VENV)/dev.stamp ## check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

browser: tests/browser/set_up.stamp ## set up the headless browser that tests open pages in

screenshots: $(VENV)/dev.stamp browser ## draw each page of the desk, light and dark, wide and on a phone, into build/screenshots
	@mkdir -p build/screenshots
	AGGREGATOR_SCREENSHOTS=$(CURDIR)/build/screenshots $(BIN)/python -m pytest -n auto --dist worksteal tests/desk/test_pages.py

vectors: $(VENV)/dev.stamp browser ## try all hostile inputs of the corpora at every page of the desk, in a browser (half an hour)
	AGGREGATOR_VECTORS=all $(BIN)/python -m pytest -s tests/desk/test_vectors.py

picture: $(VENV)/dev.stamp browser ## draw the pictures in the README and of the desk anew, from the demo
	$(BIN)/python docs/picture.py
	PYTHONPATH=. $(BIN)/python docs/desk_picture.py

assets: $(VENV)/dev.stamp ## fetch anew what the desk serves of others': htmx and two fonts, as their lock says
	$(BIN)/python packaging/assets.py

evaluate: evaluate-extraction evaluate-clustering ## measure extraction and clustering on data made by others; fails where a figure is below its floor

evaluate-extraction: $(VENV)/evaluate.stamp ## measure how clean the text is
	$(VENV)/evaluate/bin/aggregator evaluate extraction --floors aggregator/evaluation/floors.json

evaluate-clustering: $(VENV)/evaluate.stamp ## measure how well copies and stories are told
	$(VENV)/evaluate/bin/aggregator evaluate clustering --floors aggregator/evaluation/clustering/floors.json

schema: $(VENV)/run.stamp ## write docs/schema.md anew, from the views and queries that readers may rely on
	$(BIN)/aggregator schema --page > docs/schema.md.new
	mv docs/schema.md.new docs/schema.md
	PYTHONPATH=. $(BIN)/python tests/data/contract/freeze.py

api: $(VENV)/run.stamp ## write the reference in docs/api.md anew, from what the API says of itself
	$(BIN)/python docs/api.py

session: $(VENV)/run.stamp ## renew the session in the README, from the demo
	$(BIN)/python docs/session.py

evaluate-search: $(VENV)/run.stamp ## measure how well a search finds other forms of words
	$(BIN)/aggregator evaluate search

figures: figures-clustering $(VENV)/evaluate.stamp ## measure both, raise the floors, and renew the pages on it with their pictures
	$(VENV)/evaluate/bin/aggregator evaluate extraction --floors aggregator/evaluation/floors.json --raise-floors \
	  --page docs/evaluation.md --picture docs/images/extraction.svg
	$(VENV)/evaluate/bin/aggregator evaluate learning --page docs/evaluation.md

figures-clustering: $(VENV)/evaluate.stamp ## measure clustering alone, raise its floors, and renew its page and picture
	$(VENV)/evaluate/bin/aggregator evaluate clustering --floors aggregator/evaluation/clustering/floors.json --raise-floors \
	  --page docs/evaluation-clustering.md --picture docs/images/clustering.svg

bench: $(VENV)/dev.stamp ## measure what a cron run with nothing to do costs on a full database
	$(BIN)/python -m benchmarks.idle_run

bench-polling: $(VENV)/dev.stamp $(VENV)/peers.stamp ## measure what polling costs beside reader and bare httpx and feedparser
	$(BIN)/python -m benchmarks.polling --reader $(VENV)/peers/bin/python

bench-extraction: $(VENV)/dev.stamp ## measure what extraction costs beside trafilatura, and on two cores beside one
	$(BIN)/python -m benchmarks.extraction

bench-queries: $(VENV)/dev.stamp ## measure the documented queries on 10,000 to a million articles, with their plans (half an hour, 4 GB)
	for size in 10000 100000 1000000; do \
	  test -e $(VENV)/planted-$$size.db || $(BIN)/python -m benchmarks.planted $$size $(VENV)/planted-$$size.db || exit; done
	$(BIN)/python -m benchmarks.queries --plans $(foreach size,10000 100000 1000000,$(VENV)/planted-$(size).db)

bench-export: $(VENV)/dev.stamp ## measure what exports and feeds cost on 10,000 to a million articles, with their memory (half an hour, 6 GB meanwhile)
	for size in 10000 100000 1000000; do \
	  test -e $(VENV)/planted-$$size.db || $(BIN)/python -m benchmarks.planted $$size $(VENV)/planted-$$size.db || exit; done
	$(BIN)/python -m benchmarks.exporting $(foreach size,10000 100000 1000000,$(VENV)/planted-$(size).db)

bench-clustering: $(VENV)/dev.stamp ## measure what copies and stories cost on 10,000 to a million articles (half an hour, 8 GB meanwhile)
	$(BIN)/python -m benchmarks.clustering speed

bench-readers: $(VENV)/dev.stamp ## measure what readers and a run cost each other, and the write-ahead log meanwhile (half an hour, 3 GB)
	@mkdir -p build
	$(BIN)/python -m benchmarks.planted 100000 build/readers.db
	$(BIN)/python -m benchmarks.readers build/readers.db --nice -10
	rm -f build/readers.db

bench-desk: $(VENV)/dev.stamp ## measure what editors wait for beside a run, at 10,000 and a million articles (half an hour, 5 GB)
	for size in 10000 1000000; do \
	  test -e $(VENV)/planted-$$size.db || $(BIN)/python -m benchmarks.planted $$size $(VENV)/planted-$$size.db || exit; done
	@mkdir -p build
	for size in 10000 1000000; do cp $(VENV)/planted-$$size.db build/desk-$$size.db || exit; done
	$(BIN)/python -m benchmarks.desk build/desk-10000.db build/desk-1000000.db --nice -10
	rm -f build/desk-10000.db* build/desk-1000000.db*

bench-following: $(VENV)/dev.stamp ## measure what telling changes costs who writes
	$(BIN)/python -m benchmarks.following

crashes: $(VENV)/dev.stamp ## kill, fill the disk and cut the power, and see what is lost (an hour; wants strace and the right to mount)
	$(BIN)/python -m benchmarks.crashes

lock: $(VENV)/dev.stamp ## write the locked versions anew from pyproject.toml
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-header --output-file requirements.txt pyproject.toml build-system.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-header --extra dev --output-file requirements-dev.txt pyproject.toml build-system.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-header --extra evaluate \
	  --output-file requirements-evaluate.txt pyproject.toml build-system.in
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-header --output-file benchmarks/polling/peers.txt benchmarks/polling/peers.in

clean: ## remove what was set up and built
	rm -rf tests/browser/node_modules tests/browser/unpacked* tests/browser/set_up.stamp
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3.12 ..." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up in $(VENV) (once, about half a minute) ..."
	@$(PIP) --require-hashes --requirement requirements.txt
	@$(PIP) --no-deps --no-build-isolation --editable . >$(VENV)/setup.log 2>&1 || \
	  { cat $(VENV)/setup.log >&2; exit 1; }
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt $(VENV)/run.stamp
	@echo "Setting up the tools for tests in $(VENV) (once) ..."
	@$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@

# An environment of its own: newspaper4k wants an older python-dateutil than htmldate has. The list
# is complete; to look for more, in their spelling of extras, is what pip 23 fails at.
$(VENV)/evaluate.stamp: requirements-evaluate.txt pyproject.toml | $(VENV)/bin/python
	@echo "Setting up the libraries that we are measured against in $(VENV)/evaluate (once) ..."
	@$(PYTHON) -m venv $(VENV)/evaluate
	@$(VENV)/evaluate/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@$(VENV)/evaluate/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --editable . >$(VENV)/setup.log 2>&1 || { cat $(VENV)/setup.log >&2; exit 1; }
	@touch $@

tests/browser/set_up.stamp: tests/browser/package-lock.json tests/browser/set_up.py $(VENV)/dev.stamp
	@$(BIN)/python tests/browser/set_up.py
	@touch $@

$(VENV)/peers.stamp: benchmarks/polling/peers.txt | $(VENV)/bin/python
	@$(PYTHON) -m venv $(VENV)/peers
	@$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@
