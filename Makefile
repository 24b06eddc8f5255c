# `make demo` runs the tool on the bundled example; `make test` runs every check.
# `make fuzz MINUTES=60` looks for inputs that hurt, `make kills COUNT=1000` kills runs at random moments,
# `make memory STEPS=2000` compares repeated results with new ones on a random walk.
# `make docs` builds the documentation into site/, `make reference` writes its generated parts, and
# `make screenshots` its pictures of reports.
# `make release` writes sdist, wheel, the archive for the Bazel registry, notes and checksums into dist/.
# `make requirements` locks packages again, of development and of the tool's Bazel target, after a change in pyproject.toml.
# `make pythons` runs the tests with each supported Python that can be had.
# All set up a virtual environment in .venv first, with a Go toolchain where none is found.

PYTHON ?= python3
VENV ?= .venv
comma := ,
BIN := $(VENV)/bin
EXTRAS := $(if $(or $(shell command -v go 2>/dev/null),$(BAZEL_XC_GO)),dev,dev$(comma)go)
DEMO ?= .demo
MINUTES ?= 60
COUNT ?= 1000
STEPS ?= 2000

.PHONY: venv demo test lint format bench clean docs fuzz kills memory pythons reference release requirements screenshots

$(VENV)/.ready-$(EXTRAS): pyproject.toml requirements-dev.txt bazel_xc/__init__.py
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements-dev.txt -e '.[$(EXTRAS)]'
	rm -f $(VENV)/.ready-*
	touch '$@'

venv: $(VENV)/.ready-$(EXTRAS)

demo: $(VENV)/.ready-$(EXTRAS)
	rm -rf $(DEMO)
	cp -R testdata/example $(DEMO)
	@echo; echo "== bazel-xc generate: the files written"
	$(BIN)/bazel-xc generate -C $(DEMO)
	@for file in greeting checksum sysinfo cmd/host platforms; do \
	    echo; echo "== $$file/BUILD.bazel"; cat $(DEMO)/$$file/BUILD.bazel; done
	@echo; echo "== bazel-xc report: which target needs C, and why"
	$(BIN)/bazel-xc report -C $(DEMO)

test: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python -m pytest

# Atheris guides by coverage; where it has no wheel, hypothesis tries what it can.
fuzz: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements-dev.txt -e '.[$(EXTRAS)$(comma)fuzz]'
	$(BIN)/python tests/fuzz/fuzz_run.py --minutes $(MINUTES) $(if $(SEED),--seed $(SEED)) $(TARGETS)

kills: $(VENV)/.ready-$(EXTRAS)
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/python tests/fuzz/kills.py $(COUNT)

memory: $(VENV)/.ready-$(EXTRAS)
	BAZEL_XC_MEMORY_STEPS=$(STEPS) BAZEL_XC_REPLAN_STEPS=$$(( $(STEPS) / 10 )) $(if $(SEED),BAZEL_XC_MEMORY_SEED=$(SEED)) PATH="$(abspath $(BIN)):$$PATH" \
	    $(BIN)/python -m pytest -rP tests/runs/test_memory.py tests/runs/test_replan.py

release: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/python release/make_release.py
	$(BIN)/twine check --strict dist/bazel_xc-[0-9]*
	$(BIN)/check-wheel-contents dist/*.whl

$(VENV)/.ready-docs: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements-dev.txt -e '.[$(EXTRAS)$(comma)docs]'
	touch '$@'

# A broken link, a missing anchor and a page that is not in mkdocs.yml are failures.
docs: $(VENV)/.ready-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

reference: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/python tests/docs/reference.py
	$(BIN)/python tests/docs/rules_reference.py

screenshots: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/python tests/docs/screenshots.py

# The packages of development, the same for everybody; and those of the tool's Bazel target,
# for the one Python of rules/tool. Not --universal: rules_python takes a package once. Nothing that the lock has is missing
# on another system, and each package has the hashes of all its wheels.
requirements: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11 --python-platform linux --only-binary :all: \
	    --generate-hashes --no-annotate --custom-compile-command "make requirements" \
	    --output-file rules/tool/requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate --no-strip-extras \
	    --all-extras --custom-compile-command "make requirements" --output-file requirements-dev.txt pyproject.toml

pythons:
	.ci/pythons

format: $(VENV)/.ready-$(EXTRAS)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) .venv-3.* $(DEMO) site .fuzz .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
