"""What follows from records by rules, to a fixpoint, and why."""
