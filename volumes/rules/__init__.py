"""报: what may be reported until when, what needs a reason, and what is proposed."""
