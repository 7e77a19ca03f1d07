"""Verdicts of supply."""
