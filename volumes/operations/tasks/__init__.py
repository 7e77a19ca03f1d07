"""报量任务: made, opened to whoever must report, extended, reminded of, closed."""
