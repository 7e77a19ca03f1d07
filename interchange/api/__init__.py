"""Imports of datasets under /api/v1/."""
