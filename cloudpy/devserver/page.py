"""The page of the local cloud: its functions, their last invocations, what is wrong. Nothing from elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from .invocation import Invocation

if TYPE_CHECKING:
    from .cloud import LocalCloud
    from .function import Function

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32 }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1.1rem; margin: 0 }
section { border: 1px solid var(--line); border-radius: 8px; padding: .8rem 1rem; margin: 1rem 0 }
table { border-collapse: collapse; width: 100%; font-size: .9rem }
td, th { text-align: left; padding: .15rem .6rem .15rem 0; vertical-align: top }
pre, textarea, code { font: 13px/1.45 ui-monospace, monospace }
pre { overflow: auto; margin: .4rem 0; white-space: pre-wrap; overflow-wrap: anywhere }
textarea { width: 100%; box-sizing: border-box } .bad { color: var(--bad) } .good { color: var(--good) }
.call { color: GrayText; padding-left: 1rem } button, input { font: inherit }
"""
# Forms stay as they are while what is around them is fetched anew; results are put there as text, never as HTML.
_SCRIPT = """
async function refresh() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch("/")).text(), "text/html");
    const names = [...document.querySelectorAll("section[data-name]")].map(s => s.dataset.name).join("\\n");
    const now = [...page.querySelectorAll("section[data-name]")].map(s => s.dataset.name).join("\\n");
    if (names !== now) { location.reload(); return }
    for (const part of page.querySelectorAll("[data-live]")) {
      const mine = document.getElementById(part.id);
      if (mine && mine.innerHTML !== part.innerHTML) mine.innerHTML = part.innerHTML;
    }
  } catch { /* it has ended, or starts anew */ }
}
setInterval(refresh, 1000);
async function invoke(section, query, body) {
  const headers = {"Content-Type": "application/json"};
  const openid = section.querySelector("input").value.trim();
  if (openid) headers["x-wx-openid"] = openid;
  const address = "/" + encodeURIComponent(section.dataset.name) + query;
  const answer = await fetch(address, {method: "POST", headers, body});
  section.querySelector("output").textContent = answer.status + "  " + await answer.text();
  refresh();
}
document.addEventListener("click", click => {
  const button = click.target.closest("button");
  if (!button) return;
  const section = button.closest("section");
  if (button.dataset.trigger) invoke(section, "?trigger=" + encodeURIComponent(button.dataset.trigger), "");
  else invoke(section, "", section.querySelector("textarea").value);
});
"""


def policy(nonce: str) -> str:
    """The Content-Security-Policy of the page: its own script and style, its own server, no frame around it."""
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self';"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def page(cloud: LocalCloud, nonce: str) -> str:
    """The page as HTML; `nonce` is that of its policy."""
    functions = list(cloud.functions.values())
    body = "".join(_function(cloud, function, index) for index, function in enumerate(functions))
    if not functions:
        places = ", ".join(cloud.options.projects)
        body = f"<p>No function yet in {escape(places)}. <code>cloudpy new NAME</code> makes one.</p>"
    problems = "".join(f'<pre class="bad">{escape(problem)}</pre>' for problem in cloud.problems)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>cloudpy dev</title>
<meta name="viewport" content="width=device-width"><style nonce="{nonce}">{_STYLE}</style></head>
<body><h1>cloudpy dev</h1>
<p>Environment <code>{escape(cloud.backend.env)}</code>, local WeChat at <code>{escape(cloud.gateway)}</code></p>
<div id="problems" data-live>{problems}</div>
{body}
<script nonce="{nonce}">{_SCRIPT}</script></body></html>
"""


def _function(cloud: LocalCloud, function: Function, index: int) -> str:
    name = escape(function.name)
    error = function.error
    state = "broken" if error else function.instances.state
    shown = f'<pre class="bad">{escape(error)}</pre>' if error else ""
    timers = "".join(
        f'<button data-trigger="{escape(timer)}">timer {escape(timer)}</button> ' for timer in function.settings.timers
    )
    caller = escape(cloud.user(function.name).openid)
    return f"""<section data-name="{name}">
<div id="live-{index}" data-live><h2>{name} <small class="{"bad" if error else "good"}">{escape(state)}</small></h2>
<small><code>{escape(function.folder.path)}</code>, time limit {function.limit:g} s</small>{shown}
<table>{_invocations(cloud.history.of(function.name)[:10])}</table></div>
<details><summary>Invoke</summary><p><label>openid <input placeholder="{caller}"></label></p>
<textarea rows="3">{{}}</textarea><p><button>POST /{name}</button> {timers}</p><pre><output></output></pre></details>
</section>
"""


def _invocations(several: Iterable[Invocation]) -> str:
    return "".join(_invocation(one) for one in several)


def _invocation(one: Invocation) -> str:
    when = time.strftime("%H:%M:%S", time.localtime(one.started))
    if not one.kind:
        return f"<tr><td>{when}</td><td>{escape(one.openid or one.how)}</td><td></td><td>running</td></tr>"
    calls = "".join(
        f'<div class="call">{escape(call.api)} {escape(call.outcome)} {call.ms:.0f} ms</div>' for call in one.calls
    )
    stack = one.problem().get("stack") if one.failed else None
    more = f"<details><summary>traceback</summary><pre>{escape(str(stack))}</pre></details>" if stack else ""
    return (
        f"<tr><td>{when}</td><td>{escape(one.openid or one.how)}</td><td>{one.ms:.0f} ms</td>"
        f'<td class="{"bad" if one.failed else ""}">{escape(one.short())}{calls}{more}</td></tr>'
    )
