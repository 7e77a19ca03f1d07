"""Complaints under /api/v1/."""
