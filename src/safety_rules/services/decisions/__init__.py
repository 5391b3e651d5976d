"""What was decided, kept: a log of receipts, the rules beside it, and every verdict made again from both."""
