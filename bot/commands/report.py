"""`/papers report`: how well the picks of this channel did."""

from bot.commands.desk import Desk, subscribed, subscription_or_new
from bot.errors import UserError
from bot.model import Message, Request

_NONE = "Reports are not available here."


def report(desk: Desk, request: Request) -> Message:
    """Without words: whether it comes each month. `on`, `off`, or `now`: show it."""
    wanted = request.text.casefold()
    if wanted == "now":
        return desk.report(request.channel) if desk.report else Message(_NONE)
    if not wanted:
        comes = subscription_or_new(desk, request.channel).reports
        said = "comes with the first digest of a month" if comes else "does not come by itself"
        other = "off ends that" if comes else "on changes that"
        return Message(f"The report {said}. /papers report {other}, /papers report now shows it.")
    if wanted not in {"on", "off"}:
        raise UserError(f"I do not understand “{request.text[:60]}”. For example: /papers report now")
    subscribed(desk, request.channel)
    desk.store.save_reports(request.channel, wanted == "on")
    if wanted == "off":
        return Message("No more monthly reports. /papers report now shows one at any time.")
    return Message(
        "A report comes with the first digest of each month. /papers report now shows one at once."
    )
