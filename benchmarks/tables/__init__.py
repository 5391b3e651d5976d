"""Workloads over whole tables: W2, growth with rows, chaining over a ledger, Spark."""
