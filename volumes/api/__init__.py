"""Volume reports under /api/v1/."""
