"""``registerService``: the program's own functions as attributes of a Cloud."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping

from ..errors import INVALID_PARAM, CloudSDKError, ConfigError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WANTED = "registerService:fail a provider has createService(cloud), which returns name and getAPIs() or getNamespace()"


def register(cloud: Any, provider: Any) -> None:
    """Add what a provider's service has to a Cloud; see ``BaseCloud.registerService``."""
    create = _part(provider, "createService")
    if not callable(create):
        raise ConfigError(INVALID_PARAM, f"{_WANTED}; got a {type(provider).__name__}")
    service = create(cloud)
    get_apis, get_namespace = _part(service, "getAPIs"), _part(service, "getNamespace")
    if callable(get_apis):
        apis = get_apis()
        needs_init = _part(service, "initRequired") is not False
        members = {name: _checked(cloud, name, api) if needs_init else api for name, api in dict(apis).items()}
    elif callable(get_namespace):
        namespace = get_namespace()
        members = {_part(namespace, "namespace"): _part(namespace, "apis")}
    else:
        raise ConfigError(INVALID_PARAM, f"{_WANTED}; got a {type(service).__name__} from createService()")
    for name in members:
        if not isinstance(name, str) or not name.isidentifier():
            raise ConfigError(INVALID_PARAM, f"registerService:fail {name!r} cannot be a name")
        if name not in cloud._registered and hasattr(cloud, name):
            raise ConfigError(INVALID_PARAM, f"registerService:fail the Cloud already has {name!r}")
    cloud._registered.update(members)


def _checked(cloud: Any, name: str, api: Callable[..., Any]) -> Callable[..., Any]:
    if not callable(api):
        raise ConfigError(INVALID_PARAM, f"registerService:fail {name} must be a function, got a {type(api).__name__}")

    @functools.wraps(api)
    def call(*args: Any, **keywords: Any) -> Any:
        if cloud._config is None:
            raise CloudSDKError(
                -1, f"{name}:fail not initialized: call cloud.init() first（请先调用 cloud.init()）", api=name
            )
        return api(*args, **keywords)

    return call


def _part(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
