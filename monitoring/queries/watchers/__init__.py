"""What each kind of watcher asks first of its region, beside what all see."""
