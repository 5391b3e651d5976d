"""The definition: check, evaluate, decide, explain, needs, gap. Engines are other readings of the same tree."""
