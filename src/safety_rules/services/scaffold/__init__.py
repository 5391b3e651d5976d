"""Packs, areas, rules and overlays to begin with."""
