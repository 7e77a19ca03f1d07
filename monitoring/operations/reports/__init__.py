"""Periodic reports: drafted from the records by the clock, edited, handed in, received."""
