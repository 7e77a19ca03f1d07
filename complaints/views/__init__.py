"""Pages of complaints and of contacts."""
