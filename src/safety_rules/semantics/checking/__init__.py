"""A condition's text as a tree of known names, kinds and units; and the tree as text."""
