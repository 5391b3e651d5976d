"""An area's law on whole tables by DuckDB: csv, parquet, Arrow, Polars and pandas in, one row of findings for each row out.

DuckDB is imported when a table is decided and not before; extra `tables`.
"""
