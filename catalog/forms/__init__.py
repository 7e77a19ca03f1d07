"""What people type about the catalogue, one file per noun."""
