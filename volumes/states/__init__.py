"""报: states of tasks, reports, members' sheets and commitment letters, and their transitions."""
