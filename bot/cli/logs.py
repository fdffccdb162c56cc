"""What the operator reads on standard error."""

import json
import logging
from datetime import UTC, datetime

from bot.settings import Settings


def configure_logging(settings: Settings, debug: bool, level: str = "") -> None:
    """To standard error; vendors' libraries only from warnings on: their debug lines hold payloads."""
    handler = logging.StreamHandler()
    text = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    handler.setFormatter(JsonLines() if settings.log.json else logging.Formatter(text))
    chosen = logging.DEBUG if debug else (level or settings.log.level).upper()
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("bot").setLevel(chosen)


class JsonLines(logging.Formatter):
    """One JSON object per line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, where, what; the traceback where there is one."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "from": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
