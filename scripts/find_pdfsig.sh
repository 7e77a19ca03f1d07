#!/bin/sh
# Says whether poppler's pdfsig checks signatures beside openssl; installs Debian's when we may.
set -eu
if ! command -v pdfsig > /dev/null && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "没有 pdfsig，安装 Debian 的 poppler-utils…"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends poppler-utils > /dev/null || true
fi
if command -v pdfsig > /dev/null; then
    echo "签名测试另用：$(command -v pdfsig)"
else
    echo "没有 pdfsig，签名只用 openssl 对照；可安装 poppler-utils。" >&2
fi
