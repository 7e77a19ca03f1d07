#!/bin/sh
# All tests: first those that run side by side, then those that must be alone. Says at the end how
# long each part took. Usage: test.sh [options of pytest]
set -u
cd "$(dirname "$0")/.."
# Without bytecode every process compiles the project again, and rewrites the asserts of all tests.
export PYTHONDONTWRITEBYTECODE=

started=$(date +%s)
.venv/bin/python -m pytest -n auto --maxprocesses 4 --dist worksteal -m "not alone" "$@"
beside=$?
middle=$(date +%s)
alone=0
if [ "$beside" -eq 0 ] || [ "$beside" -eq 5 ]; then
    .venv/bin/python -m pytest -m alone "$@"
    alone=$?
fi
ended=$(date +%s)
echo "用时：并行部分 $((middle - started)) 秒，单独部分 $((ended - middle)) 秒，共 $((ended - started)) 秒"
# Exit status 5: the options chose none of these.
[ "$beside" -eq 5 ] && [ "$alone" -eq 5 ] && exit 5
[ "$beside" -eq 0 ] || [ "$beside" -eq 5 ] || exit "$beside"
[ "$alone" -eq 0 ] || [ "$alone" -eq 5 ] || exit "$alone"
