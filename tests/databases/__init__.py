"""Databases of a test run: migrated once, cloned as often as needed, never flushed."""
