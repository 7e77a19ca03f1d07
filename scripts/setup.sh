#!/bin/sh
# Installs the locked packages into .venv, again only when the lock or the Python changed.
# Usage: setup.sh runtime|dev
set -eu
cd "$(dirname "$0")/.."
group=$1
lock=requirements/$group.lock

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "找不到 Python 3.11 或 3.12。请安装其中之一（Debian 12：apt-get install python3.11-venv），或用 PYTHON=路径 指定。" >&2
    return 1
}

stamp_of() { cksum < "requirements/$1.lock" | tr ' ' '-'; }

works() { .venv/bin/python -c 'import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null; }

if works; then
    # The development lock holds all of the runtime lock.
    for installed in "$group" dev; do
        if [ "$(cat ".venv/.installed-$installed" 2>/dev/null)" = "$(stamp_of "$installed")" ]; then
            exit 0
        fi
    done
else
    python=$(find_python)
    echo "使用 $("$python" --version)（$python），创建 .venv"
    rm -rf .venv
    if ! "$python" -m venv .venv; then
        rm -rf .venv
        echo "无法创建虚拟环境。Debian/Ubuntu 上请先执行：apt-get install python3-venv" >&2
        exit 1
    fi
fi

count=$(grep -c '==' "$lock")
echo "安装 $lock 中的 $count 个包（核对哈希）…"
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"; then
    echo "安装失败。请检查能否访问 Python 包索引（pip config list 可见其设置），然后重试。" >&2
    exit 1
fi
stamp_of "$group" > ".venv/.installed-$group"
echo "安装完成。"
