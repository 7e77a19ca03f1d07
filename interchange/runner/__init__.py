"""Carries the declared files between a folder and the tables: read, stage, check, write, dump."""
