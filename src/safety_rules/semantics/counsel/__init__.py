"""What a verdict lacks and by how much it falls short: needs, gaps, and the values worth trying."""
