"""Forms of sign-in, passwords and people."""
