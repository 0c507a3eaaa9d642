# `make demo` and `make test` are all a fresh machine needs; each makes the environment first, once.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
FLAVOUR ?= cuda
BUILD ?= build
PACKAGE_PYTHON = $(if $(filter cpu,$(FLAVOUR)),$(BUILD)/env-cpu/bin,$(BIN))/python

.PHONY: help demo test check bench survival format translations docs screenshots lock package smoke

help:
	@echo "make demo    carry images through the whole job (window, or pictures and a report without a display);"
	@echo "             IMAGES=FOLDER takes your own photographs"
	@echo "make test    lint, types, layers and all tests"
	@echo "make check   lint, types and layers only"
	@echo "make bench   measure speed and write docs/benchmarks.md"
	@echo "make survival   kill, fill, spoil, unplug and wear out the application; writes docs/reliability.md (hours)"
	@echo "make docs    the documentation site and the manual as a PDF, into build/docs"
	@echo "make screenshots   take the pictures of the documentation anew"
	@echo "make package the Debian package and the portable archive, into dist/; FLAVOUR=cuda (default) or cpu,"
	@echo "             SIGN_KEY=KEY of gpg signs the checksums"
	@echo "make smoke   try what make package froze, as a new person would (ROOT=TREE: a tree the package is installed in)"
	@echo "make lock    lock every requirement to a version and a hash, in installer/requirements.lock"
	@echo "make translations   collect the texts of the screen into resources/translations, and compile them"

.venv: $(READY)

$(READY): pyproject.toml installer/system-packages.sh
	sh installer/system-packages.sh
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Retina Studio needs Python 3.11 or newer.")'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	# Our Grad-CAM is tested against this one. Without its dependencies: it asks for another build of OpenCV.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps 'grad-cam>=1.5' ttach
	touch $(READY)

demo: $(READY)
	$(BIN)/retina-studio demo --out demo-out $(if $(IMAGES),--images "$(IMAGES)")

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -q tests/test_layers.py

test: check
	$(BIN)/pytest -m 'not slow' --numprocesses auto --dist worksteal

bench: $(READY)
	$(BIN)/python -m tests.bench

survival: $(READY)
	$(BIN)/python -m tests.survival

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

translations: $(READY)
	$(BIN)/python installer/translations.py

# The PDF needs Pango, which system-packages.sh installs where it may; without it the site is there all the same.
docs: $(READY)
	sh installer/system-packages.sh docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --quiet --strict
	$(BIN)/python -m installer.documentation.manual

screenshots: $(READY)
	$(BIN)/python -m installer.screenshots

lock: $(READY)
	$(BIN)/python installer/lock.py installer/requirements.lock

# Minutes, and about 12 GB in $(BUILD) with CUDA.
package: $(READY)
	sh installer/environment.sh $(FLAVOUR) $(BIN)/python $(BUILD)/env-cpu
	$(PACKAGE_PYTHON) installer/package.py --flavour $(FLAVOUR) --build $(BUILD) --out dist $(if $(SIGN_KEY),--sign "$(SIGN_KEY)")

smoke: $(READY)
	$(BIN)/python installer/smoke.py $(if $(ROOT),/opt/retina-studio --chroot "$(ROOT)",$(CURDIR)/$(BUILD)/frozen/retina-studio)
