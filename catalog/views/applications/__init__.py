"""Pages of applications: lists, writing, one application, its steps, and what is published."""
