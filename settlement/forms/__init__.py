"""forms of settlement, one file per noun."""
