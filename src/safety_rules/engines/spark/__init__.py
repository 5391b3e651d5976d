"""An area's law on Spark DataFrames: the shared lowering as Spark SQL, no Python on the way of a row.

pyspark is imported when a DataFrame is decided and not before; extra `spark`.
"""
