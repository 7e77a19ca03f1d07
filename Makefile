# 招采. Two commands on a fresh machine: `make demo` and `make test`.
SHELL := /bin/sh
PY := .venv/bin/python
PORT ?= 8000
LINES ?= 300000
ARGS ?=
export PORT

.PHONY: help setup setup-dev demo demo-reset test test-touched check types rules serve worker stop bench bench-reliability locks

help:
	@echo "make demo               演示省：安装、建库、装入数据、计算、启动，Ctrl-C 全部停止（PORT=$(PORT)）"
	@echo "make demo-reset         删除演示数据，下次 make demo 重新开始"
	@echo "make test               安装并运行全部测试（ARGS='-k 名称' 只跑一部分）"
	@echo "make test-touched       只运行与改动有关的测试文件（BASE=比较的提交，默认 origin/main）"
	@echo "make check              代码规范、类型、导入规则、模板、迁移检查"
	@echo "make bench LINES=N      性能对照（默认 300000 行订单明细，10 万到 1000 万）"
	@echo "make bench-reliability  可靠性测试的完整次数"
	@echo "make setup              只安装运行所需；make setup-dev 另装测试与检查工具"
	@echo "make serve | worker     启动网页服务 | 后台任务进程"
	@echo "make stop               停止内置的 PostgreSQL 与 Redis"

setup:
	@sh scripts/setup.sh runtime

setup-dev:
	@sh scripts/setup.sh dev

demo: setup
	@exec $(PY) manage.py run_demo --port $(PORT)

demo-reset: setup
	@$(PY) manage.py run_demo --reset

test: setup-dev
	@sh scripts/find_chromium.sh
	@sh scripts/find_pdfsig.sh
	@sh scripts/test.sh $(ARGS)

test-touched: setup-dev
	@sh scripts/test.sh $$($(PY) scripts/touched.py $(BASE)) $(ARGS)

check: setup-dev
	@# Two at a time: types take as long as all the others together.
	@$(MAKE) --no-print-directory -j2 --output-sync=target types rules

types:
	$(PY) -m mypy

rules:
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	.venv/bin/lint-imports
	$(PY) scripts/check_rooms.py
	.venv/bin/djlint templates --lint --quiet
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py check --fail-level WARNING

serve: setup
	@exec $(PY) -m gunicorn -c config/gunicorn.py -b 127.0.0.1:$(PORT) config.wsgi

worker: setup
	@exec $(PY) manage.py run_worker

stop:
	@test -x $(PY) || { echo "还没有安装，没有可停止的服务。"; exit 0; }; $(PY) manage.py services stop

bench: setup-dev
	$(PY) -m benchmarks --lines $(LINES) $(ARGS)

bench-reliability: setup-dev
	$(PY) -m pytest -m reliability --effort full $(ARGS)

locks:
	sh scripts/lock.sh
