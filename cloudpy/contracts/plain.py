"""A contract as JSON values, for programs and pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .catalog import Contract


def plain(contract: Contract) -> dict[str, Any]:
    """Return a contract as JSON values, with the names of the data files; bytes are replaced by their number."""
    found: dict[str, Any] = _plain(
        {
            "name": contract.name,
            "namespace": contract.namespace,
            "summary": contract.summary,
            "summary_zh": contract.summary_zh,
            "account": contract.account,
            "status": contract.status,
            "https": {"method": contract.method, "path": contract.path},
            "docs": contract.docs,
            "parameters": [
                {"name": each.name, "wire": each.wire, "in": each.place, "required": each.required}
                for each in contract.parameters
            ],
            "params": contract.params,
            "result": contract.result,
            "binary": contract.binary,
            "errors": [{"code": error.code, "meaning": error.meaning} for error in contract.errors],
            "repeatable": contract.repeatable,
            "example": {"params": contract.example_params, "reply": contract.example_reply},
            "shape": contract.shape,
            "verified": contract.verified,
            "certain": contract.certain,
            "min_sdk": contract.min_sdk,
            "permissions": {"openapi": [contract.name]},
            "notes": contract.notes,
            "source": contract.source,
        }
    )
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return f"<{len(value)} bytes>" if isinstance(value, bytes) else value
