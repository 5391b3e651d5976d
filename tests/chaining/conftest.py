"""The tests of durable-rules are collected where it imports: on Python 3.12 and older."""

from __future__ import annotations

import sys

collect_ignore = [] if sys.version_info < (3, 13) else ["test_durable.py"]
