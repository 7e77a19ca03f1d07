"""Monthly statements: drafted, confirmed, reviewed, approved, paid."""
