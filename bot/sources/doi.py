"""What is common to all that has a DOI: the page it leads to."""

from urllib.parse import quote

from bot.identity import doi_id


def doi_page(text: str) -> str:
    """Where a DOI leads (`https://doi.org/10.…`), whatever stands before it; empty where the text is none.

    Some hold `<`, `>` and `#`, which an address must spell out (www.doi.org/doi-handbook, 3.3).
    """
    if doi_id(text) is None:
        return ""
    return "https://doi.org/" + quote(text[text.index("10.") :].strip().rstrip(".,;"), safe="/:;()-._")
