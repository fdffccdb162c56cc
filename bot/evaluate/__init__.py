"""How good the picks are, from an installation's own history: replays, interleaving's credit, a channel's report."""

from bot.evaluate.replay import Evaluation, History, Row, evaluate, history_of
from bot.evaluate.report import Report, Week, message, report_message, report_of

__all__ = [
    "Evaluation",
    "History",
    "Report",
    "Row",
    "Week",
    "evaluate",
    "history_of",
    "message",
    "report_message",
    "report_of",
]
