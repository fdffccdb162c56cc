"""Who holds what alone, and until when, in memory."""

from datetime import datetime


class MemoryLeases:
    """Holders by name. Not safe from threads: whoever owns it locks."""

    def __init__(self) -> None:
        self._leases: dict[str, tuple[str, datetime]] = {}

    def take(self, name: str, holder: str, now: datetime, until: datetime) -> bool:
        """Whether it was free, theirs already, or its last holder's time over."""
        owner, end = self._leases.get(name, (holder, now))
        if owner != holder and end > now:
            return False
        self._leases[name] = (holder, until)
        return True

    def drop(self, name: str, holder: str) -> None:
        """Nothing where somebody else holds it."""
        if self._leases.get(name, ("", None))[0] == holder:
            del self._leases[name]
