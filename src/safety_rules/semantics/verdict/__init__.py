"""A verdict and what is told of it: findings, evidence, explanation, plain data."""
