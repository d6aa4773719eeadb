"""Write the address of the repository into the pages that print an install line.

    python scripts/address.py [--check]    (make address)

The address is `ADDRESS` in cloudpy/distribution. Without one, the pages install from a clone next to the
reader's folder.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from cloudpy.distribution import ADDRESS, NAME  # noqa: E402

_CLONE = "../cloudpy"
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
_LINE = re.compile(
    rf"(?P<command>(?:pip|pipx|uv tool) install|uv add|uvx --from) "
    rf"(?P<quote>\"?)(?:{NAME}(?P<a>\[[\w,]+\])? @ git\+[^\s\"]+|\.\./cloudpy(?P<b>\[[\w,]+\])?)(?P=quote)"
)


def written(text: str, address: str = ADDRESS) -> str:
    """Return a page with the install lines for an address."""

    def line(match: re.Match[str]) -> str:
        extras = match["a"] or match["b"] or ""
        target = f"{NAME}{extras} @ git+{address}" if address else f"{_CLONE}{extras}"
        return f'{match["command"]} "{target}"' if address or extras else f"{match['command']} {target}"

    return _LINE.sub(line, text)


def lines(text: str) -> list[str]:
    """Return the install lines of a page."""
    return [match[0] for match in _LINE.finditer(text)]


def main(arguments: list[str]) -> int:
    """Write the pages; with --check only name those that differ."""
    changed = [page for page in PAGES if written(page.read_text("utf-8")) != page.read_text("utf-8")]
    for page in changed:
        print(f"{page.relative_to(ROOT)}: another address")
        if "--check" not in arguments:
            page.write_text(written(page.read_text("utf-8")), "utf-8")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
