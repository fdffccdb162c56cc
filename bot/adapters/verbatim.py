"""Text that people copy, on every platform as it is."""

import unicodedata


def copied(text: str) -> str:
    """All of it but what no message may hold: control characters other than line ends and tabs."""
    kept = (c for c in text if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"})
    return "".join(kept).strip("\n")
