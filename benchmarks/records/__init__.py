"""Workloads of one record at a time: W1, growth of rules and of lists, start."""
