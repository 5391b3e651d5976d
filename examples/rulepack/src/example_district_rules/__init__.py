"""An example of a district's own rule pack; its rules and documents are invented."""

from pathlib import Path

RULES = Path(__file__).parent / "rules"
