"""For rule authors' own tests: records of any area, for hypothesis and for seeded runs."""

from __future__ import annotations

from safety_rules.testing.records import random_record, random_records
from safety_rules.testing.strategies import records

__all__ = ["random_record", "random_records", "records"]
