"""What is asked and what is said."""

from dataclasses import dataclass
from datetime import date

from bot.model.ids import Channel, PaperId, UserId
from bot.model.papers import Link


@dataclass(frozen=True, slots=True)
class Button:
    """Pressing it is a Reaction by the presser; or, where it has a `command`, a Request with that text.

    A command has at most 90 characters, because a platform keeps it inside the button's id.
    """

    label: str
    reaction: str = ""
    paper: PaperId = PaperId("")  # noqa: RUF009 (a NewType is the text itself)
    on: bool = True
    command: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and what it shows, for those who cannot see it."""

    png: bytes
    description: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a paper was posted before, on which day there, and how many people like it there.

    `earlier_year`: the day is of a year before the one in which this is told, and is told with its year.
    """

    channel: Channel
    day: date
    likes: int = 0
    earlier_year: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One paper inside a message. Plain text only; a renderer escapes, shortens and lays it out.

    `buttons`: empty for the three votes (👍, 👎, 🔖). `marks` are words as they stand in title or summary, to be shown
    emphasised there. `posted` is where it was posted before.
    """

    paper: PaperId
    title: str
    url: str = ""
    byline: str = ""
    summary: str = ""
    reason: str = ""
    links: tuple[Link, ...] = ()
    number: int | None = None
    buttons: tuple[Button, ...] = ()
    marks: tuple[str, ...] = ()
    posted: tuple[Standing, ...] = ()


@dataclass(frozen=True, slots=True)
class Picker:
    """A field in which a person types and is offered completions of `command`; choosing one asks that command."""

    label: str
    command: str


@dataclass(frozen=True, slots=True)
class Message:
    """The only thing the bot can say: plain text and cards, no dialect's markup.

    `verbatim` is text to copy as it is (BibTeX), shown in fixed width below the text.
    """

    text: str = ""
    heading: str = ""
    cards: tuple[Card, ...] = ()
    buttons: tuple[Button, ...] = ()
    picture: Picture | None = None
    picker: Picker | None = None
    verbatim: str = ""


@dataclass(frozen=True, slots=True)
class Typing:
    """What a person has typed so far after `/papers COMMAND`."""

    channel: Channel
    user: UserId
    command: str
    text: str


@dataclass(frozen=True, slots=True)
class Completion:
    """What a person may mean: how it is shown, and what stands after the command once it is chosen.

    Each has 1 to 100 characters.
    """

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Request:
    """One asking: `text` is what follows `/papers`, such as `search speculative decoding`.

    `manages` is False where the platform says that the person may not manage the channel.
    """

    channel: Channel
    user: UserId
    text: str
    manages: bool = True


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What a platform needs to offer a command: `/papers NAME ARGUMENT`.

    `argument` is empty where the command takes none; `required` says whether it may be left out. `example` is
    an argument as a person would type it. `completes`: the Inbox offers completions of what is being typed.
    `about_message`: the label under which a platform offers it for a message (at most 24 characters), where it has such
    menus; the argument then is the paper that the message shows, or the message's text.
    """

    name: str
    summary: str
    argument: str = ""
    required: bool = False
    example: str = ""
    completes: bool = False
    about_message: str = ""
