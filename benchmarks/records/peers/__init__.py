"""The peers of W1: each turns the same condition trees into its own language, once, and decides records with it.

A peer's module has one function, `failed_by(law)`, which returns a function from a record to the keys of the
failed rules. What the peer's language cannot say raises Unsupported with the reason.
"""

from __future__ import annotations


class Unsupported(Exception):
    """The peer's language has no way to say this; the message says what."""
