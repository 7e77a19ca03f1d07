"""Agreements under /api/v1/."""
