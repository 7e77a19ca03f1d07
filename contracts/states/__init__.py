"""State machines of agreements and delivery relations, one file per noun."""
