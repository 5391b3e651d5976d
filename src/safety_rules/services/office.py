"""LibreOffice, where it is there: documents as PDF."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

CONVERT_SECONDS = 120
A_PAPER = 5  # seconds


def office() -> str | None:
    """Return where LibreOffice is, None where it is not there."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def pdfs(paths: Sequence[Path]) -> list[Path]:
    """Return the PDFs that LibreOffice made beside documents of one folder; none where it is not there."""
    program = office()
    if program is None or not paths:
        return []
    with TemporaryDirectory() as home:  # a profile of its own, so that an open office is not disturbed
        profile = f"-env:UserInstallation={Path(home).as_uri()}"
        folder = paths[0].absolute().parent
        command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)]
        with suppress(subprocess.TimeoutExpired):
            limit = CONVERT_SECONDS + A_PAPER * len(paths)
            subprocess.run(command, check=False, capture_output=True, timeout=limit)
    return [p.with_suffix(".pdf") for p in paths if p.with_suffix(".pdf").is_file()]
