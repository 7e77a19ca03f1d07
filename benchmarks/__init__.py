"""Measurements of the platform against its targets; each beside its baseline, in one run."""
