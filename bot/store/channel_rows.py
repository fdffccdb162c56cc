"""Values ↔ rows of what channels asked for and how people steer them. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import time
from typing import Any

from bot.model import (
    Cadence,
    Change,
    Feed,
    Filters,
    Interest,
    PaperId,
    Steering,
    Subscription,
    UserId,
    channel_from_text,
)
from bot.store.rows import (
    Row,
    day_from_text,
    field_names,
    json_text,
    optional_text,
    optional_time,
    text_from_time,
    texts_from_json,
    time_from_text,
)


def row_from_subscription(subscription: Subscription) -> Row:
    """(channel, since, weekdays, at, zone, size, paused, filters, wild_cards, reset_at, reports)."""
    cadence = subscription.cadence
    return (
        str(subscription.channel),
        text_from_time(subscription.since),
        json_text(cadence.weekdays),
        cadence.at.isoformat(),
        cadence.zone,
        subscription.size,
        subscription.paused,
        json_from_filters(subscription.filters),
        subscription.wild_cards,
        optional_text(subscription.reset_at),
        int(subscription.reports),
    )


def subscription_from_row(row: Row, interests: Sequence[Interest]) -> Subscription:
    """The inverse of `row_from_subscription`; interests have rows of their own."""
    channel, since, weekdays, at, zone, size, paused, filters, wild_cards, reset_at, reports = row
    return Subscription(
        channel=channel_from_text(channel),
        since=time_from_text(since),
        interests=tuple(interests),
        cadence=Cadence(tuple(json.loads(weekdays)), time.fromisoformat(at), zone),
        size=size,
        paused=paused,
        filters=_filters_from_json(filters),
        wild_cards=wild_cards,
        reset_at=optional_time(reset_at),
        reports=bool(reports),
    )


def json_from_filters(filters: Filters) -> str:
    """One JSON object, named like the fields; what lets everything through is left out."""
    return json_text(_chosen(filters))


def _chosen(filters: Filters) -> dict[str, Any]:
    return {name: chosen for name, chosen in asdict(filters).items() if chosen}


def _filters_from_json(text: str) -> Filters:
    """The inverse of `json_from_filters`; what it does not name lets everything through."""
    return Filters() if text == "{}" else _filters(json.loads(text))


def _filters(known: Mapping[str, Any]) -> Filters:
    return Filters(**{name: tuple(known.get(name) or ()) for name in field_names(Filters)})


def row_from_interest(interest: Interest) -> Row:
    """(folded, name, category, paper, author, lab, papers, share, muted_until, pinned)."""
    return (
        interest.name.casefold(),
        interest.name,
        interest.category,
        interest.paper,
        interest.author,
        interest.lab,
        json_text(interest.papers),
        interest.share,
        interest.muted_until and interest.muted_until.isoformat(),
        int(interest.pinned),
    )


def interest_from_row(row: Row) -> Interest:
    """From (name, category, paper, author, lab, papers, share, muted_until, pinned)."""
    name, category, paper, author, lab, papers, share, muted_until, pinned = row
    return Interest(
        name=name,
        category=category,
        paper=None if paper is None else PaperId(paper),
        author=author,
        lab=lab,
        papers=tuple(map(PaperId, texts_from_json(papers))),
        share=share,
        muted_until=day_from_text(muted_until),
        pinned=bool(pinned),
    )


def row_from_feed(feed: Feed) -> Row:
    """(channel, url, title, added_at)."""
    return str(feed.channel), feed.url, feed.title, text_from_time(feed.added_at)


def feed_from_row(row: Row) -> Feed:
    """The inverse of `row_from_feed`."""
    channel, url, title, added_at = row
    return Feed(channel_from_text(channel), url, title, time_from_text(added_at))


def row_from_change(change: Change) -> Row:
    """(channel, user, at, what, before, after)."""
    return (
        str(change.channel),
        change.user,
        text_from_time(change.at),
        change.what,
        _json_from_steering(change.before),
        _json_from_steering(change.after),
    )


def change_from_row(row: Row) -> Change:
    """The inverse of `row_from_change`."""
    channel, user, at, what, before, after = row
    return Change(
        channel=channel_from_text(channel),
        user=UserId(user),
        at=time_from_text(at),
        what=what,
        before=_steering_from_json(before),
        after=_steering_from_json(after),
    )


def _json_from_steering(steering: Steering) -> str:
    """One JSON object, named like the fields; each interest is its row."""
    return json_text(
        {
            "interests": [row_from_interest(one)[1:] for one in steering.interests],
            "filters": _chosen(steering.filters),
            "wild_cards": steering.wild_cards,
            "reset_at": optional_text(steering.reset_at),
        }
    )


def _steering_from_json(text: str) -> Steering:
    """The inverse of `_json_from_steering`."""
    known: Mapping[str, Any] = json.loads(text)
    return Steering(
        interests=tuple(map(interest_from_row, known["interests"])),
        filters=_filters(known["filters"]),
        wild_cards=known["wild_cards"],
        reset_at=optional_time(known["reset_at"]),
    )
