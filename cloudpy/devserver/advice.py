"""What the local WeChat has to say about a call: why it refused it, what is wrong with its parameters."""

from __future__ import annotations

import logging

from .reporter import Terminal

_LOGGER = "cloudpy.local"


class Advice(logging.Handler):
    """Hands it on to the terminal, once installed."""

    def __init__(self, terminal: Terminal) -> None:
        super().__init__(logging.DEBUG)
        self._terminal = terminal

    def install(self) -> None:
        logger = logging.getLogger(_LOGGER)
        logger.setLevel(logging.DEBUG)  # it speaks low when somebody observes it
        logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Writes the message; one request more or less, which a child of the logger tells, is no advice."""
        if record.name == _LOGGER:
            self._terminal.problem(self.format(record))
