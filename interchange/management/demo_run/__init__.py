"""The steps of `run_demo`."""
