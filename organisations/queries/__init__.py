"""Who sees what, and lists of organisations and people."""
