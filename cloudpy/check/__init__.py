"""Lint cloud functions before they are deployed, without running them.

::

    for folder in functions_in("cloudfunctions"):
        report = check(folder, python="3.10")
        print(report.calls, report.findings)
"""

from ..local.config_file import ConfigFile
from .finding import SEVERITIES, Finding
from .folder import functions_in
from .report import Report, check, fix

__all__ = ["SEVERITIES", "ConfigFile", "Finding", "Report", "check", "fix", "functions_in"]
