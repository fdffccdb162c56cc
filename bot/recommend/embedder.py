"""A language model out of a folder on this machine: texts become vectors. The one place that knows the libraries."""

import importlib
import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

import numpy as np

from bot.errors import SettingsError
from bot.recommend.vectors import Array, unit

_KEY = "taste.semantic_model"
_ENDS = 2**20
"""So many bytes of a file's beginning and end tell two models apart."""
_AT_ONCE = 8
_NOT_WANTED = ["*.onnx", "onnx/*", "openvino/*", "*.h5", "*.ot", "*.msgpack", "*.ckpt", "*.gguf"]
"""What no library here reads, and what may be several times as large as the rest."""


class Embedder(Protocol):
    """Texts to vectors. `name` tells models apart: other vectors, another name. Safe from many threads."""

    name: str
    dimensions: int

    def embed(self, texts: Sequence[str]) -> Array:
        """(len(texts), dimensions), each of length 1; one that says nothing to the model is 0. At least one text."""


def embedder_from_settings(model: str, download: bool) -> Embedder:
    """The model in that folder, or of that name if it may be downloaded. Takes a second to a minute.

    Raises SettingsError where the folder, a library or the model itself is missing.
    """
    folder = Path(model).expanduser()
    if not folder.is_dir():
        if not download:
            raise SettingsError(
                [
                    f"{_KEY}: {model} is no folder. Put a model there, or set taste.semantic_download to true "
                    "if it is a name and may be downloaded"
                ]
            )
        folder = _downloaded(model)
    try:
        return _StaticModel(folder) if _is_static(folder) else _Transformer(folder)
    except (OSError, ValueError, KeyError, RuntimeError) as error:
        raise SettingsError(
            [f"{_KEY}: {folder} holds no model that can be read ({_short(error)})"]
        ) from error


class _StaticModel:
    """model2vec: the mean of the words' own vectors; thousands of papers per second."""

    def __init__(self, folder: Path) -> None:
        library = _library("model2vec", "pip install '.[semantic]' in the checkout")
        self._model = library.StaticModel.from_pretrained(folder, force_download=False)
        self.name, self.dimensions = _name_of(folder), int(self._model.dim)

    def embed(self, texts: Sequence[str]) -> Array:
        """As Embedder."""
        found = self._model.encode(list(texts), use_multiprocessing=False)
        return unit(np.asarray(found, np.float32).reshape(len(texts), self.dimensions))


class _Transformer:
    """sentence-transformers: reads whole sentences; some papers per second and processor."""

    def __init__(self, folder: Path) -> None:
        library = _library("sentence_transformers", "pip install sentence-transformers")
        # Only what lies in the folder: no look at a hub, no code that came with the model.
        self._model = library.SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self.name, self._reading = _name_of(folder), Lock()
        self.dimensions = int(self._model.encode(["paper"], show_progress_bar=False).shape[1])

    def embed(self, texts: Sequence[str]) -> Array:
        """As Embedder."""
        found = [self._read(texts[start : start + _AT_ONCE]) for start in range(0, len(texts), _AT_ONCE)]
        return unit(np.asarray(np.vstack(found), np.float32))

    def _read(self, some: Sequence[str]) -> Array:
        # Two threads may not use one tokenizer at once. A search waits for a few texts, not for a batch of papers.
        with self._reading:
            found = self._model.encode(list(some), batch_size=_AT_ONCE, show_progress_bar=False)
        return np.asarray(found).reshape(len(some), self.dimensions)


def _is_static(folder: Path) -> bool:
    """Whether model2vec can read it. Both libraries list a model's parts in modules.json, older ones do not."""
    modules = folder / "modules.json"
    if modules.exists():
        parts = json.loads(modules.read_text("utf-8"))
        return bool(parts) and "StaticEmbedding" in str(parts[0]["type"])
    config = folder / "config.json"
    return config.exists() and json.loads(config.read_text("utf-8")).get("model_type") == "model2vec"


def _library(name: str, command: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise SettingsError([f"{_KEY}: {name} is not installed. Type: {command}"]) from error


def _downloaded(name: str) -> Path:
    hub = _library("huggingface_hub", "pip install '.[semantic]' in the checkout")
    try:
        return Path(hub.snapshot_download(name, ignore_patterns=_NOT_WANTED))
    except Exception as error:  # the hub's library passes on whatever its own ones raise
        raise SettingsError([f"{_KEY}: {name} could not be downloaded ({_short(error)})"]) from error


def _short(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__


def _name_of(folder: Path) -> str:
    """From what is in the folder, not from its path: a model that is moved stays what it is."""
    found = blake2b(digest_size=8)
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in _TELLING):
        size = file.stat().st_size
        found.update(f"{file.relative_to(folder).as_posix()}\n{size}\n".encode())
        with file.open("rb") as opened:
            found.update(opened.read(_ENDS))
            opened.seek(max(size - _ENDS, 0))
            found.update(opened.read(_ENDS))
    return found.hexdigest()


_TELLING = {".json", ".txt", ".model", ".safetensors", ".bin"}
