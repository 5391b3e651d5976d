#!/bin/sh
# 双击或在终端运行：首次使用时安装，然后在浏览器中打开本机页面。 Installs once, then opens the page on this machine.
set -eu
cd "$(dirname "$0")/../.."
if [ ! -x .venv/bin/safety-rules ] || ! .venv/bin/python -c 'import starlette' 2>/dev/null; then
  echo 首次使用，正在安装……
  python3 -m venv .venv
  .venv/bin/python -m pip install --quiet '.[web]'
fi
exec .venv/bin/safety-rules serve --open --port 0
