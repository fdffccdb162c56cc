"""Texts that are too long for a button, in memory."""

from datetime import datetime

from bot.store.rules import TEXTS_KEPT, text_key


class MemoryTexts:
    """Texts by key, each with when it was last kept. Not safe from threads: whoever owns it locks."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, datetime]] = {}

    def keep(self, text: str, now: datetime) -> str:
        """Its key. Those whose time is over go."""
        key, oldest = text_key(text), now - TEXTS_KEPT
        self._texts = {one: kept for one, kept in self._texts.items() if kept[1] >= oldest}
        self._texts[key] = (text, max(now, self._texts.get(key, (text, now))[1]))
        return key

    def of(self, key: str) -> str:
        """Empty where none is kept."""
        return self._texts[key][0] if key in self._texts else ""
