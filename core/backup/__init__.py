"""Backups that prove themselves: what was in the database is counted, and compared when restored."""
