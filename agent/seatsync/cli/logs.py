"""What the program writes about itself, on stderr."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("human", "json")

_HUMAN = "%(asctime)s %(levelname)-7s %(message)s"
_QUIET = ("alembic", "apscheduler", "httpcore", "httpx", "uvicorn")
"""Their own lines repeat ours, or carry addresses with what was asked; shown from WARNING on."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message and, if there is one, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of one record."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def set_up_logs(level: str, line_format: str) -> None:
    """Send everything of `level` and above to stderr, as `human` or `json` lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        JsonLines() if line_format == "json" else logging.Formatter(_HUMAN, "%H:%M:%S")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
