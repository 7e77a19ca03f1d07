"""Every write of agreements and delivery relations."""
