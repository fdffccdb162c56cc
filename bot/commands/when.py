"""`/papers when`: days, time, time zone and size of a channel's digest."""

import re
from dataclasses import replace
from datetime import time
from difflib import get_close_matches
from zoneinfo import available_timezones

from bot.commands.desk import Desk, subscribed, subscription_or_new
from bot.commands.follow import next_text
from bot.errors import UserError
from bot.model import Message, Request, Subscription

_TIME = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s?(am|pm)?", re.IGNORECASE)
_SIZE = re.compile(r"(?:size|top)[ =]?(\d{1,3})|(\d{1,3}) ?papers?", re.IGNORECASE)
_SPAN = re.compile(r"([a-z]+)[-–]([a-z]+)", re.IGNORECASE)
_WORDS = {"daily": range(7), "everyday": range(7), "weekdays": range(5), "weekends": range(5, 7)}
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EXAMPLE = "For example: /papers when mon-fri 08:30 Europe/Berlin, or /papers when daily 7am 8 papers"
MOST_PAPERS = 25


def when(desk: Desk, request: Request) -> Message:
    """Without words: what is chosen. With words, in any order: choose."""
    if not request.text:
        return Message(next_text(desk, subscription_or_new(desk, request.channel)))
    chosen = _chosen(subscribed(desk, request.channel), request.text)
    chosen = replace(chosen, since=desk.now)
    desk.store.save_subscription(chosen)
    return Message(f"Done: {next_text(desk, chosen)}")


def _chosen(subscription: Subscription, text: str) -> Subscription:
    size = subscription.size
    if match := _SIZE.search(text):
        size = int(match[1] or match[2])
        text = text[: match.start()] + text[match.end() :]
        if not 1 <= size <= MOST_PAPERS:
            raise UserError(f"A digest has 1 to {MOST_PAPERS} papers, not {size}.")
    text = re.sub(r"\bevery\s+day\b", "daily", text, flags=re.IGNORECASE)
    days: set[int] = set()
    at, zone = subscription.cadence.at, subscription.cadence.zone
    for word in re.sub(r"(?<=\d)\s+(?=[ap]m\b)", "", text, flags=re.IGNORECASE).replace(",", " ").split():
        if found := _weekdays(word):
            days |= found
        elif match := _TIME.fullmatch(word):
            at = _time(match, word)
        elif word.casefold() not in {"at", "on", "every", "and", "in"}:
            zone = _zone(word)
    weekdays = tuple(sorted(days)) or subscription.cadence.weekdays
    return replace(
        subscription, size=size, cadence=replace(subscription.cadence, weekdays=weekdays, at=at, zone=zone)
    )


def _weekdays(word: str) -> set[int]:
    word = word.casefold()
    if word in _WORDS:
        return set(_WORDS[word])
    if (span := _SPAN.fullmatch(word)) and None not in (ends := (_day(span[1]), _day(span[2]))):
        first, last = (day for day in ends if day is not None)
        return {day % 7 for day in range(first, (last if last >= first else last + 7) + 1)}
    day = _day(word)
    return set() if day is None else {day}


def _day(word: str) -> int | None:
    found = [
        i for i, name in enumerate(_NAMES) if len(word) >= 3 and (name.startswith(word) or f"{name}s" == word)
    ]
    return found[0] if found else None


def _time(match: re.Match[str], word: str) -> time:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 24
    if hour > 23:
        raise UserError(f"“{word}” is not a time of day. {_EXAMPLE}")
    return time(hour, minute)


def _zone(word: str) -> str:
    zones = {zone.casefold(): zone for zone in available_timezones()}
    if word.casefold() in zones:
        return zones[word.casefold()]
    cities = {zone.rpartition("/")[2]: zone for zone in zones}
    near = get_close_matches(word.casefold(), [*zones, *cities], 1)
    hint = f"Did you mean {zones[cities.get(near[0], near[0])]}? " if near else ""
    raise UserError(f"I do not understand “{word[:60]}”. {hint}{_EXAMPLE}")
