"""Tasks and notices for an organisation's own system."""
