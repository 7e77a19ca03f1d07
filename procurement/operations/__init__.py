"""Writes of supply."""
