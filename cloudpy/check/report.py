"""Run all checks of one function."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ..local.config_file import ConfigFile
from ..runtime.loader import DEFAULT
from . import (
    apis,
    await_rules,
    calls,
    database,
    dict_access,
    handler,
    imports,
    requirements,
    ruff,
    sdk,
    secrets,
    stdlib,
)
from .calls import ApiCall
from .finding import SEVERITIES, Finding
from .folder import Folder, size_findings
from .resolver import Resolver
from .source import read
from .triggers import trigger_findings


@dataclass(frozen=True, slots=True)
class Report:
    """The result of checking one folder.

    Attributes:
        folder: as passed to `check`.
        calls: each place that calls an API.
        findings: by file and line.
        notes: sentences about checks that were not run.
    """

    folder: str
    calls: tuple[ApiCall, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def count(self, severity: str) -> int:
        """Return the number of findings with this severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check(
    folder: str | os.PathLike[str],
    *,
    python: tuple[int, int] = (3, 10),
    handler_name: str = DEFAULT,
    packaged: bool = False,
) -> Report:
    """Check a function's folder without running its code.

    Args:
        folder: its path.
        python: the target version.
        handler_name: ``file.function``.
        packaged: the platform calls the entry that ``cloudpy package`` writes, which awaits the handler.

    Raises:
        LoadError: there is no such folder.
    """
    function = Folder(folder)
    config = ConfigFile(function.path)
    sources, findings = read(function)
    unreadable = {finding.file for finding in findings}
    resolver = Resolver(sources)
    api_calls, dynamic_calls = calls.find(resolver)
    findings += handler.findings(handler_name, sources, resolver, unreadable)
    if not packaged:
        findings += handler.undecorated_findings(handler_name, sources, resolver, function)
    findings += imports.findings(function, sources, resolver, handler_name, python)
    findings += sdk.findings(resolver)
    findings += database.findings(resolver)
    findings += dict_access.findings(resolver, handler_name)
    findings += apis.permission_findings(api_calls, dynamic_calls, config)
    findings += apis.parameter_findings(api_calls)
    findings += await_rules.findings(api_calls, resolver, handler_name.rpartition(".")[2])
    ruff_findings, note = ruff.check(function, sources, python)
    findings += ruff_findings
    findings += stdlib.findings(sources, resolver, python)
    findings += secrets.findings(sources, function)
    findings += trigger_findings(config)
    findings += requirements.findings(function, sources)
    findings += size_findings(function)
    ordered = sorted(
        dict.fromkeys(findings), key=lambda each: (each.file, each.line, SEVERITIES.index(each.severity), each.text)
    )
    return Report(os.fspath(folder), tuple(api_calls), tuple(ordered), (note,) if note else ())


def fix(report: Report) -> list[str]:
    """Add missing permissions to the config.json.

    Returns:
        The APIs that were added.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is invalid; the report has the error.
    """
    return ConfigFile(Folder(report.folder).path).allow(apis.callable_apis(list(report.calls)))
