"""The search index's folder: what it keeps, how it gets over damage, and who writes it."""

import json
import logging
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.ports import Query
from bot.search.catchup import catch_up
from bot.search.tantivy_index import TantivyIndex
from bot.store.memory import MemoryStore
from tests.contract.index_papers import words
from tests.store.samples import paper

COUNT = 300
PAPERS = [
    paper(number, abstract=f"words and more words {number % 7} " * 20, authors=("Ann Lee", f"Bob B{number}"))
    for number in range(COUNT)
]

INDEXING = """
import sys
from bot.search.tantivy_index import TantivyIndex
from tests.store.samples import paper
index = TantivyIndex(sys.argv[1])
index.clear(sys.argv[3])
for number in range(10_000):
    index.add([paper(number)], number + 1)
    print(index.position(), flush=True)
    if number + 1 == int(sys.argv[2]):
        sys.stdin.read()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "search"


@pytest.fixture
def store() -> MemoryStore:
    store = MemoryStore()
    store.add_papers(PAPERS)
    return store


def count(index: TantivyIndex) -> int:
    return len(index.search(words("matter"), 1000))


def filled(path: Path, store: MemoryStore) -> None:
    with closing(TantivyIndex(path)) as index:
        catch_up(index, store, batch=100)


def segment(path: Path, part: str) -> Path:
    return max((path / "words").glob(f"*.{part}"), key=lambda file: file.stat().st_size)


def test_everything_is_there_after_reopening(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    with closing(TantivyIndex(path)) as again:
        assert again.position() == COUNT
        assert count(again) == COUNT
        assert again.authors("lee", 1) == ["Ann Lee"]
        assert catch_up(again, store) == 0


def test_it_can_be_used_after_closing(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    index = TantivyIndex(path)
    assert index.position() == COUNT
    index.close()
    assert index.position() == COUNT
    index.close()


def test_large_batches_are_there_after_closing(path: Path, store: MemoryStore) -> None:
    with closing(TantivyIndex(path)) as index:
        index.add([paper(number) for number in range(1500)], 1500)
    with closing(TantivyIndex(path)) as again:
        assert again.position() == 1500
        assert len(again.search(words("matter"), 2000)) == 1500


def truncated(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 3])


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def overwritten(file: Path) -> None:
    file.write_bytes(b"\xff" * file.stat().st_size)


def changed_inside(file: Path) -> None:
    """One bit; beginning and end stay, so that the engine opens it."""
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 4
    file.write_bytes(bytes(content))


def removed(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("part", ["fast", "fieldnorm", "idx", "pos", "store", "term", "meta", "lexicon"])
@pytest.mark.parametrize("spoil", [truncated, emptied, overwritten, changed_inside, removed])
def test_a_spoilt_index_is_built_again(
    path: Path,
    store: MemoryStore,
    part: str,
    spoil: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    if (part, spoil) in {("meta", changed_inside), ("lexicon", changed_inside), ("lexicon", emptied)}:
        pytest.skip("nothing sums these up: an emptied lexicon only means position 0")
    filled(path, store)
    spoil(
        {"meta": path / "words" / "meta.json", "lexicon": path / "lexicon.db"}.get(part)
        or segment(path, part)
    )
    with closing(TantivyIndex(path)) as index, caplog.at_level(logging.WARNING):
        count(index)
        catch_up(index, store)
        assert count(index) == COUNT
        assert index.authors("lee", 1) == ["Ann Lee"]
    assert "built again" in caplog.text
    with closing(TantivyIndex(path)) as again:
        assert again.position() == COUNT


def test_an_emptied_lexicon_is_filled_again(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    (path / "lexicon.db").write_bytes(b"")
    with closing(TantivyIndex(path)) as index:
        catch_up(index, store)
        assert count(index) == COUNT
        assert index.authors("lee", 1) == ["Ann Lee"]


def test_another_form_is_built_again(
    path: Path, store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    filled(path, store)
    mark = path / "paperboy-index.txt"
    mark.write_text(mark.read_text().replace("form 3", "form 2"))
    with closing(TantivyIndex(path)) as index, caplog.at_level(logging.WARNING):
        assert index.position() == 0
        assert catch_up(index, store) == COUNT
    assert "of another form: it is built again" in caplog.text


def test_damage_while_it_is_open_is_got_over(path: Path, store: MemoryStore) -> None:
    with closing(TantivyIndex(path)) as index:
        catch_up(index, store)
        shutil.rmtree(path / "words")
        count(index)
        index.add(PAPERS[:1], COUNT + 1)
        assert index.position() == 0, "the 300 before it are gone too"
        catch_up(index, store)
        assert count(index) == COUNT


@pytest.mark.parametrize("asked_between", [False, True])
def test_words_that_were_removed_are_written_again(
    path: Path, store: MemoryStore, caplog: pytest.LogCaptureFixture, asked_between: bool
) -> None:
    with closing(TantivyIndex(path)) as writer, closing(TantivyIndex(path)) as reader:
        catch_up(writer, store)
        assert count(reader) == COUNT
        shutil.rmtree(path / "words")
        if asked_between:
            # A reader makes the folder again, and it looks whole.
            count(reader)
            reader.position()
        assert catch_up(writer, store) == COUNT
        assert count(writer) == count(reader) == COUNT
    assert "removed: it is built again" in caplog.text


def test_an_index_that_was_removed_while_it_is_written_is_made_again(path: Path, store: MemoryStore) -> None:
    with closing(TantivyIndex(path)) as index:
        catch_up(index, store)
        shutil.rmtree(path)
        store.add_papers([paper(COUNT)])
        assert catch_up(index, store) == COUNT + 1
        assert count(index) == COUNT + 1


def test_one_of_another_form_can_be_cleared(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    mark = path / "paperboy-index.txt"
    mark.write_text(mark.read_text().replace("form 3", "form 2"))
    with closing(TantivyIndex(path)) as index:
        index.clear()
        assert index.position() == 0
        assert catch_up(index, store) == COUNT


def test_what_another_process_began_anew_is_seen(path: Path, store: MemoryStore) -> None:
    with closing(TantivyIndex(path)) as reader:
        filled(path, store)
        assert count(reader) == COUNT
        shutil.rmtree(path)
        with closing(TantivyIndex(path)) as other:
            other.clear(store.identity())
            other.add(PAPERS[:2], 2)
        assert reader.position() == 2
        assert count(reader) == 2
        assert catch_up(reader, store) == COUNT - 2


def test_a_removed_folder_is_made_again(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    shutil.rmtree(path)
    filled(path, store)
    with closing(TantivyIndex(path)) as index:
        assert count(index) == COUNT


def test_what_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    folder, file = tmp_path / "photos", tmp_path / "search.db"
    folder.mkdir()
    (folder / "paris.jpg").write_text("a picture")
    file.write_text("a file")
    for path in (folder, file):
        index = TantivyIndex(path)
        for attempt in (index.position, lambda: index.add(PAPERS, 1), lambda: count(index), index.clear):  # noqa: B023
            with pytest.raises(StoreError, match="no search index but something else"):
                attempt()
        index.close()
    assert [one.name for one in folder.iterdir()] == ["paris.jpg"]
    assert file.read_text() == "a file"


def test_a_mark_of_somebody_else_is_left_alone(path: Path) -> None:
    path.mkdir()
    (path / "paperboy-index.txt").write_text("my notes")
    with pytest.raises(StoreError, match="no search index but something else"):
        TantivyIndex(path).position()


def test_a_missing_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"search index .*nowhere"):
        TantivyIndex(tmp_path / "nowhere" / "search").position()


def test_of_two_indexes_one_writes_and_the_other_follows(path: Path, store: MemoryStore) -> None:
    with closing(TantivyIndex(path)) as one, closing(TantivyIndex(path)) as other:
        assert (one.position(), other.position()) == (0, 0)
        assert catch_up(one, store) == COUNT
        assert other.position() == COUNT
        assert count(other) == COUNT
        store.add_papers([paper(COUNT)])
        assert catch_up(other, store) == 0, "the first one does it"
        assert not other.clear("another store"), "that is for the first one, too"
        assert (one.identity(), other.identity()) == (store.identity(), store.identity())
        one.close()
        assert catch_up(other, store) == 1
        assert count(other) == count(one) == COUNT + 1
        assert catch_up(one, store) == 0


def test_while_another_process_writes_it_sees_to_it_that_the_store_is_another(
    path: Path, store: MemoryStore
) -> None:
    other = MemoryStore()
    other.add_papers([paper(number) for number in range(COUNT, COUNT + 2)])
    with closing(TantivyIndex(path)) as writer, closing(TantivyIndex(path)) as reader:
        catch_up(writer, store)
        assert catch_up(reader, other) == 0, "it is ahead of that store, and not ours to empty"
        assert count(reader) == COUNT
        assert catch_up(writer, other) == 2
        assert count(writer) == count(reader) == 2
        assert reader.identity() == other.identity()
        assert catch_up(reader, other) == 0


@contextmanager
def indexing(path: Path, store: MemoryStore, until: int) -> Iterator[subprocess.Popen[str]]:
    """A process that indexes one paper after another, and waits after so many."""
    command = [sys.executable, "-c", INDEXING, str(path), str(until), store.identity()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def told(process: subprocess.Popen[str], position: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= position:
            return
    pytest.fail("the process ended")


def test_when_the_writer_is_killed_another_process_goes_on(path: Path, store: MemoryStore) -> None:
    with indexing(path, store, 5) as process, closing(TantivyIndex(path)) as index:
        told(process, 5)
        assert index.position() == 5
        assert catch_up(index, store) == 0
        assert count(index) == 5
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert catch_up(index, store) == COUNT - 5
        assert count(index) == COUNT


@pytest.mark.parametrize("after", [1, 2, 9])
def test_what_a_kill_leaves_is_completed(path: Path, store: MemoryStore, tmp_path: Path, after: int) -> None:
    with indexing(path, store, -1) as process:
        told(process, after)
        process.send_signal(signal.SIGKILL)
    with closing(TantivyIndex(path)) as index, closing(TantivyIndex(tmp_path / "fresh")) as fresh:
        assert index.position() >= after
        catch_up(index, store)
        catch_up(fresh, store)
        for query in (Query(), words("matter")):
            kept, anew = ({hit.paper for hit in one.search(query, 20_000)} for one in (index, fresh))
            assert kept >= anew
        assert index.authors("lee", 1) == fresh.authors("lee", 1)


def test_what_a_kill_leaves_of_clearing_is_cleared(path: Path, store: MemoryStore) -> None:
    """The lexicon is emptied first; the engine's part of another store is all there then."""
    other = MemoryStore()
    other.add_papers([paper(number) for number in range(COUNT, COUNT + 9)])
    filled(path, other)
    with closing(sqlite3.connect(path / "lexicon.db")) as lexicon, lexicon:
        lexicon.execute("UPDATE progress SET identity = '', position = 0")
    with closing(TantivyIndex(path)) as index:
        assert count(index) == 9
        assert catch_up(index, store) == COUNT == count(index)


def test_an_interrupted_removal_is_seen(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    (path / "lexicon.db").unlink()
    with closing(TantivyIndex(path)) as index:
        assert index.position() == 0
        assert catch_up(index, store) == COUNT
        assert count(index) == COUNT


def test_the_engine_marks_its_files_as_this_reads_them(path: Path, store: MemoryStore) -> None:
    filled(path, store)
    segments = json.loads((path / "words" / "meta.json").read_text())["segments"]
    assert len(segments) >= 1
    assert sum(one["max_doc"] for one in segments) >= COUNT
