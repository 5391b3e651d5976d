"""What a table's columns hold, read as admission reads cells."""
