# make run: the service on this machine. make test: everything that must hold.
.PHONY: help run test check bench accuracy race fmt clean
.DEFAULT_GOAL := help

JOBS ?= 2
BIN := .venv/bin

help:
	@echo "make run        set up and start the service on this machine (PORT=8081: on another port)"
	@echo "make test       set up and run all checks and tests (JOBS=4: with four processes)"
	@echo "make bench      measure speed"
	@echo "make accuracy   measure accuracy on the ladder of capture conditions"
	@echo "make race       measure cardscan against Tesseract and RapidOCR on the same pictures"
	@echo "make fmt        put the code in its one format"
	@echo "make clean      remove what was built (not the data of the service)"

run:
	@scripts/setup.sh run
	@exec $(BIN)/cardscan serve $(if $(PORT),--port $(PORT))

test:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory check
	$(BIN)/python -m pytest -n $(JOBS)

check:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

bench:
	@scripts/setup.sh test
	$(BIN)/python -m pytest benchmarks

accuracy:
	@scripts/setup.sh test
	$(BIN)/python -m benchmarks.accuracy

race:
	@scripts/setup.sh test
	@test -x .race/bin/python || $(BIN)/python -m venv .race
	@.race/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/race/requirements.txt
	$(BIN)/python -m benchmarks.race

fmt:
	@scripts/setup.sh test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .tools .race build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .benchmarks .hypothesis
	find cardscan samples tests benchmarks tools -type d -name __pycache__ -prune -exec rm -rf {} +
