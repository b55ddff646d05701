# Everything works on a fresh machine with Python 3.11 or newer, make and git: the first command
# makes .venv and installs into it, later ones start at once. PYTHON=... chooses another Python.

ifneq ($(PYTHON),)
PYTHONS := $(PYTHON)
else
PYTHONS := python3.13 python3.12 python3.11 python3.14 python3 python
endif

BIN := .venv/bin
RECENT := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: help demo gateway test check format screenshots terminals walkthrough docs installs bench bench-quick bench-peers faults soak hosts clean
.NOTPARALLEL:

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' Makefile | expand -t 20
	@echo 'Arguments go into ARGS: make test ARGS="-k undo"'

demo: .venv/installed ## the practice campaign, in the app; ARGS=--tour shows you round
	@$(BIN)/thrumsg demo $(ARGS)

gateway: .venv/installed-gateway ## what texting for real needs besides
	@echo "thrumsg deliver and thrumsg listen can run now."

test: .venv/installed-dev ## all tests
	@$(BIN)/python -m pytest -n auto --dist worksteal -q $(ARGS)

check: .venv/installed-dev ## style, types, import contracts, generated documents, pictures
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python scripts/make_docs.py --check
	$(BIN)/python scripts/make_screenshots.py --check
	$(BIN)/python scripts/record_walkthrough.py --check
	$(BIN)/python scripts/terminal_pictures.py --kept --check

format: .venv/installed-dev ## what ruff can put right by itself
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

screenshots: .venv/installed-dev ## draw screenshots/ again
	$(BIN)/python scripts/make_screenshots.py $(ARGS)
	$(BIN)/python scripts/terminal_pictures.py --kept

terminals: .venv/installed-dev ## draw what terminals of all kinds and sizes show, into build/terminals; half an hour
	$(BIN)/python scripts/terminal_pictures.py $(ARGS) build/terminals

walkthrough: .venv/installed-dev ## record the tour again, as a cast and as an animated picture
	$(BIN)/python scripts/record_walkthrough.py $(ARGS)

docs: .venv/installed-dev ## write the generated documents again
	$(BIN)/python scripts/make_docs.py $(ARGS)

installs: .venv/installed-dev ## build the wheel, and install and try it with pip, pipx and uv tool, each on a clean home
	@$(BIN)/python scripts/try_installs.py $(ARGS)

bench: .venv/installed-dev ## measure speed, at length, and write benchmarks/RESULTS.md; ARGS=--suite measures make test too
	$(BIN)/python -m benchmarks $(if $(findstring --only,$(ARGS)),,--out benchmarks/RESULTS.md) $(ARGS); \
	    status=$$?; $(BIN)/python scripts/make_docs.py && exit $$status

bench-quick: .venv/installed-dev ## measure speed on less, in two minutes, and only print
	$(BIN)/python -m benchmarks --quick $(ARGS)

bench-peers: ## install other programs to compare speed with, outside of this folder
	scripts/install_bench_peers.sh

soak: .venv/installed-dev ## twenty sessions and eight command lines on one database for twenty minutes
	@$(BIN)/python -m tests.endurance.soak $(ARGS)

hosts: .venv/installed-dev ## a campaign on three hosts for ten minutes, whose server is killed and one of which is lost; needs root
	@$(BIN)/python -m tests.endurance.hosts $(ARGS)

faults: .venv/installed-dev ## kill, fill, lock and damage everything, for an hour; what it loses or breaks is an error
	@$(BIN)/python -m tests.endurance.faults $(ARGS)

clean: ## remove .venv and everything else that can be made again
	rm -rf .venv build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are touched last, so that an interrupted installation is begun again.
.venv/installed-dev: EXTRA := [dev]
.venv/installed-gateway: EXTRA := [gateway]
.venv/installed .venv/installed-dev .venv/installed-gateway: pyproject.toml constraints.txt
	@$(BIN)/python -c 'import pip; $(RECENT)' >/dev/null 2>&1 || { \
	    found=; bare=; \
	    for python in $(PYTHONS); do \
	        "$$python" -c '$(RECENT)' >/dev/null 2>&1 || continue; \
	        if "$$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$python; break; fi; \
	        bare=$${bare:-$$python}; \
	    done; \
	    if [ -z "$$found$$bare" ]; then \
	        echo "thrumsg needs Python 3.11 or newer, and none was found as: $(PYTHONS)." >&2; \
	        echo "Install one, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3" >&2; \
	        exit 1; \
	    elif [ -z "$$found" ]; then \
	        echo "$$bare lacks its venv module, which thrumsg is installed with." >&2; \
	        echo "Install it (on Debian and Ubuntu: the package python3-venv) and try again." >&2; \
	        exit 1; \
	    fi; \
	    echo "Making .venv with $$("$$found" -V)"; \
	    "$$found" -m venv --clear .venv || exit 1; \
	}
	@echo "Installing thrumsg$(EXTRA) into .venv (once)"
	@$(BIN)/python -m pip --disable-pip-version-check install -qq --no-input -c constraints.txt -e ".$(EXTRA)"
	@touch .venv/installed $@
