"""What ``cloudpy dev`` was asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..runtime.loader import DEFAULT

INSTANCES = 4


@dataclass(frozen=True, slots=True)
class Options:
    """How the functions of a local cloud are run.

    Attributes:
        projects: absolute paths of the folders given.
        handler: ``file.function``, the same for all functions.
        env: id of the environment; None for that of local.yaml.
        openid: who calls when a request does not say; None for the first user of local.yaml. So `unionid`, `appid`.
        timeout: seconds of an invocation; None for what config.json says, or 3.
        instances: how many processes a function may have at once.
        memory: MB of address space that a process may have; None for no limit.
        cold: a new process for each invocation.
        debugpy: port of the first function's debugger; None for none. There is no time limit then, and one process
            for each function.
        storage: folder of the local WeChat's files; None for that of local.yaml, or one in the first project.
        database: folder of its documents; None likewise.
        env_file: where the variables for other clients are written; None for nowhere.
        poll: look for changes instead of hearing of them.
    """

    projects: tuple[str, ...] = field(default=())
    handler: str = DEFAULT
    env: str | None = None
    openid: str | None = None
    unionid: str | None = None
    appid: str | None = None
    timeout: float | None = None
    instances: int = INSTANCES
    memory: int | None = None
    cold: bool = False
    debugpy: int | None = None
    poll: bool = False
    storage: str | None = None
    database: str | None = None
    env_file: str | None = None
