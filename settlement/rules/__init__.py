"""What settlement asks before it writes."""
