"""What each kind of application asks for, who reviews it, and what is refused at once."""
