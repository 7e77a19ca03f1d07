"""Papers that this app writes."""
