"""The command that measures: `paperboy evaluate`."""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from bot.cli.options import Options
from bot.cli.terminal import clock, closing_store, echo
from bot.errors import UserError
from bot.model import Channel, channel_from_text
from bot.settings import Settings
from bot.studying import Studying

# What takes long to load is loaded by the command that needs it.
if TYPE_CHECKING:
    from rich.table import Table

    from bot.evaluate import Evaluation
    from bot.ports import Recommender, Store

BASELINES = ("newest", "random")
_MEASURES = {
    "hit_rate": "hit rate",
    "ndcg": "nDCG",
    "auc": "AUC",
    "balanced_accuracy": "balanced accuracy",
}


@click.command(short_help="Measure the picks on this installation's own history.")
@click.option(
    "--channel", "channels", multiple=True, metavar="ID", help="Only this one, such as slack:T1/C1."
)
@click.option(
    "--against",
    multiple=True,
    metavar="NAME",
    help="Another recommender to measure: linear or words. newest and random always are.",
)
@click.option("--days", type=click.IntRange(1, 3650), help="Only the last so many days.")
@click.option(
    "--most",
    type=click.IntRange(1),
    default=1000,
    show_default=True,
    help="How many questions to ask of each kind; where there are more, as many are drawn.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
@click.pass_obj
def evaluate(
    options: Options,
    channels: tuple[str, ...],
    against: tuple[str, ...],
    days: int | None,
    most: int,
    as_json: bool,
) -> None:
    """Choose this installation's past digests again and compare with what people liked.

    Beside the recommender that serves the channels stand newest first and chance. Nothing is sent or learned.
    """
    from bot.evaluate import evaluate as measure
    from bot.evaluate import history_of

    settings, now = options.settings(), clock()
    since = (now - timedelta(days=days)).date() if days else None
    chosen = [_channel(text) for text in channels]
    recommenders = _recommenders(settings, against)
    with closing_store(settings) as store:
        _all_subscribed(store, chosen)
        for recommender in recommenders.values():
            # How words are used, and not what channels like: among that is what is to be guessed.
            Studying(store, recommender, lambda: now, crowd=False).study()
        history = history_of(store, now, settings.digest.window_days, chosen)
        found = measure(store, history, recommenders, since, most)
    if as_json:
        echo(True, asdict(found), "")
    else:
        _print(found)


def _channel(text: str) -> Channel:
    try:
        return channel_from_text(text)
    except ValueError as error:
        raise UserError(str(error)) from error


def _all_subscribed(store: "Store", channels: Iterable[Channel]) -> None:
    for channel in channels:
        if store.subscription(channel) is None:
            raise UserError(f"{channel} has not subscribed, so it has no history")


def _recommenders(settings: Settings, against: Iterable[str]) -> "dict[str, Recommender]":
    """Each once, the one that serves first."""
    from bot.build import meaning_of, recommender_of
    from bot.recommend.named import RECOMMENDERS

    for name in against:
        if name not in RECOMMENDERS:
            raise UserError(
                f"--against {name}: there is no such recommender; choose of {', '.join(RECOMMENDERS)}"
            )
    others = dict.fromkeys([*against, *BASELINES])
    return {"current": recommender_of(settings, meaning_of(settings))} | {
        name: RECOMMENDERS[name]() for name in others
    }


def _print(found: "Evaluation") -> None:
    from rich.console import Console as Screen

    from bot.evaluate.report import credit_text

    screen = Screen(highlight=False, markup=False, width=None if sys.stdout.isatty() else 110)
    if not any(row.trials for row in found.rows):
        screen.print("Nothing to measure yet: no rated paper of a digest is in this database.")
    else:
        screen.print(_about(found))
        for protocol in dict.fromkeys(row.protocol for row in found.rows):
            screen.print(_table(found, protocol))
        screen.print(
            "In brackets: 95 % intervals. Only papers that were shown could be liked, which favours what chose them."
        )
    for credit in found.credits:
        screen.print(credit_text(credit))


def _about(found: "Evaluation") -> str:
    gone = f"; {found.left_out} of them cannot be asked any more" if found.left_out else ""
    asked = sum(row.trials for row in found.rows if row.recommender == "current") + found.left_out
    channels = f"{found.channels} channel{'' if found.channels == 1 else 's'}"
    return f"{channels}, {found.first} to {found.last}: {asked} of {found.asked} questions drawn{gone}."


def _table(found: "Evaluation", protocol: str) -> "Table":
    from rich.table import Table

    rows = [row for row in found.rows if row.protocol == protocol]
    table = Table("", *_MEASURES.values(), title=f"{protocol}, {rows[0].trials} trials", title_justify="left")
    for row in rows:
        table.add_row(row.recommender, *(_cell(row.measures.get(name)) for name in _MEASURES))
    return table


def _cell(estimate: Any) -> str:
    return f"{estimate.value:.2f} [{estimate.low:.2f}–{estimate.high:.2f}]" if estimate else "–"
