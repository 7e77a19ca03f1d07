"""What is typed about relations and agreements, one file per noun."""
