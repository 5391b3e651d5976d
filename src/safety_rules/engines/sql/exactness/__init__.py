"""Exact answers from DOUBLE: bounds of error, ratios of whole numbers, rows settled by the definition."""
