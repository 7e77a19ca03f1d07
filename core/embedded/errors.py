class EmbeddedServiceError(Exception):
    """A service could not be found, started or stopped; the text says what to do."""
