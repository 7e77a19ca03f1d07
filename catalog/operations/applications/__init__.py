"""Applications of manufacturers, from the first line to the day on which they take effect."""
