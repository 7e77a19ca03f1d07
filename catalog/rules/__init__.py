"""Verdicts of the catalogue: each says why not, by which clause, and what to do."""
