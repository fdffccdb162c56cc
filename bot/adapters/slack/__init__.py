"""Slack: slack-bolt over Socket Mode, no public address needed, or over HTTP behind a load balancer."""

from bot.adapters.slack.http import SlackHttpPlatform
from bot.adapters.slack.platform import SlackPlatform

__all__ = ["SlackHttpPlatform", "SlackPlatform"]
