"""Other readings of the same tree; each agrees with the definition in `semantics`."""
