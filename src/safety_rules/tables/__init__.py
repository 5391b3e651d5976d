"""The one place that chooses an engine for a table: DuckDB, Spark, records, chained."""
