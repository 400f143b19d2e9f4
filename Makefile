# 度衡 Duheng. `make` alone lists what there is. Needs git, make and Python 3.11+ with venv; everything else is
# installed into this checkout (.venv) from the hashed files in requirements/.

SHELL := /bin/sh
BIN := .venv/bin
# Passed on: make run ARGS="--port 8001", make test ARGS="-k ledger", make bench ARGS="board".
ARGS ?=
# Version of Python the bundle is for, where it is not that of this environment.
PYTHON_VERSION ?=
SOURCES := src tests bench soak scripts
# One more than the two cores: tests that wait for a browser or a server leave room for others.
JOBS ?= 3
# Each file of tests stays on one worker, which fills its databases and starts its servers once; tests/conftest.py
# puts the slow files first, so that no worker is left with one at the end.
# Only of the whole run: a part of the tests says nothing about coverage.
COVERAGE := --cov --cov-config=pyproject.toml --cov-report=term-missing:skip-covered

# Empty, as if unset: without compiled files every start would compile Django, Polars and Altair again (20 s).
export PYTHONDONTWRITEBYTECODE :=
# The product of this checkout must not be mixed with what the person's shell points at.
unexport PYTHONPATH PYTHONHOME

.DEFAULT_GOAL := help
.PHONY: help run test check lint format bench soak bundle lock clean

help:
	@echo '度衡 Duheng'
	@echo '  make run      安装所需的一切并启动  install what is needed and serve http://127.0.0.1:8000'
	@echo '  make test     全部检查与测试        all checks and tests (what .ci/run calls)'
	@echo '  make bench    性能对比              print the benchmarks, each beside its yardstick'
	@echo '  make soak     长时间试验            long runs; figures go to docs/performance.md'
	@echo '  make bundle   制作离线安装包        one archive in dist/ that installs without a network'
	@echo '  make lint     只做检查              format, lint, types and import contract, no tests'
	@echo '  make format   整理代码格式          format the code and mend what can be mended'
	@echo '  make lock     重新锁定依赖版本      resolve requirements/*.in again (ARGS=--upgrade: newest versions)'
	@echo '  make clean    清理（保留数据 var/） remove environments, caches and dist/; data in var/ stays'

run:
	@scripts/prepare run
	@exec $(BIN)/duheng serve $(ARGS)

# The last line printed is pytest's own summary: nothing may come after it.
test:
	@scripts/prepare test
	@scripts/system-packages
	@$(MAKE) --no-print-directory check
	@$(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(if $(ARGS),$(ARGS),$(COVERAGE))

lint:
	@scripts/prepare test
	@$(MAKE) --no-print-directory check

check:
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format:
	@scripts/prepare test
	@$(BIN)/ruff format $(SOURCES)
	@$(BIN)/ruff check --fix $(SOURCES)

bench:
	@scripts/prepare run
	@scripts/prepare bench || echo '对照软件未能安装，只列本产品的数字（the yardsticks could not be installed）' >&2
	@$(BIN)/python -m bench.run bench $(ARGS)

soak:
	@scripts/prepare test
	@scripts/system-packages
	@scripts/prepare fuzz || echo '覆盖引导的模糊测试未能安装，本次不做（atheris could not be installed)' >&2
	@$(BIN)/python -m bench.run soak $(if $(ARGS),$(ARGS),--write)

bundle:
	@scripts/prepare test
	@$(BIN)/python scripts/bundle.py $(if $(PYTHON_VERSION),--python $(PYTHON_VERSION))

lock:
	@scripts/prepare run
	@scripts/lock $(ARGS)

clean:
	@rm -rf .venv .venv-bench dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@rm -f .coverage .coverage.*
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
