"""Policies and the calendar under /api/v1/."""
