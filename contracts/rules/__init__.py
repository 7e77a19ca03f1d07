"""Verdicts of agreements and delivery relations."""
