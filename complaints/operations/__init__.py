"""Every write about complaints and their contacts."""
