"""The append-only store of several kinds: entries chained by hash, and whether they are as they were written."""
