"""Long work as rows: enqueue, run under a lease, sweep, and see how it goes."""
