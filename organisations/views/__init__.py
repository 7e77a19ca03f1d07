"""Pages of organisations and people, and the base of every page that shows rows."""
