"""Write the pages and files that are derived from the code, or say which of them are stale."""

import argparse
import asyncio
import io
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from importlib import import_module
from itertools import groupby
from pathlib import Path

from rich.console import Console as Screen

from bot.adapters.console import CHANNEL
from bot.commands import COMMANDS, Command
from bot.commands.help import usage
from bot.demo import TOPIC, open_stage, sample_areas
from bot.model import Message
from bot.recommend import WORTH
from bot.search import analysis, ranking, similar
from bot.search.archive import FEW, ORDER_WEIGHT, RANKED
from bot.search.language import FIELDS, Field
from bot.search.query import MOST_TERMS, MOST_WORDS
from bot.settings import Description, describe, describe_secrets, describe_sections

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # a script sees its own folder only
from docs.picture import picture  # noqa: E402


def default_toml() -> str:
    """config/paperboy.toml: every key with its default, commented with its doc."""
    head = _comment(
        "Paperboy's settings: every key with its default. Delete what you do not change. Secrets (tokens) are never "
        "in here but in the environment, see example.env. Each key can also be set there: digest.size is "
        "PAPERBOY_DIGEST__SIZE. Written by docs/generate.py."
    )
    return "\n".join([*head, *_toml_lines()]) + "\n"


def _toml_lines() -> Iterator[str]:
    purposes = describe_sections()
    for section, keys in _by_section():
        yield from ("", *_comment(purposes[section]), f"[{section}]")
        for key in keys:
            yield from ("", *_comment(f"{key.doc} Value: {key.type}."), f"{key.key} = {key.default}")


def example_env() -> str:
    """config/example.env: the secrets' names, all of them unset."""
    head = _comment(
        "Paperboy's secrets. Copy this file to .env, which git ignores, and fill in what you use; an empty one counts "
        "as not set. Load it with: set -a; . ./.env; set +a. Each also goes by NAME_FILE, the path of a file that "
        "holds the secret: SLACK_BOT_TOKEN_FILE=/run/secrets/slack_bot_token. Written by docs/generate.py."
    )
    secrets = [line for name, doc in describe_secrets().items() for line in ("", *_comment(doc), f"{name}=")]
    return "\n".join([*head, *secrets]) + "\n"


def settings_page() -> str:
    """docs/settings.md: every key and every secret, for reading."""
    return "\n".join([_SETTINGS_HEAD, *_settings_lines(), *_secret_lines()]) + "\n"


_SETTINGS_HEAD = """\
<!-- Written by docs/generate.py from bot/settings.py: change it there. -->
# Settings

Everything has a default; `config/paperboy.toml` lists all of them. What comes later in this list overrides what came
before:

1. the defaults;
2. TOML files, in their order: those given with `--config`, or else those that `PAPERBOY_CONFIG` names (separated as in
   `PATH`), or else `config/paperboy.toml` where it exists;
3. environment variables: the key `size` of `[digest]` is `PAPERBOY_DIGEST__SIZE`. Lists are separated by commas
   (`mon,tue,wed`), switches are `true` or `false` (also `yes`, `no`, `1`, `0`). An empty variable counts as not set;
4. `--store`, for the database alone.

Secrets come from the environment only. A key or variable that Paperboy does not know, and a value that does not
fit, are refused at start-up, all of them at once."""


def _settings_lines() -> Iterator[str]:
    purposes = describe_sections()
    for section, keys in _by_section():
        yield from ("", f"## [{section}]", "", purposes[section], "")
        yield from ("| Key | Default | What it may be | What it is for |", "|---|---|---|---|")
        for key in keys:
            yield f"| `{key.key}` | `{key.default}` | {_cell(key.type)} | {_cell(key.doc)} |"


def _secret_lines() -> Iterator[str]:
    yield from ("", "## Secrets", "")
    yield "Each also goes by its name with `_FILE` added: the path of a file that holds the secret."
    yield from ("", "| Variable | What it is for |", "|---|---|")
    for name, doc in describe_secrets().items():
        yield f"| `{name}` | {_cell(doc)} |"


