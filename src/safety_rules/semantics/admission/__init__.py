"""Data admitted against the vocabulary: exact values, or a named reason why not."""
