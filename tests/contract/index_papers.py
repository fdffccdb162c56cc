"""Papers and questions for a search index."""

from datetime import date

from bot.model import Paper, PaperId
from bot.ports import Query, SearchIndex, Words


def about(number: int, title: str, abstract: str = "", **fields: object) -> Paper:
    return Paper(id=PaperId(f"arxiv:2601.{number:05}"), title=title, abstract=abstract, **fields)  # type: ignore[arg-type]


PAPERS = [
    about(
        1,
        "Speculative decoding for transformers",
        "We draft tokens with a small model, the state of the art.",
        categories=("cs.CL", "cs.LG"),
        sources=("arxiv",),
        published_on=date(2026, 1, 5),
    ),
    about(
        2,
        "Graph networks",
        "Attention is not needed; transformers are mentioned, decoding is not speculative.",
        categories=("cs.LG",),
        sources=("arxiv", "huggingface"),
        announced_on=date(2026, 1, 9),
    ),
    about(
        3,
        "Protein folding at scale",
        "A study of molecules.",
        authors=("Émile Zola", "Grace Brewster Hopper"),
        categories=("q-bio.BM",),
        sources=("biorxiv",),
        published_on=date(2025, 12, 31),
        announced_on=date(2026, 2, 1),
    ),
    about(
        4,
        "GPT-4 and its class",
        "Large models in 3D.",
        summary="What it can do.",
        keywords=("benchmarking",),
        authors=("Grace Kelly", "John Hopper"),
        published_on=date(2026, 1, 5),
    ),
    about(5, "Die Größe der Modelle", "Über naïve Ansätze und eﬃcient coding; β-VAE in a café."),
]
NUMBERS = {paper.id: number for number, paper in enumerate(PAPERS, start=1)}


def words(*texts: str) -> Query:
    """These words, anywhere."""
    return Query(wanted=tuple(map(Words, texts)))


def phrase(text: str) -> Query:
    return Query(wanted=(Words(text, phrase=True),))


def ids(index: SearchIndex, query: Query, limit: int = 10, offset: int = 0) -> list[PaperId]:
    return [hit.paper for hit in index.search(query, limit, offset)]


def found(index: SearchIndex, query: Query, limit: int = 10, offset: int = 0) -> list[int]:
    """The numbers of what is found, in its order."""
    return [NUMBERS[one] for one in ids(index, query, limit, offset)]
