"""W2 in the hands of other libraries: each module has `side(law)`, a function from a Parquet file to a written one."""
