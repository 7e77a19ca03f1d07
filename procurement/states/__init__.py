"""State machines of supply, one file per noun."""