def commands_page() -> str:
    """docs/commands.md: everything that can be asked, on every platform."""
    return (
        "\n".join([_COMMANDS_HEAD, *(line for command in COMMANDS for line in _command_lines(command))])
        + "\n"
    )


def _emoji(fits: Callable[[float], bool]) -> str:
    return " ".join(emoji for emoji, worth in WORTH.items() if fits(worth))


_COMMANDS_HEAD = f"""\
<!-- Written by docs/generate.py from bot/commands/: change it there. -->
# Commands

The same on every platform: `/papers NAME …`. Replies are shown to the asker alone. In the terminal demo they are typed
the same way. A paper is named by its number in the latest digest, its arXiv id, DOI or address, or words of its title;
what all will see or cite is asked back where these words fit several.

Reactions need no command. Put one of these on a paper's message, or press its buttons; taking it off takes the rating
back.

- for it: {_emoji(lambda worth: worth == 1.0)}
- saved, and nearly as good: {_emoji(lambda worth: 0 < worth < 1)} (`/papers saved` lists your 🔖 and 📌)
- against it: {_emoji(lambda worth: worth < 0)}"""


def _command_lines(command: Command) -> Iterator[str]:
    yield from ("", f"## `/papers {usage(command.spec)}`", "", f"{command.spec.summary}.")
    if command.examples:
        yield from ("", *(f"- `/papers {example}`" for example in command.examples))


def search_page() -> str:
    """docs/search.md: the query language, from the parser's own table."""
    return "\n".join([_SEARCH_HEAD, *map(_field_line, FIELDS.values()), "", _SEARCH_END])


_SEARCH_HEAD = """\
<!-- Written by docs/generate.py from bot/search/language.py: change it there. -->
# How to search

`/papers search …` looks in the whole archive: in titles (which count most), abstracts, summaries, keywords, authors and
labs. No question is an error: a field that is not known is searched as words, a value that means nothing (a day that
cannot be, a category that arXiv lacks) is left out, and the answer says so.

| Written | Finds |
|---|---|
| `speculative decoding` | papers with one of these words, those with more and rarer ones first |
| `"scaling laws"` | papers where these words stand next to one another |
| `-survey`, `-"a survey"` | only papers without it |
| `2401.01234`, a DOI, an address | that paper, asked of its source if the archive lacks it |

Words are found in any form (`networks`, `network`), with or without accents and capitals; Greek letters are their names
(`β-catenin`, `beta catenin`). What hyphens join is found whole and split: a paper with `GPT-4` is found by `GPT-4`,
`GPT4` and `GPT 4`, though each puts others first. A paper that writes `AlphaFold` is best found by that word; where
titles know it and no `alpha-fold`, it is offered to who asks for the second.

A word before a colon says where to look, a minus sign before it what is not wanted. Values with spaces stand in quotes.

| Field | Value | Finds papers of which this holds | For example |
|---|---|---|---|"""

_SEARCH_END = f"""\
Fields narrow a question down together; several categories or sources in one field are alternatives. A day is when a
paper was published, or where nobody told that, announced. Without any words, the latest papers come first. A text of
more than {MOST_TERMS} words was probably pasted: its first {MOST_WORDS} words are searched at most, and fields count at
its beginning and end only. Where fewer than {FEW} papers have the phrases that were asked for, papers with some of
their words follow.

A category one letter off of a single one of arXiv's is taken as that. Where few papers have a word or a name, one that
is spelt nearly like it is offered, if so many more have it that a slip is likelier than a rare word.

## In which order

The index finds candidates by BM25 over one text of each paper, in which the title stands {analysis.TITLE_WEIGHT} times;
of what a hyphen joins, the whole counts {analysis.JOINED_WEIGHT:g} and each part 1. The best {RANKED} are then put in
order. What speaks for a paper is measured in standard deviations over these {RANKED}, and added:

| What | Counts |
|---|---|
| the index's score | 1 |
| likeness of spelling: runs of 3 to 5 characters of the question, in title and abstract | {ranking.GRAMS_WEIGHT:g} |
| the share of the question's words that stand in the title | {ranking.TITLE_WEIGHT:g} |
| all that was typed stands in the title, in that order (not in deviations) | {ranking.NAMED_BONUS:g} |
| age: 1 today, half of that with every year (not in deviations) | {ranking.RECENCY_WEIGHT:g} |
| upvotes, stars and citations, on a logarithmic scale up to 1,000 (not in deviations) | {ranking.COMMUNITY_WEIGHT:g} |
| `order:us`: the place the channel's taste gives it | {ORDER_WEIGHT:g} |

The two boosts decide between papers that fit about equally well, and never more. `like PAPER` asks for the paper's
{similar.MOST_ASKED} most telling words and orders by BM25 in which each word counts what it is worth in that paper.
"""


