"""The functions of the local cloud: found under their folders, started, taken up anew, let go."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ..runner.discovery import Folder, find
from .function import Function
from .options import Options
from .reporter import Terminal


class Fleet:
    """Every function under some folders, by name.

    It imports next to nothing, so that the functions' processes start up while their server is still being imported.

    Attributes:
        variables: gives those of an instance, by a function's name; asked in a thread when one is loaded.
    """

    def __init__(self, options: Options, terminal: Terminal) -> None:
        self.options = options
        self.functions: dict[str, Function] = {}
        self.variables: Callable[[str], Mapping[str, str]] = lambda name: {}
        self._terminal = terminal
        self._said: set[str] = set()
        self._ports = iter(range(options.debugpy or 0, 65536))

    @property
    def folders(self) -> list[Folder]:
        return [function.folder for function in self.functions.values()]

    def start(self) -> None:
        """Finds the functions and starts a process for each, which is not told to load anything yet."""
        found, problems = find(self.options.projects, self.options.handler)
        for folder in found.values():
            self._add(folder).instances.spawn_early()
        self.blame(problems)

    def load(self) -> None:
        """Lets them all load, in the background."""
        for function in self.functions.values():
            function.instances.in_background(function.instances.warm_up)

    def look(self, changed: Callable[[list[Folder]], list[str]]) -> None:
        """Takes up what has changed in the folders.

        Args:
            changed: is told which folders there are, before what is new or has changed is loaded; gives back what is
                wrong.
        """
        found, problems = find(self.options.projects, self.options.handler)
        if self.functions.keys() - found.keys():
            time.sleep(0.1)  # an editor may be putting a new file in the place of the old one
            found, problems = find(self.options.projects, self.options.handler)
        for name in [name for name, one in self.functions.items() if found.get(name) != one.folder]:
            self.functions.pop(name).instances.close("its folder is gone")
            self._terminal.notice(f"{name}: its folder is gone, and so is the function", function=name)
        problems += changed(list(found.values()))
        for name in found.keys() - self.functions.keys():
            function = self._add(found[name])
            self._terminal.notice(f"{name}: a new function, {function.folder.path}", function=name)
            function.instances.in_background(function.instances.warm_up)
        for function in list(self.functions.values()):
            function.renew()
        self.blame(problems)

    def close(self) -> None:
        """Ends every process."""
        for function in list(self.functions.values()):
            function.instances.close()

    def blame(self, problems: list[str], *, more: bool = False) -> None:
        """Say what is wrong, each thing once as long as it lasts.

        Args:
            more: what was wrong before lasts.
        """
        for problem in problems:
            if problem not in self._said:
                self._terminal.problem(problem)
        self._said = {*problems, *(self._said if more else ())}

    def _add(self, folder: Folder) -> Function:
        port = next(self._ports) if self.options.debugpy is not None else None
        function = Function(folder, self.options, self._terminal, lambda name: self.variables(name), port)
        self.functions = dict(sorted([*self.functions.items(), (folder.name, function)]))
        return function

    def __repr__(self) -> str:
        return f"<Fleet of {', '.join(self.functions) or 'no function'}>"
