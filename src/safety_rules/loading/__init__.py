"""YAML text → positioned tree → typed rulebook, or every diagnostic at once."""
