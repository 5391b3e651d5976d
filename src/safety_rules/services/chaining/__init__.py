"""Decides records in the light of the history of the enterprises behind them."""
