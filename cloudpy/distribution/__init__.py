"""How to install this package, for everything that prints or writes it: errors, `cloudpy new`, README.

`ADDRESS` is the one place that names the repository. As long as it is empty, lines refer to where the running copy was
installed from. No line names the distribution alone: on an index, anybody could register that name.
"""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

from .._version import VERSION

NAME = "wx-cloudpy"
ADDRESS = ""  # https://…, of the Git repository; empty until there is one. Then run `make address`
_ROOT = Path(__file__).resolve().parents[2]  # of a clone


def requirement(address: str | None = None) -> str:
    """Return a requirement that pip and uv can install; empty if it is not known where this copy came from.

    Args:
        address: of the repository, by default `ADDRESS`.
    """
    address = ADDRESS if address is None else address
    if address:
        tag = f"@v{VERSION}" if VERSION.replace(".", "").isdigit() else ""
        return f"{NAME} @ git+{address}{tag}"
    url = origin()
    return f"{NAME} @ {url}" if url else ""


def requirements_txt(*more: str) -> str:
    """Return the text of a requirements.txt with this package and `more` requirements."""
    line = requirement()
    first = "cloudpy, from where this copy was installed" if line else f"{NAME}: add the address to install it from"
    return "\n".join([f"# {first}; `cloudpy package` takes the installed copy", *([line] if line else []), *more, ""])


def origin() -> str:
    """Return the URL that this copy was installed from: a clone, a wheel, a Git address; empty if from an index."""
    try:
        text = metadata.distribution(NAME).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return _ROOT.as_uri() if (_ROOT / "pyproject.toml").is_file() else ""
    try:
        found: dict[str, Any] = json.loads(text or "{}")
        url, vcs = str(found.get("url", "")), found.get("vcs_info")
        if vcs:
            return f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    except (ValueError, KeyError, AttributeError, TypeError):
        return ""
    return url
