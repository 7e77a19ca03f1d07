"""Home, tasks and notices."""
