"""What can go wrong, by who can mend it."""

from collections.abc import Sequence


class BotError(Exception):
    """Anything Paperboy raises on purpose. Its text holds no token, webhook address or message text."""


class UserError(BotError):
    """The person asking can fix it; the text is shown to them and says what to type next."""


class SettingsError(BotError):
    """The operator can fix it. Raised at start-up with every problem at once."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class StoreError(BotError):
    """The database failed or refused."""


class SourceError(BotError):
    """A paper source failed.

    `retry_after` is in seconds, None where the source named none; `status` is the HTTP status, 0 where that was not
    what failed.
    """

    def __init__(
        self, source: str, reason: str, *, retry_after: float | None = None, status: int = 0
    ) -> None:
        self.source = source
        self.reason = reason
        self.retry_after = retry_after
        self.status = status
        super().__init__(f"{source}: {reason}")


class PlatformError(BotError):
    """A chat platform refused or failed.

    `permanent` states that the same call will never work (channel gone, token revoked).
    `retry_after` is in seconds, None where the platform named none. `unsure` states that nobody can tell whether
    the call took effect all the same (the connection broke before the answer). `about_us` states that the platform
    refuses the bot as a whole (a wrong token), which says nothing about the channel.
    """

    def __init__(
        self,
        platform: str,
        reason: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        unsure: bool = False,
        about_us: bool = False,
    ) -> None:
        self.platform = platform
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after
        self.unsure = unsure
        self.about_us = about_us
        super().__init__(f"{platform}: {reason}")
