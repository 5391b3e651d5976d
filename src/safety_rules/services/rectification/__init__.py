"""The life of a rectification: its table, its append-only ledger, what is due, and its figures."""
