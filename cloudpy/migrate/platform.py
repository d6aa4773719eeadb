"""The console, Node's own modules, npm packages and other files of the program."""

from __future__ import annotations

from typing import NoReturn

from .catalog import BUILTINS, CONSTANTS, HASHES, NODE
from .code import ATOM, TERNARY, UNARY, Py, call, quoted
from .console import Console
from .context import Context, Part
from .counterparts import hint
from .diagnostics import Untranslated
from .failures import Failures
from .http_clients import HttpClients
from .jstypes import TEXT_OWNERS
from .module import Module
from .nodes import (
    arguments_of,
    field,
    has,
    is_called,
    is_target,
    optional_links,
    parameters_of,
    required,
    string_value,
    strip,
    text_of,
    uses_arguments,
)
from .packages.kinds import joined, package_of, package_path
from .packages.registry import Packages
from .promises import Promises
from .requires import SDK, is_package
from .sdk import Sdk
from .syntax import Node
from .variables import Variable


class Platform(Part):
    """Write what neither the file nor JavaScript itself defines."""

    def __init__(self, context: Context, sdk: Sdk, promises: Promises, http: HttpClients, packages: Packages) -> None:
        super().__init__(context)
        self.console = Console(context)
        self.failures = Failures(context)
        self.packages = packages
        self.sdk = sdk
        self.promises = promises
        self.http = http

    def member(self, node: Node, owner: Node, name: str) -> Py | None:
        """Write a property of the SDK, of a package or of the platform; None for one of a value."""
        full = self.module.dotted(node)
        if full == "process.env":
            if _is_owner_of_changed(node):
                raise Untranslated("a change to process.env")
            return Py("dict(os.environ)")
        if self.module.dotted(owner) == "process.env" and not optional_links(node):
            return Py(f"os.environ.get({quoted(name)}, js.UNDEFINED)")
        logged = self.console.value(full, node)
        if logged is not None:
            return logged
        if full in CONSTANTS:
            return Py(CONSTANTS[full], ATOM if CONSTANTS[full][0] != "-" else UNARY)
        if full in ("Number.MAX_SAFE_INTEGER", "Number.MIN_SAFE_INTEGER"):
            return Py("2**53 - 1" if "MAX" in full else "1 - 2**53", 8)
        if (
            owner.type == "identifier"
            and self.variable_of(owner) is None
            and text_of(owner) not in ("exports", "module", "arguments")
        ):
            failure = self.failures.undeclared(owner)
            if failure is not None:
                return failure
            raise Untranslated(f"{text_of(node)} is not defined in this file")
        if self.module.is_cloud(owner):
            if name == "ai":
                raise Untranslated("cloud.ai() is not translated: write its calls by hand, docs/en/ai.md has them")
            return Py(f"{self.expr(owner).at(ATOM)}.{name}")
        package, path = package_path(self.module, node)
        constant = self.packages.value(package, path, node) if package else None
        if constant is not None:
            return constant
        source, what = self.module.source_of(owner)
        if source in self.module.later:
            return self._of_later(owner, source, name)
        if source.startswith(".") and not what:
            other = self.module.other(source)
            if other is not None:
                module, inner = other.origin(name)
                if inner in module.unavailable_exports:
                    raise module.unavailable_exports[inner].error(name, module.file)
            if other is not None and (name in other.exports or name in other.passed_on):
                return Py(f"{self.expr(owner)}.{other.export_name(name)}")
            if other is not None:
                raise Untranslated(f"{source} has no export {name} in a known form")
            return None
        if source and not source.startswith("."):
            path = joined(what, name)
            return self.packages.value(source, path, node) or untranslated_of(source, path)
        return self.packages.property(owner, name)

    def required_name(self, variable: Variable, node: Node) -> Py:
        source, name = self.module.requires[id(variable)]
        other = self.module.other(source)
        if other is not None and (name or "default") in other.unavailable_exports:
            raise other.unavailable_exports[name or "default"].error(variable.name, other.file)
        if source != SDK and not source.startswith("."):
            return self.packages.value(source, name, node) or untranslated_of(source, name)
        other = self.module.later.get(source, other)
        if other is not None and not name and is_whole(other, variable):
            return self._all_of(other, variable, node)
        return Py(variable.python)

    def _of_later(self, owner: Node, source: str, name: str) -> Py:
        """Write an export of a file that is loaded after this one."""
        other = self.module.later[source]
        if not self.context.within:
            raise Untranslated(f"{text_of(owner)}.{name} is read while {other.file} is still loaded")
        if name not in other.exports:
            raise Untranslated(f"{source} has no export {name} in a known form")
        return Py(f"{self.expr(owner)}.{other.export_name(name)}")

    def _all_of(self, other: Module, variable: Variable, node: Node) -> Py:
        """Write a name that means all exports of a file: the module, or a dict where one is chosen by its name."""
        use = node.parent
        if use is not None and use.type == "member_expression" and field(use, "object").id == node.id:
            return Py(variable.python)
        taker = use.parent if use is not None and use.type == "arguments" else None
        callee = text_of(taker.child_by_field_name("function")) if taker is not None else ""
        is_read = use is not None and (
            (use.type == "subscript_expression" and (not is_target(use) or is_called(use)))
            or use.type in ("spread_element", "for_in_statement")
            or (use.type == "binary_expression" and has(use, "in"))
        )
        if not is_read and callee not in ("Object.keys", "Object.values", "Object.entries"):
            raise Untranslated(f"all exports of {other.file} as a value")
        parts = []
        for name in {**other.exports, **other.passed_on}:
            if name in other.unavailable_exports:
                raise other.unavailable_exports[name].error(name, other.file)
            parts.append(f"{quoted(name)}: {variable.python}.{other.export_name(name)}")
        return Py("{" + ", ".join(parts) + "}")

    def call(self, node: Node, callee: Node, args: list[Node]) -> Py | None:
        """Write a call of the SDK, of a package, of a promise; None for all else."""
        full, name = self.module.dotted(callee), text_of(callee)
        if name == "require":
            return self._require(required(node), node)
        if full.startswith("console."):
            return self.console.call(node, full, args)
        if (
            callee.type == "identifier"
            and self.variable_of(callee) is None
            and name in ("setTimeout", "clearTimeout", "setInterval", "setImmediate", "fetch", "eval")
        ):
            if name in ("setTimeout", "clearTimeout") and args and not self.sync and self.is_in_promise(node):
                return call("js.set_timeout" if name == "setTimeout" else "js.clear_timeout", *self.arguments(args))
            request = self.http.call(name, "", args)
            if request is not None:
                return request
            raise Untranslated(f"{name} is not translated")
        if full.startswith("Promise."):
            return self.promises.global_call(full, args, node)
        code = self._hash(node) if self._is_hash(node) else None
        if code is not None:
            return code
        if self.module.is_cloud(callee):
            return self.sdk.call(callee, args)
        read = self.http.read_got(callee)
        if read is not None:
            return read
        first, path = _path(callee)
        source, what = self.module.source_of(first) if first is not None else ("", "")
        if source and source != SDK:
            parts = [what, *path] if what else path
            return self._package(source, joined(*parts) if is_package(source) else ".".join(parts), args, node)
        if callee.type == "member_expression" and text_of(field(callee, "property")) in ("then", "catch", "finally"):
            return self.promises.then(callee, args)
        return None

    def _is_hash(self, node: Node) -> bool:
        callee = strip(field(node, "function"))
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "digest":
            return False
        return "createHash(" in text_of(callee) or "createHmac(" in text_of(callee)

    def _hash(self, node: Node) -> Py | None:
        """Write a hash that is made, fed and read in one chain; None for one in another form."""
        form = arguments_of(node)
        at, parts = field(field(node, "function"), "object"), []
        while at.type == "call_expression" and text_of(strip(field(at, "function"))).endswith(".update"):
            args = arguments_of(at)
            if not args or (len(args) > 1 and string_value(args[1]).lower() not in ("utf8", "utf-8")):
                return None
            parts.append(args[0])
            at = field(field(at, "function"), "object")
        result, first = arguments_of(at), strip(field(at, "function")) if at.type == "call_expression" else at
        owner = field(first, "object") if first.type == "member_expression" else first
        kind = text_of(first).rpartition(".")[2]
        if (
            self.module.source_of(owner)[0] not in ("crypto", "node:crypto")
            or not result
            or result[0].type != "string"
            or not parts
        ):
            return None
        algorithm = HASHES.get(string_value(result[0]).lower())
        if algorithm is None:
            raise Untranslated(f"the hash {string_value(result[0])} is not translated")
        data = " + ".join(str(self._bytes(part)) for part in reversed(parts))
        if kind == "createHmac" and len(result) == 2:
            hasher = f"hmac.new({self._bytes(result[1])}, {data}, hashlib.{algorithm})"
        elif kind == "createHash" and len(result) == 1:
            hasher = f"hashlib.{algorithm}({data})"
        else:
            return None
        if not form:
            return Py(f"{hasher}.digest()")
        if form[0].type == "string" and string_value(form[0]) == "hex":
            return Py(f"{hasher}.hexdigest()")
        if form[0].type == "string" and string_value(form[0]) == "base64":
            return Py(f"base64.b64encode({hasher}.digest()).decode()")
        return call("js.to_string", Py(f"{hasher}.digest()"), self.expr(form[0]))

    def _bytes(self, node: Node) -> Py:
        if node.type == "string" and string_value(node).isascii():
            return Py(f"b{quoted(string_value(node))}")
        if (type_ := self.type_of(node)) and type_ <= TEXT_OWNERS and self.types.facts.is_loud(node):
            return call(f"{self.expr(node).at(ATOM)}.encode")  # of what is no string it raises, as in Node
        return call("js.to_bytes", self.expr(node))

    def _require(self, source: str, node: Node) -> Py:
        """Write ``require('./other')`` inside an expression, as a name that is imported at the top of the file."""
        other = self.module.other(source)
        if other is None:
            raise Untranslated(f"require({source!r}) inside an expression")
        whole = "default" if "default" in other.exports else ""
        if whole in other.unavailable_exports:
            raise other.unavailable_exports[whole].error(source, other.file)
        if source not in self.context.required:
            same = [
                each for each in self.names.all if self.module.requires.get(id(each)) == (source, "") and each.reads
            ]
            name = same[0].python if same else self.unique_name(self.names.python_name(other.python.split(".")[-1]))
            self.context.required[source] = name
            self.import_file(other, "", name, node)
        return Py(self.context.required[source])

    def _package(self, source: str, path: str, args: list[Node], node: Node) -> Py | None:
        callee = strip(field(node, "function"))
        if source.startswith("."):
            other = self.module.other(source)
            if source in self.module.later:
                return call("js.call", self.expr(callee), *self.arguments(args))
            if other is None:
                raise Untranslated(f"{source} is not read")
            return self._foreign_call(other, path, args, callee)
        source = source.removeprefix("node:")
        helper = BUILTINS.get(f"{source}.{path}" if path else source)
        if helper is not None:
            expected, min_count, max_count = helper
            if not min_count <= len(args) <= max_count or any(each.type == "spread_element" for each in args):
                raise Untranslated(f"{source}.{path} with {len(args)} arguments")
            return (
                Py(expected.format(*[code.at(TERNARY) for code in self.arguments(args)]))
                if "{" in expected or expected.endswith(")")
                else call(expected, *self.arguments(args))
            )
        if f"{source}.{path}" == "util.promisify" and args and self.is_undeclared(args[0], "setTimeout"):
            return Py("js.sleep")
        code = self.http.call(source, path, args)
        if code is not None:
            return code
        if source == "request":
            return self.http.request(path, args, in_promise=self.is_in_promise(callee))
        return self.packages.call(source, path, args, node) or untranslated_of(source, path)

    def is_undeclared(self, node: Node, name: str) -> bool:
        """Whether an expression is a name of the platform's own."""
        return text_of(node) == name and self.variable_of(node) is None

    def _foreign_call(self, other: Module, path: str, args: list[Node], callee: Node) -> Py | None:
        """Write a call of a function of another file, or return None for a method of a value that the file exports.

        Files that another one passes on may stand before the name of the function.
        """
        name, _, rest = path.partition(".")
        module, inner = other.origin(name or "default")
        if rest and not inner:
            return self._foreign_call(module, rest, args, callee)
        is_value = bool(rest) or (inner not in module.exports and "default" in module.exports)
        name = inner if inner in module.exports else "default"
        if name in module.unavailable_exports:
            raise module.unavailable_exports[name].error(inner or name, module.file)
        value = module.exports.get(name)
        if value is not None and is_value and inner:
            return None
        if value is None:
            raise Untranslated(f"{module.file} has no export {inner or name} in a known form")
        function = module.function_of(value)
        if function is not None and not self.context.within and function.id in module.unfinished:
            raise Untranslated(f"it runs when the file is loaded, and reaches a todo in {module.file}")
        if function is None or any(each.type == "spread_element" for each in args):
            return call("js.call", self.expr(callee), *self.arguments(args))
        return call(self.expr(callee).at(ATOM), *self._fit_foreign(function, args))

    def _fit_foreign(self, function: Node, args: list[Node]) -> list[Py]:
        """Write as many arguments as a function of another file takes."""
        parameters = parameters_of(function)
        if uses_arguments(function):
            return self.arguments(args)
        if parameters and text_of(parameters[-1]).startswith("..."):
            result = self.arguments(args)
            return result + [Py("js.UNDEFINED")] * (len(parameters) - 1 - len(result))
        if len(args) > len(parameters) and not all(self.is_idle(each) for each in args[len(parameters) :]):
            raise Untranslated("an extra argument that has side effects")
        result = self.arguments(args[: len(parameters)])
        return result + [Py("js.UNDEFINED")] * (len(parameters) - len(result))


