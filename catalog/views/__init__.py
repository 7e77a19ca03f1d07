"""Pages of batches, groups and products."""
