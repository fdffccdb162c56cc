"""`/papers when`: days, time, time zone and size of a channel's digest."""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import time
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import available_timezones

from bot.commands.desk import Desk, subscribed, subscription_or_new
from bot.commands.follow import schedule_text
from bot.errors import UserError
from bot.model import Message, Request, Subscription

_TIME = re.compile(r"(\d{1,2})(?:[:.]([0-5]\d)|(?<=\d\d)([0-5]\d))?(am|pm)?", re.IGNORECASE | re.ASCII)
_SIZE = re.compile(r"(?:size|top)[ =]?(\d{1,3})\b|\b(\d{1,3}) ?papers?", re.IGNORECASE)
_SPAN = re.compile(r"([a-z]+)[-–]([a-z]+)", re.IGNORECASE)
_WORDS = {"daily": range(7), "everyday": range(7), "weekdays": range(5), "weekends": range(5, 7)}
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SMALL = {"at", "on", "every", "and", "in"}
_NEVER = {"off", "never", "stop", "none"}
_REGIONS = "africa america antarctica asia atlantic australia europe indian pacific".split()
_PLACES = {
    "EST": "America/New_York has",
    "MST": "America/Denver has",
    "HST": "Pacific/Honolulu has none either",
    "GMT": "Europe/London has",
}
_EXAMPLE = "For example: /papers when mon-fri 08:30 Europe/Berlin, or /papers when daily 7am 8 papers"
MOST_PAPERS = 25


def when(desk: Desk, request: Request) -> Message:
    """Without words: what is chosen. With words, in any order: choose."""
    if not request.text:
        now = schedule_text(desk, subscription_or_new(desk, request.channel))
        return Message(f"{now}. To choose: /papers when mon-fri 08:30 Europe/Berlin 8 papers")
    before = subscription_or_new(desk, request.channel)
    chosen = _chosen(before, request.text)
    subscribed(desk, request.channel)
    if chosen.cadence != before.cadence:
        chosen = replace(chosen, since=desk.now)
    desk.store.save_subscription(chosen)
    done = f"Done: {schedule_text(desk, chosen)}.{_without_summer(chosen.cadence.zone)}"
    return Message(f"{done} /papers today shows a preview.")


def _without_summer(zone: str) -> str:
    """A warning for a name that people say all year round, and that means the winter's time only."""
    return f" {zone} has no summer time; {_PLACES[zone]}." if zone in _PLACES else ""


def _chosen(subscription: Subscription, text: str) -> Subscription:
    _refuse_unclear(text)
    size, text = _size(text, subscription.size)
    days: set[int] = set()
    times: list[time] = []
    zones: list[str] = []
    for word in _split(text):
        if found := _weekdays(word):
            days |= found
        elif match := _TIME.fullmatch(word):
            times.append(_time(match, word))
        elif word.casefold() not in _SMALL:
            zones.append(_zone(word))
    if len(set(times)) > 1 or len(set(zones)) > 1:
        raise UserError(f"A digest comes at one time, in one time zone. {_EXAMPLE}")
    cadence = subscription.cadence
    weekdays = tuple(sorted(days)) or cadence.weekdays
    at, zone = [*times, cadence.at][0], [*zones, cadence.zone][0]
    return replace(subscription, size=size, cadence=replace(cadence, weekdays=weekdays, at=at, zone=zone))


def _refuse_unclear(text: str) -> None:
    bare = text.strip()
    if bare.casefold() in _NEVER:
        raise UserError("/papers pause stops the digests.")
    if re.fullmatch(r"\d{1,2}", bare, re.ASCII):
        raise UserError(f"{bare} what? /papers when {bare} papers, or /papers when {bare}:00")


def _size(text: str, usual: int) -> tuple[int, str]:
    """How many papers, and the text without that."""
    match = _SIZE.search(text)
    if match is None:
        return usual, text
    size = int(match[1] or match[2])
    if not 1 <= size <= MOST_PAPERS:
        raise UserError(f"A digest has 1 to {MOST_PAPERS} papers, not {size}.")
    return size, f"{text[: match.start()]} {text[match.end() :]}"


def _split(text: str) -> list[str]:
    """Words; `7 am`, `every day` and the name of a city of several words are one each."""
    text = re.sub(r"\bevery\s+day\b", "daily", text, flags=re.IGNORECASE)
    text = re.sub(r"(?<=\d)\s+(?=[ap]m\b)", "", text, flags=re.IGNORECASE)
    words, cities = text.replace(",", " ").split(), _cities()
    for length in (3, 2):
        for i in range(len(words) - length + 1):
            joined = "_".join(words[i : i + length])
            if joined.casefold() in cities:
                return [*words[:i], joined, *words[i + length :]]
    return words


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
    hour, minute, half = int(match[1]), int(match[2] or match[3] or 0), (match[4] or "").casefold()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 24
    if hour > 23:
        raise UserError(f"“{word}” is not a time of day. {_EXAMPLE}")
    return time(hour, minute)


@lru_cache(maxsize=1)
def _cities() -> dict[str, list[str]]:
    """The zones of each city, by its folded name (`new_york`)."""
    cities: dict[str, list[str]] = defaultdict(list)
    for zone in sorted(available_timezones()):
        region, _, rest = zone.partition("/")
        if rest and region.casefold() in _REGIONS:
            cities[rest.rpartition("/")[2].casefold()].append(zone)
    return cities


def _zone(word: str) -> str:
    zones = {zone.casefold(): zone for zone in available_timezones()}
    if word.casefold() in zones:
        return zones[word.casefold()]
    cities = _cities()
    if len(found := cities.get(word.casefold(), [])) == 1:
        return found[0]
    near = get_close_matches(word.casefold(), [*zones, *cities], 1, 0.8)
    meant = found or [zones.get(name) or cities[name][0] for name in near]
    hint = f"Did you mean {' or '.join(meant)}? " if meant else ""
    raise UserError(f"I do not understand “{word[:60]}”. {hint}{_EXAMPLE}")
