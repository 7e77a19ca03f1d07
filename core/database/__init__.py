"""The two database roles: what the owner does, and what the application may."""
