"""Make a small language model of texts, where no better one is at hand: latent semantic analysis as model2vec saves it.

usage: python -m benchmarks.static_model FOLDER TEXTS… [--dimensions N]

TEXTS are files of JSON lines, also gzipped, whose `title` and `abstract` or `text` are read. Each word's vector is its
place in the latent space times its rarity; a text is the mean of its words. It knows which words stand together in
these texts, and nothing else of language: a stand-in by which the way is tried, not what a real model would reach.
"""

import argparse
import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from model2vec import StaticModel
from sklearn.feature_extraction.text import TfidfVectorizer
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import WordLevel

from bot.recommend.vectors import right_singular

_WORD = r"\w+"


def texts_in(file: Path) -> Iterator[str]:
    for row in lines_of(file):
        yield f"{row.get('title') or ''}\n{row.get('abstract') or row.get('text') or ''}"


def lines_of(file: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, filter(str.strip, lines))


def save_model(folder: Path, texts: Sequence[str], dimensions: int = 256, rarest: int = 4) -> None:
    """Words that stand in fewer than `rarest` texts, or in a fifth of all, say nothing to it."""
    counted = TfidfVectorizer(
        token_pattern=_WORD,
        sublinear_tf=True,
        min_df=rarest,
        max_df=0.2,
        max_features=40_000,
        dtype=np.float32,
    )
    rows = counted.fit_transform(texts)
    places, _ = right_singular(rows, dimensions)
    vectors = np.vstack([np.zeros(places.shape[1]), places * counted.idf_[:, None]])
    StaticModel(vectors.astype(np.float32), _tokenizer(counted.get_feature_names_out())).save_pretrained(
        folder
    )


def _tokenizer(words: Sequence[str]) -> Tokenizer:
    made = Tokenizer(WordLevel({word: i for i, word in enumerate(["[UNK]", *words])}, "[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Split(Regex(_WORD), "removed", invert=True)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("texts", type=Path, nargs="+")
    parser.add_argument("--dimensions", type=int, default=256)
    given = parser.parse_args()
    save_model(given.folder, [text for file in given.texts for text in texts_in(file)], given.dimensions)
