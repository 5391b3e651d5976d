"""A page on this machine for people who use no command line: a ledger in, results and papers out."""
