#!/bin/sh
# Says which Chromium the page tests use; installs Debian's when there is none and we may.
set -eu
cd "$(dirname "$0")/.."

locate() { .venv/bin/python -c 'from tests.plugins.browser import find_chromium; print(find_chromium() or "")'; }

found=$(locate)
if [ -z "$found" ] && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "没有 Chromium，安装 Debian 的 chromium 与中文字体…"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium fonts-noto-cjk > /dev/null || true
    found=$(locate)
fi
if [ -n "$found" ]; then
    echo "浏览器测试使用：$found"
else
    echo "找不到 Chromium，浏览器测试将被跳过并列出名称；请安装 chromium，或用 CHROMIUM=路径 指定。" >&2
fi
