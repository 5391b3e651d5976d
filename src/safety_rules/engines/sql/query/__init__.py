"""An area's law on a day as one query: one builder with two settings, for all rows (`full`) and for complete, plain
ones (`short`).
"""
