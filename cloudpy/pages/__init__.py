"""HTML pages of the developer tools: Jinja2 templates and one style sheet.

A page needs nothing beside it: style and script are inline, and nothing is fetched from elsewhere. Every value is
escaped. Jinja2 is imported with the first page.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent


def render(template: str, /, **values: Any) -> str:
    """Return a page.

    Args:
        template: name of a file in ``templates``, such as ``compare.html``.
        values: variables of the template. ``nonce`` is put on style and script, for a Content-Security-Policy.

    Raises:
        jinja2.UndefinedError: the template uses a variable that is missing.
    """
    return _environment().get_template(template).render(values)


@functools.cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["nonce"] = ""
    return environment
