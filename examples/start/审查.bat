@echo off
chcp 65001 >nul
cd /d "%~dp0..\.."
if not exist .venv\Scripts\safety-rules.exe (
  echo 首次使用，正在安装……
  py -3 -m venv .venv || python -m venv .venv || (echo 没有找到 Python 3.11 或更高版本，请先安装。 & pause & exit /b 1)
  .venv\Scripts\python -m pip install --quiet ".[web]" || (echo 安装没有完成，请检查网络后再试。 & pause & exit /b 1)
)
.venv\Scripts\safety-rules serve --open --port 0
pause
