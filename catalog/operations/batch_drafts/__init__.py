"""A batch is made by one person and published by another."""
