"""Fresh PostgreSQL databases for real processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlparse

import psycopg


def fresh(server: str, name: str, template: str = "template1") -> str:
    """Make a database of this name on a server, empty or a copy; return its address."""
    drop(server, name)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return urlparse(server)._replace(path=f"/{name}").geturl()


def drop(server: str, name: str) -> None:
    """Take a database away, whoever is still in it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def own(environment: dict[str, str], name: str, template: str = "template1") -> Iterator[None]:
    """Where processes are to use a server, give them a database there for as long."""
    server = environment.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield
        return
    environment["DATABASE_URL"] = fresh(server, name, template)
    try:
        yield
    finally:
        drop(server, name)
