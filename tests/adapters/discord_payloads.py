"""The shapes in which Discord speaks: users, servers, messages, interactions, commands."""

import itertools
from collections.abc import Iterator
from typing import Any

from tests.adapters.discord_files import shown_embed

Json = dict[str, Any]

MEMBER_SINCE = "2026-01-01T00:00:00+00:00"
ALL_PERMISSIONS = "2248473465835089"


def user(snowflake: str, name: str, *, bot: bool = False) -> Json:
    return {
        "id": snowflake,
        "username": name,
        "discriminator": "0",
        "global_name": None,
        "avatar": None,
        "bot": bot,
        "flags": 0,
        "public_flags": 0,
        "primary_guild": None,
    }


def me(bot: Json) -> Json:
    return {**bot, "mfa_enabled": False, "locale": "en-US", "email": None, "verified": True}


def member(of: Json) -> Json:
    return {
        "user": of,
        "nick": None,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
        "roles": [],
        "joined_at": MEMBER_SINCE,
        "premium_since": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def application(bot: Json, owner: Json, servers: int) -> Json:
    return {
        "id": bot["id"],
        "name": "Paperbot",
        "icon": None,
        "description": "",
        "type": None,
        "bot": bot,
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": owner,
        "team": None,
        "approximate_guild_count": servers,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
    }


def guild(snowflake: str, channel: str, owner: Json, bot: Json) -> Json:
    return {
        "id": snowflake,
        "name": "Paper Club",
        "owner_id": owner["id"],
        "icon": None,
        "features": [],
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "system_channel_flags": 0,
        "roles": [_everyone(snowflake)],
        "emojis": [],
        "stickers": [],
        "channels": [text_channel(channel)],
        "threads": [],
        "members": [member(bot)],
        "member_count": 3,
        "large": False,
        "unavailable": False,
        "joined_at": MEMBER_SINCE,
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _everyone(guild_id: str) -> Json:
    return {
        "id": guild_id,
        "name": "@everyone",
        "permissions": ALL_PERMISSIONS,
        "position": 0,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def text_channel(snowflake: str) -> Json:
    return {
        "id": snowflake,
        "type": 0,
        "name": "papers",
        "position": 0,
        "permission_overwrites": [],
        "nsfw": False,
        "topic": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "parent_id": None,
    }


def direct_channel(snowflake: str, person: Json) -> Json:
    return {"id": snowflake, "type": 1, "last_message_id": None, "recipients": [person], "flags": 0}


def message(snowflake: str, channel: str, author: Json, body: Json, *, flags: int = 0) -> Json:
    made = {
        "id": snowflake,
        "channel_id": channel,
        "author": author,
        "content": body.get("content") or "",
        "timestamp": "2026-11-22T10:00:00.000000+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": body.get("attachments") or [],
        "embeds": [_shown_embed(embed) for embed in body.get("embeds") or []],
        "components": _numbered(body.get("components") or [], itertools.count(1)),
        "pinned": False,
        "type": 0,
        "flags": flags,
    }
    return {**made, "nonce": body["nonce"]} if body.get("nonce") else made


def _shown_embed(embed: Json) -> Json:
    return {"type": "rich", **{k: value for k, value in shown_embed(embed).items() if value is not None}}


def _numbered(components: list[Json], ids: Iterator[int]) -> list[Json]:
    return [
        {
            **component,
            "id": next(ids),
            **({"components": _numbered(component["components"], ids)} if "components" in component else {}),
        }
        for component in components
    ]


def registered_command(snowflake: str, application_id: str, body: Json) -> Json:
    return {
        **_without_empty(body),
        "id": snowflake,
        "application_id": application_id,
        "version": snowflake,
        "type": body.get("type", 1),
        "description": body.get("description", ""),
        "default_member_permissions": None,
        "dm_permission": True,
        "nsfw": False,
        "name_localizations": None,
        "description_localizations": None,
    }


def _without_empty(body: Json) -> Json:
    """Discord leaves out `required: false` and empty options when it lists commands."""
    kept = {key: value for key, value in body.items() if value not in (None, False, [])}
    if "options" in kept:
        kept["options"] = [_without_empty(option) for option in kept["options"]]
    return kept


def reaction(person: Json, emoji: str, *, channel: str, guild_id: str | None, message_id: str) -> Json:
    """The common part of MESSAGE_REACTION_ADD and MESSAGE_REACTION_REMOVE."""
    own = emoji.startswith(":")
    shown = {"id": "900000000000000001", "name": emoji.strip(":")} if own else {"id": None, "name": emoji}
    return {
        "user_id": person["id"],
        "channel_id": channel,
        "message_id": message_id,
        "emoji": shown,
        "burst": False,
        "type": 0,
        **({"guild_id": guild_id} if guild_id else {}),
    }


def interaction(snowflake: str, kind: int, data: Json, *, application_id: str, place: Json) -> Json:
    """INTERACTION_CREATE; `place` brings channel and person, in a server or in a direct message."""
    return {
        "id": snowflake,
        "application_id": application_id,
        "type": kind,
        "data": data,
        "token": f"interaction-{snowflake}",
        "version": 1,
        "app_permissions": ALL_PERMISSIONS,
        "locale": "en-US",
        "entitlements": [],
        "attachment_size_limit": 10485760,
        **place,
    }


def in_server(guild_id: str, channel: str, person: Json, permissions: str = ALL_PERMISSIONS) -> Json:
    return {
        "guild_id": guild_id,
        "guild": {"id": guild_id, "features": [], "locale": "en-US"},
        "guild_locale": "en-US",
        "channel_id": channel,
        "channel": {**text_channel(channel), "guild_id": guild_id, "permissions": ALL_PERMISSIONS},
        "member": {**member(person), "permissions": permissions},
        "authorizing_integration_owners": {"0": guild_id},
        "context": 0,
    }


def in_private(channel: str, person: Json) -> Json:
    return {
        "channel_id": channel,
        "channel": direct_channel(channel, person),
        "user": person,
        "authorizing_integration_owners": {"0": "0"},
        "context": 1,
    }
