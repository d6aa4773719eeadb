"""``cloudpy replay``: invoke everything in a recording again."""

from __future__ import annotations

import http.client
import json
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import click

from .console import FAILED, UnusableError, echo
from .dev import PORT

if TYPE_CHECKING:
    from ..devserver import recordings


@click.command(
    epilog="""\
\b
Examples:
  cloudpy dev --record session.jsonl
  cloudpy replay session.jsonl
  cloudpy replay .cloudpy/recordings/login.jsonl --url http://127.0.0.1:8901

\b
Exit codes: 0 every function returned, 1 a function failed or was skipped,
2 usage error, 130 interrupted with Ctrl-C.
"""
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--url",
    default=f"http://127.0.0.1:{PORT}",
    show_default=True,
    metavar="URL",
    help="Address of a running cloudpy dev.",
)
@click.option("--function", metavar="NAME", help="Replay only the invocations of this function.")
def replay(file: str, url: str, function: str | None) -> None:
    """Invoke everything in FILE again, one after another, as the same users.

    FILE is what `cloudpy dev --record` or the console has recorded. A `cloudpy dev` must be running. Secrets are masked
    in recordings: invocations with one are skipped.
    """
    from ..devserver import recordings
    from ..devserver.replay import is_masked

    try:
        entries = [entry for entry in recordings.read(file) if function in (None, entry.function)]
    except recordings.RecordingError as error:
        raise UnusableError(str(error)) from None
    counts = {"ok": 0, "failed": 0}
    for entry in entries:
        who = entry.openid or "–"
        if is_masked(entry.event):
            echo(f"{entry.function}  {who}  skipped: its event had a secret, which is masked with ***", err=True)
            continue
        is_ok, text = _post(url, entry)
        counts["ok" if is_ok else "failed"] += 1
        echo(f"{entry.function}  {who}  {text}", fg=None if is_ok else "red")
    done, skipped = sum(counts.values()), len(entries) - sum(counts.values())
    outcome = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "none"
    echo(f"{done} of {len(entries)} replayed: {outcome}{f'; {skipped} skipped' if skipped else ''}", err=True)
    sys.exit(FAILED if counts["failed"] or skipped else 0)


def _post(url: str, entry: recordings.Entry) -> tuple[bool, str]:
    """Invoke a function; return whether it returned a result, and the result or the error on one line."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        raise click.UsageError(f"--url must be the address of a cloudpy dev, such as http://127.0.0.1:{PORT}")
    identity = {"x-wx-openid": entry.openid, "x-wx-unionid": entry.unionid}
    headers = {"Content-Type": "application/json", **{name: value for name, value in identity.items() if value}}
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=900)
    try:
        connection.request("POST", f"/{quote(entry.function)}", json.dumps(entry.event).encode(), headers)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"no `cloudpy dev` answers at {url}: {reason}; start one, or pass --url") from None
    finally:
        connection.close()
    if answer.status == 200:
        return True, text
    try:
        problem = json.loads(text)
        return False, f"{problem['errCode']} {problem['errMsg']}"
    except (ValueError, KeyError, TypeError):
        return False, f"HTTP status {answer.status}"
