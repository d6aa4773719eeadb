"""All that is said of one function."""

from __future__ import annotations

import os
from dataclasses import dataclass

from . import (
    calls,
    database,
    handler,
    imports,
    loading,
    parameters,
    permissions,
    raw_upload,
    sdk,
    secrets,
    triggers,
    upload,
    version,
    waiting,
)
from .calls import ApiCall
from .config_file import ConfigFile
from .finding import SEVERITIES, Finding
from .folder import Folder
from .meaning import Meaning
from .source import read

DEFAULT_HANDLER = "index.main"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one folder.

    Attributes:
        folder: as it was given.
        calls: each place that calls an API.
        findings: by file and line.
    """

    folder: str
    calls: tuple[ApiCall, ...]
    findings: tuple[Finding, ...]

    def count(self, severity: str) -> int:
        """How many findings have this severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check(
    folder: str | os.PathLike[str],
    *,
    python: tuple[int, int] = (3, 10),
    handler_name: str = DEFAULT_HANDLER,
    packaged: bool = False,
) -> Report:
    """Reads a function's folder; nothing of it is run.

    Args:
        python: the version that it will run on.
        handler_name: ``file.function``.
        packaged: the platform calls the entry that ``cloudpy package`` writes, which awaits the handler.

    Raises:
        LoadError: there is no such folder.
    """
    place = Folder(folder)
    config = ConfigFile(place.path)
    sources, found = read(place)
    unreadable = {finding.file for finding in found}
    meaning = Meaning(sources)
    called, unseen = calls.find(meaning)
    found += handler.findings(handler_name, sources, meaning, unreadable)
    if not packaged:
        found += raw_upload.findings(handler_name, sources, meaning, place)
    found += imports.findings(place, sources, meaning, handler_name, python)
    found += sdk.findings(meaning)
    found += database.findings(meaning)
    found += loading.findings(meaning)
    found += permissions.findings(called, unseen, config)
    found += parameters.findings(called)
    found += waiting.findings(called, meaning, handler_name.rpartition(".")[2])
    found += version.findings(sources, meaning, python)
    found += secrets.findings(sources, place)
    found += triggers.findings(config)
    found += upload.findings(place, sources)
    ordered = sorted(
        dict.fromkeys(found), key=lambda each: (each.file, each.line, SEVERITIES.index(each.severity), each.text)
    )
    return Report(os.fspath(folder), tuple(called), tuple(ordered))


def fix(report: Report) -> list[str]:
    """Adds to the config.json what the code calls and it does not allow.

    Returns:
        The APIs that were added.

    Raises:
        OSError: the file cannot be written.
        ValueError: the file is unusable; the report says why.
    """
    return ConfigFile(Folder(report.folder).path).allow(permissions.callable_apis(list(report.calls)))
