"""PostgreSQL and Redis of our own, started when no address is configured.

Import `core.embedded.services` to start or stop them and
`core.embedded.addresses` to learn where they listen.
"""
