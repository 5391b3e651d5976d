"""One area's law on a day as SQL: the common base of the table engines, which share it and not each other.

`lower` is the one reading of the tree as SQL text; `dialect` holds every difference between DuckDB and
Spark; `cells` reads columns as admission would; `query` puts a law together; `again` gives the rows
that SQL cannot settle back to the exact evaluator. Nothing here imports an engine or runs a query.
"""
