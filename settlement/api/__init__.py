"""What 结余留用 is computed from, under /api/v1/."""
