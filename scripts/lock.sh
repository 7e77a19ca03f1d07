#!/bin/sh
# Resolves pyproject.toml anew into the two locks, with hashes and without index addresses.
# Needs uv on PATH.
set -eu
cd "$(dirname "$0")/.."
compile() {
    target=$1
    shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --no-header --extra demo "$@" pyproject.toml -o "$target"
}
compile requirements/runtime.lock
compile requirements/dev.lock --group dev
