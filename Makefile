# make demo   a simulated fortnight on embedded servers; needs only Python >= 3.11
# make test   everything CI checks; sets up what it needs (as root also the test servers from apt)
# make bench  figures: end to end, readers, judging, due, search
# make torture [KILLS=1000 SEED=n]  SIGKILLs under load against faulty servers; counts what was lost or doubled
# make golden accept the golden files after reading their differences
# make fuzz   damaged copies of golden mails and files, MAILBOT_MUTANTS=20000 for each reader;
#             every property with MAILBOT_EXAMPLES=2000 new examples
# make forgeries  100,000 forged orders, 10,000 forged senders, robots: what is accepted and answered
# make flood  an emergency behind 10,000 mails and 10,000 letters; memory under mails of 100 MB
# make histories  10,000 random histories of outages, clock steps and kills; the whole of 2023
# make powercuts a thousand simulated power cuts: nothing acknowledged may be lost

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
WORKERS ?= 4
# Tests and benchmarks start hundreds of processes: each would compile every module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check lint servers bench golden fuzz torture histories powercuts forgeries flood audit lock licences clean

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV) || (echo "Debian: apt-get install python3-venv" && exit 1)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

demo: $(READY)
	$(BIN)/mailbot demo --out demo-out

servers:
	@bash tests/servers/install.sh

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: $(READY) servers lint
	$(BIN)/python -m compileall -q mailbot parsers store  # read by hundreds of commands that tests start
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term

check: lint

bench: $(READY)
	$(BIN)/python -m bench

golden: $(READY)
	$(BIN)/python -m tests.golden_accept
	$(BIN)/python -m tests.letter_samples

fuzz: $(READY)
	MAILBOT_MUTANTS=$${MAILBOT_MUTANTS:-20000} $(BIN)/pytest -q -k mutant --timeout 7200
	MAILBOT_EXAMPLES=$${MAILBOT_EXAMPLES:-2000} $(BIN)/pytest -q -n $(WORKERS) --dist load --timeout 7200 $$(grep -l '@given' tests/test_*.py)

torture: $(READY) servers
	cd tests && PYTHONPATH=..:. ../$(BIN)/python -m torture

histories: $(READY)
	MAILBOT_YEAR=1 MAILBOT_HISTORIES=$${MAILBOT_HISTORIES:-10000} $(BIN)/pytest -q tests/test_histories.py tests/test_year_2023.py --timeout 7200

powercuts: $(READY) servers
	MAILBOT_CUTS=$${MAILBOT_CUTS:-1000} $(BIN)/pytest -q -n0 tests/test_power_cuts.py --timeout 7200

forgeries: $(READY)
	MAILBOT_FORGERIES=$${MAILBOT_FORGERIES:-100000} MAILBOT_STRANGERS=$${MAILBOT_STRANGERS:-10000} $(BIN)/pytest -q -s -n0 tests/test_threats_answering.py tests/test_tokens.py --timeout 7200

flood: $(READY) servers
	MAILBOT_BACKLOG=$${MAILBOT_BACKLOG:-10000} $(BIN)/pytest -q -s -n0 tests/test_backlog.py tests/test_big_mail.py --timeout 7200

# Vulnerabilities on public record; needs the network, and fails where a package could not be asked about.
audit: $(READY)
	$(BIN)/python -m pip install -q --disable-pip-version-check pip-audit
	$(BIN)/pip-audit --strict -r constraints.txt --no-deps --disable-pip

# Every package of an installation with the hashes of its files, after constraints.txt changed.
lock: $(READY)
	$(BIN)/python -m pip install -q --disable-pip-version-check uv
	echo hatchling | $(BIN)/uv pip compile pyproject.toml - --extra push --extra keyring --extra postgresql \
	  -c constraints.txt --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -q -o deploy/requirements.lock

licences: $(READY)
	$(BIN)/python -m bench.licences

clean:
	rm -rf $(VENV) demo-out bench-out .pytest_cache .mypy_cache .ruff_cache .hypothesis
