"""Content of the papers of agreements and relations."""
