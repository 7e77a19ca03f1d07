"""What the templates of 报量 take."""
