"""Writes of agreements: made in bulk, signed, refused, changed, ended."""