def untranslated_of(source: str, path: str) -> NoReturn:
    """Raise `Untranslated` for what a package has."""
    source = package_of(source)[0]
    more = "" if source in NODE else hint(source)
    what = f"{source}{f'.{path}' if path else ''}"
    raise Untranslated(f"{what} is not translated{more}", f"the package {source} is not translated{more}")


def _is_owner_of_changed(node: Node) -> bool:
    """Whether a property of `node` is assigned or deleted."""
    part = node.parent
    if part is None or part.type not in ("member_expression", "subscript_expression") or part.parent is None:
        return False
    around = part.parent
    if around.type in ("assignment_expression", "augmented_assignment_expression"):
        return field(around, "left").id == part.id
    return around.type == "update_expression" or (around.type == "unary_expression" and has(around, "delete"))


def _path(callee: Node) -> tuple[Node | None, list[str]]:
    path: list[str] = []
    while callee.type == "member_expression" and not has(callee, "optional_chain"):
        path.insert(0, text_of(field(callee, "property")))
        callee = strip(field(callee, "object"))
    return (callee, path) if callee.type == "identifier" or required(callee) else (None, [])


def is_whole(other: Module, variable: Variable) -> bool:
    """Whether a name from a file means all its exports, not a default one."""
    around = variable.node.parent
    return "default" not in other.exports or (around is not None and around.type == "namespace_import")
