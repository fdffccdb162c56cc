"""The folder that a search index lives in: whether it is ours, whole, and whose turn it is to write."""

import fcntl
import json
import shutil
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.errors import StoreError
from bot.search import progress

_MARK = "paperboy-index.txt"
_FORM = "Paperboy's search index, form 3. It is made of the database and may be deleted at any time.\n"
_OURS = "Paperboy's search index"
_PARTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_FOOTER = struct.Struct("<II")
_MAGIC = 1337
_CHUNK = 1 << 20


class IndexFolder:
    """A folder at `path`, made where there is none. Raises StoreError where something else is there, and leaves it.

    In it: `words/` (the engine's), `lexicon.db`, and a lock that dies with the process that holds it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.words = path / "words"
        self.lexicon = path / "lexicon.db"

    def make(self) -> bool:
        """See to it that it is there and ours; False where it is of another form and has to be emptied."""
        try:
            self.path.mkdir(exist_ok=True)
            return self._claimed()
        except NotADirectoryError:
            raise self._foreign() from None
        except OSError as error:
            if self.path.exists() and not self.path.is_dir():
                raise self._foreign() from error
            raise StoreError(f"search index {self.path}: {error.strerror or error}") from error

    def _claimed(self) -> bool:
        mark = self.path / _MARK
        if mark.is_file():
            text = mark.read_text("utf-8", errors="replace")
            if text and not text.startswith(_OURS):
                raise self._foreign()
            return text == _FORM
        if any(self.path.iterdir()):
            raise self._foreign()
        self._sign()
        return True

    def _sign(self) -> None:
        (self.path / _MARK).write_text(_FORM, "utf-8")

    def _foreign(self) -> StoreError:
        return StoreError(f"{self.path} is no search index but something else; choose another place for it")

    def empty(self) -> None:
        """Remove what is ours in it. Whoever calls this holds the lock."""
        # The lexicon knows how far we are: it goes first, so that half a removal is seen.
        progress.remove(self.lexicon)
        if self.words.exists():
            shutil.rmtree(self.words)
        self._sign()

    def is_whole(self) -> bool:
        """Whether all the engine's files are there, as they were written; reads each to its end.

        Only for who holds the lock: others may see files come and go. The engine itself would not look, and
        stops the whole process when it merges damaged files.
        """
        try:
            kept = json.loads((self.words / "meta.json").read_text("utf-8"))
            return self.lexicon.exists() and all(map(_is_whole, self._files(kept)))
        except FileNotFoundError:
            return not self.words.exists() and not self.lexicon.exists()
        except (ValueError, TypeError, KeyError, AttributeError, OSError, struct.error):
            return False

    def _files(self, kept: dict[str, list[dict[str, object]]]) -> Iterator[Path]:
        for segment in kept["segments"]:
            name = str(segment["segment_id"]).replace("-", "")
            yield from (self.words / f"{name}.{part}" for part in _PARTS)
            if deletes := segment["deletes"]:
                yield self.words / f"{name}.{deletes['opstamp']}.del"  # type: ignore[index]

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Hold the lock meanwhile; False where another process, or another index of this one, does."""
        lock = self.take()
        try:
            yield lock is not None
        finally:
            if lock is not None:
                lock.close()

    def take(self) -> IO[bytes] | None:
        """Hold the lock until the file is closed or the process ends; None where it is held."""
        try:
            file = (self.path / "writer.lock").open("ab")
        except OSError as error:
            raise StoreError(f"search index {self.path}: {error.strerror or error}") from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file


def _is_whole(path: Path) -> bool:
    """Whether the checksum at the end of one of the engine's files is that of the rest."""
    with path.open("rb") as file:
        size = file.seek(-_FOOTER.size, 2)
        length, magic = _FOOTER.unpack(file.read())
        if magic != _MAGIC or length > size:
            return False
        file.seek(size - length)
        wanted = json.loads(file.read(length))["crc"]
        file.seek(0)
        left, found = size - length, 0
        while left:
            chunk = file.read(min(left, _CHUNK))
            found, left = zlib.crc32(chunk, found), left - len(chunk)
    return bool(found == wanted)
