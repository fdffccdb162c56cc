"""What becomes of a batch of papers, where no store can be brought to it."""

from bot.alike import spelling_id
from bot.identity import merged, title_id
from bot.ports import Added
from bot.store.shelf import Shelf, incoming
from tests.store.samples import paper

TITLE = "A colourful study of the neighbourhoods of unlabelled graphs"
KNOWN = paper(1, title=TITLE)


def shelf_of_old() -> Shelf:
    """A paper that was stored before there were ids of spellings."""
    stored = merged(KNOWN, KNOWN)
    return Shelf({1: stored}, {KNOWN.id: 1, title_id(TITLE): 1}, number=1, position=1)


def test_an_unchanged_paper_gets_the_ids_of_its_title_that_it_lacks() -> None:
    shelf = shelf_of_old()
    assert shelf.add([incoming(KNOWN)]) == Added(unchanged=1)
    assert (shelf.renamed, shelf.position) == ({spelling_id(TITLE): 1}, 1)
    shelf.renamed.clear()
    assert shelf.add([incoming(KNOWN)]) == Added(unchanged=1)
    assert shelf.renamed == {}


def test_an_id_of_a_title_that_somebody_has_stays_there() -> None:
    shelf = shelf_of_old()
    other = paper(2, title="Something else altogether, and nothing like it at all")
    shelf.papers[2], shelf.aliases[other.id], shelf.aliases[spelling_id(TITLE)] = merged(other, other), 2, 2
    shelf.add([incoming(KNOWN)])
    assert shelf.renamed == {}
