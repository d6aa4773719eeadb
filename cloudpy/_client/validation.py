"""The parameters of a call held against the API's contract, for those who ask for it with init(validate=True)."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import CloudSDKError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def check(api: str, params: Mapping[str, Any], convert_case: bool) -> None:
    """Refuses parameters that the API does not take; an API without a contract is not checked.

    Raises:
        CloudSDKError: errCode -1, telling each mistake and how to mend it. Nothing was sent.
    """
    from ..contracts import check_params

    problems = check_params(api, params, convert_case=convert_case)
    if problems:
        told = "; ".join(str(problem).removeprefix(f"{api}: ") for problem in problems)
        raise CloudSDKError(-1, f"openapi.{api}:fail {told} (nothing was sent)", api=api)
