"""``cloudpy api``: parameters, results and errors of each cloud-callable API."""

from __future__ import annotations

import json

import click

from .completion import complete_apis
from .console import echo


@click.group()
def api() -> None:
    """Look up the APIs of cloud call: names, parameters, results, errors."""


@api.command("list")
@click.argument("what", required=False, metavar="[NAMESPACE|WORD]", shell_complete=complete_apis)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list of {name, summary, summary_zh}.")
def list_(what: str | None, as_json: bool) -> None:
    """List all APIs, or those that match.

    NAMESPACE lists the APIs in it; WORD those with the word in their name or summary, in English or Chinese.
    """
    from cloudpy import contracts

    from .api_page import listing

    rows = contracts.find(_bare(what) if what else "")
    if what and not rows:
        raise click.ClickException(f"no API has {_bare(what)!r}; {_hint(_bare(what))}")
    if as_json:
        echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        echo(listing(rows))


@api.command()
@click.argument("name", shell_complete=complete_apis)
@click.option("--json", "as_json", is_flag=True, help="Print the contract as JSON, schemas included.")
def show(name: str, as_json: bool) -> None:
    """Show parameters, result and errors of an API.

    The page ends with an example call. NAME is as in `cloud.openapi.NAME(…)`, such as `cloudbase.getOpenData`.
    """
    from cloudpy import contracts

    from .api_page import page

    name = _bare(name)
    contract = contracts.described(name)
    if contract is None:
        refused = contracts.refusal(name)
        raise click.ClickException(
            f"{name}: {refused}" if refused else f"no contract describes {name!r}; {_hint(name)}"
        )
    echo(json.dumps(contracts.plain(contract), ensure_ascii=False, indent=2) if as_json else page(contract))


def _bare(name: str) -> str:
    """Return a name without ``cloud.`` and ``openapi.``."""
    return name.removeprefix("cloud.").removeprefix("openapi.")


def _hint(name: str) -> str:
    from .. import contracts
    from .._wire.suggest import question

    near = contracts.nearest(name)
    return question(near) if near else "`cloudpy api list` has all names"
