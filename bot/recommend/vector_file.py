"""Vectors that took long to compute, kept in a file: records of a key and a vector, only ever appended.

Several processes of one machine may share the file. What a process that was killed left half written is ignored by
readers, and cut off by whoever appends next. It may be deleted at any time: everything in it can be computed again.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock
from typing import IO

import numpy as np

from bot.errors import SettingsError
from bot.recommend.meaning import KEY_BYTES
from bot.recommend.vectors import Array

_AT_ONCE = 2048
"""So many vectors are turned into 32-bit numbers at a time: they stay in the processor's cache."""


def vector_file_at(place: str, model: str, dimensions: int) -> "VectorFile":
    """The file of that model whose path begins with `place`; in memory where that is empty. Raises SettingsError."""
    path = Path(f"{place}.{model}.vectors").expanduser() if place else None
    try:
        return VectorFile(path, dimensions)
    except OSError as error:
        raise SettingsError(
            [f"taste.semantic_vectors: {path} cannot be written ({error.strerror})"]
        ) from error


class VectorFile:
    """Vectors (dimensions,) by keys of 16 bytes, rounded to 16 bits a number. Safe from many threads."""

    def __init__(self, path: Path | None, dimensions: int) -> None:
        """`path` None: a file that is gone at the end. Raises OSError."""
        self._record = np.dtype([("key", f"V{KEY_BYTES}"), ("vector", "<f2", (dimensions,))])
        self._file: IO[bytes] = path.open("a+b", buffering=0) if path else TemporaryFile("a+b", buffering=0)  # noqa: SIM115
        self._lock, self._appending = Lock(), Lock()
        self._row: dict[bytes, int] = {}
        self._kept: Array = np.zeros(0, self._record)
        self.catch_up()

    def __len__(self) -> int:
        return len(self._kept)

    def row(self, key: bytes) -> int:
        """Where its vector is, for as long as the process lives; -1 where there is none."""
        return self._row.get(key, -1)

    def vectors(self, rows: Array) -> Array:
        """(len(rows), dimensions) of rows that are there."""
        return np.asarray(self._kept["vector"][rows], np.float32)

    def cosines(self, vector: Array) -> Array:
        """(rows there are,): each vector times that one (dimensions,); for vectors of length 1 their cosines."""
        kept = self._kept["vector"]
        found = np.empty(len(kept), np.float32)
        for start in range(0, len(kept), _AT_ONCE):
            found[start : start + _AT_ONCE] = kept[start : start + _AT_ONCE].astype(np.float32) @ vector
        return found

    def append(self, keys: Sequence[bytes], vectors: Array) -> None:
        """Keep these, whose keys are new; only within `alone`. Raises OSError where the disk is full."""
        records = np.zeros(len(keys), self._record)
        records["key"] = [np.void(key) for key in keys]
        records["vector"] = vectors
        os.ftruncate(self._file.fileno(), len(self) * self._record.itemsize)
        self._file.write(records.tobytes())
        self.catch_up()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Wait for other processes and threads that append; begin with all that they appended."""
        with self._appending:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                self.catch_up()
                yield
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def catch_up(self) -> None:
        """See what other processes appended."""
        with self._lock:
            known, count = len(self._kept), self._size() // self._record.itemsize
            if count > known:
                self._kept = np.memmap(self._file, self._record, "r", shape=(count,))
                keys = self._kept["key"][known:].tolist()
                self._row |= {key: known + i for i, key in enumerate(keys)}

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size
