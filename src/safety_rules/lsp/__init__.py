"""Rule files in an editor: what is wrong as it is typed, and what a name means."""
