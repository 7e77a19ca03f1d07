"""Papers of supply."""
