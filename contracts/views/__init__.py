"""Pages and fragments of agreements."""
