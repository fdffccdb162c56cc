"""What of a message is taken along when a command is asked about it."""

MOST_OF_MESSAGE = 500
"""So many characters; a paper is named in the first of them, or in none."""


def beginning(text: str) -> str:
    """Its first MOST_OF_MESSAGE characters, to the end of a word: none is cut, unless it is too long for itself."""
    if len(text) <= MOST_OF_MESSAGE:
        return text
    whole, _, _ = text[: MOST_OF_MESSAGE + 1].rpartition(" ")
    return whole or text[:MOST_OF_MESSAGE]
