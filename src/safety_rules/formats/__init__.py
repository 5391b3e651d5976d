"""Data in and out: ledgers, records, reports."""