def _field_line(row: Field) -> str:
    examples = ", ".join(f"`{one}`" for one in row.examples)
    return f"| `{row.name}:` | {_cell(row.value)} | {_cell(row.means)} | {_cell(examples)} |"


def _by_section() -> Iterator[tuple[str, Iterator[Description]]]:
    return groupby(describe(), key=lambda key: key.section)


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        text, 100, initial_indent="# ", subsequent_indent="# ", break_long_words=False, break_on_hyphens=False
    )


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;")


def digest_picture() -> str:
    """docs/digest.svg: the demo's second morning, as a chat shows it."""
    return picture(asyncio.run(_second_morning()))


async def _second_morning() -> list[Message]:
    async with open_stage(Screen(file=io.StringIO())) as stage:
        await stage.console.handle("/papers when daily 3 papers", stage.app)
        await stage.next_morning()
        await stage.judge(stage.hits(sample_areas(), TOPIC))
        await stage.next_morning()
        return [post.message for post in stage.app.parts.store.posts(CHANNEL, stage.now.date())]


_QUOTED = re.compile(r"`(?P<module>\w+)\.(?P<name>_?[A-Z][A-Z_]+)` \([^)]*\)")


def learning_page() -> str:
    """docs/how-it-learns.md as it stands, its quoted constants those of the code."""
    return quoting((ROOT / "docs" / "how-it-learns.md").read_text("utf-8"))


def quoting(text: str) -> str:
    """With the code's value behind each constant that is quoted as `module.NAME` (value). Raises AttributeError."""
    return _QUOTED.sub(lambda quote: f"`{quote['module']}.{quote['name']}` ({_value(*quote.groups())})", text)


def _value(module: str, name: str) -> str:
    package = "bot" if module == "studying" else "bot.recommend"
    value = getattr(import_module(f"{package}.{module}"), name)
    if isinstance(value, timedelta):
        return f"{value.days} days"
    return f"{value:,}" if isinstance(value, int) else f"{value:,g}"


PAGES: dict[str, Callable[[], str]] = {
    "docs/commands.md": commands_page,
    "docs/search.md": search_page,
    "docs/how-it-learns.md": learning_page,
    "docs/digest.svg": digest_picture,
    "config/paperboy.toml": default_toml,
    "config/example.env": example_env,
    "docs/settings.md": settings_page,
}


def stale(root: Path) -> list[str]:
    """The pages under `root` that are absent or not what would be written now."""
    return [page for page, text in PAGES.items() if _read(root / page) != text().encode()]


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def write(root: Path) -> list[str]:
    """Write the stale pages under `root`, and name them."""
    pages = stale(root)
    for page in pages:
        (root / page).parent.mkdir(parents=True, exist_ok=True)
        (root / page).write_bytes(PAGES[page]().encode())
    return pages


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """The exit code: 1 where `--check` found a stale page."""
    parser = argparse.ArgumentParser(prog="docs/generate.py", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 naming the stale ones")
    check = parser.parse_args(arguments).check
    pages = stale(root) if check else write(root)
    for page in pages:
        print(f"{page} is stale: run python docs/generate.py" if check else f"wrote {page}")
    return int(check and bool(pages))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
