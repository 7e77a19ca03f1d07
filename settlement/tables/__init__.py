"""tables of settlement, one file per noun."""
