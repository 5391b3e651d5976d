"""Proofs about rules: built-in questions and the author's invariants, each proved or answered with a record."""

from __future__ import annotations
