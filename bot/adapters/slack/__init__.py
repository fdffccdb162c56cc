"""Slack: slack-bolt over Socket Mode, no public address needed."""

from bot.adapters.slack.platform import SlackPlatform

__all__ = ["SlackPlatform"]
