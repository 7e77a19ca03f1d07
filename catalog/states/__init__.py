"""State machines of the catalogue, one file per noun."""
