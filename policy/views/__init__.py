"""Pages of policies and of the working-day calendar."""
