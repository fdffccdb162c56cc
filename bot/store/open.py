"""From an address to a store."""

from typing import Protocol

from bot.errors import StoreError
from bot.ports import Store
from bot.store.memory import MemoryStore
from bot.store.sqlite import SqliteStore

_SQLITE = "sqlite:///"
_POSTGRES = ("postgresql://", "postgres://")
_FORMS = (
    "expected sqlite:///path, sqlite:////absolute/path, postgresql://user:password@host/database or memory:"
)


class MigratedStore(Store, Protocol):
    """A store whose schema has to be brought up to date before use."""

    def pending(self) -> list[str]:
        """The migrations it still needs, in order. Raises StoreError where it is newer than this version."""

    def migrate(self) -> list[str]:
        """Apply them; returns their names. Several processes may race."""


def open_store(url: str) -> MigratedStore:
    """The store an address names, not yet migrated. Raises StoreError, without the address: it may hold a password."""
    scheme, colon, _ = url.partition(":")
    if url == "memory:":
        return MemoryStore()
    if url.startswith(_SQLITE) and (path := url.removeprefix(_SQLITE)) not in {"", ":memory:"}:
        return SqliteStore(path)
    if url.startswith(_POSTGRES):
        return _postgres(url)
    named = f"{scheme}: is not a store's address" if colon and scheme.isalnum() else "not a store's address"
    raise StoreError(f"{named}; {_FORMS}")


def _postgres(url: str) -> MigratedStore:
    try:
        from bot.store.postgres import PostgresStore
    except ImportError as error:
        raise StoreError(
            "PostgreSQL needs another package: pip install '.[postgres]' in the checkout"
        ) from error
    return PostgresStore(url)
