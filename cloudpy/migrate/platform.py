"""What is neither the program's nor JavaScript's own: the SDK, promises, the console, Node's modules, packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Base, refuse
from .code import ATOM, LAMBDA, TERNARY, Py, call, quoted
from .kinds import TEXTS, kind
from .marks import Untranslated
from .module import SDK, required
from .packages import BUILTINS, HASHES, PACKAGES
from .syntax import arguments_of, bare, field, has, kids, optional_links, parameters_of, string_value, text_of
from .variables import Variable

if TYPE_CHECKING:
    from .tree import Node

_INIT = {"env", "timeout", "region", "secretId", "secretKey", "sessionToken"}


class Platform(Base):
    """The calls and the names of others."""

    def member(self, node: Node, owner: Node, name: str) -> Py | None:
        """A property of the SDK, of a package or of the platform; None for one of a value."""
        full = self.module.dotted(node)
        if full == "process.env":
            return refuse("a change of process.env") if _is_owner_of_changed(node) else Py("dict(os.environ)")
        if self.module.dotted(owner) == "process.env" and not optional_links(node):
            return Py(f"os.environ.get({quoted(name)}, js.UNDEFINED)")
        if full in ("console.log", "console.info", "console.error", "console.warn"):
            to = ", file=sys.stderr" if full in ("console.error", "console.warn") else ""
            return Py(f"lambda *values: print(*values{to})", LAMBDA) if to else Py("print")
        if full in ("Math.PI", "Math.E"):
            return Py("math.pi" if full == "Math.PI" else "math.e")
        if full in ("Number.MAX_SAFE_INTEGER", "Number.MIN_SAFE_INTEGER"):
            return Py("2**53 - 1" if "MAX" in full else "1 - 2**53", 8)
        if owner.type == "identifier" and self.name_of(owner) is None and text_of(owner) not in ("exports", "module"):
            return refuse(f"{text_of(node)} is not known here")
        if self.module.is_cloud(owner):
            if name == "ai":
                return refuse("cloud.ai is out of cloudpy's scope: cloud call and the services beside it are in")
            return Py(f"{self.expr(owner).at(ATOM)}.{name}")
        source, what = self.module.source_of(owner)
        if source.startswith(".") and not what:
            other = self.module.other(source)
            if other is not None and name in other.undone_exports:
                raise other.undone_exports[name].error(name, other.file)
            if other is not None and name in other.exports:
                return Py(f"{self.expr(owner)}.{other.export_name(name)}")
            if other is not None:
                return refuse(f"{source} has no {name} that is seen here")
            return None
        if source and not source.startswith("."):
            raise self._of_package(source, name)
        return None

    def required_name(self, variable: Variable, node: Node) -> Py:
        source, name = self.module.requires[id(variable)]
        other = self.module.other(source)
        if other is not None and (name or "default") in other.undone_exports:
            raise other.undone_exports[name or "default"].error(variable.name, other.file)
        if source != SDK and not source.startswith("."):
            raise self._of_package(source, name)
        return Py(variable.python)

    def platform_call(self, node: Node, callee: Node, given: list[Node]) -> Py | None:
        """A call of the SDK, of a package, of a promise; None for all else."""
        full, name = self.module.dotted(callee), text_of(callee)
        if name == "require":
            source = required(node)
            return refuse(f"require({source!r}) inside an expression")
        if full.startswith("console."):
            return self._console(full, given)
        if (
            callee.type == "identifier"
            and self.name_of(callee) is None
            and name in ("setTimeout", "clearTimeout", "setInterval", "setImmediate", "fetch", "eval")
        ):
            if name in ("setTimeout", "clearTimeout") and given and not self.sync and self.is_in_promise(node):
                return call("js.set_timeout" if name == "setTimeout" else "js.clear_timeout", *self.arguments(given))
            return refuse(f"{name} is not translated")
        if full.startswith("Promise."):
            return self._promise(full, given)
        if self._is_hash(node):
            return self._hash(node)
        if self.module.is_cloud(callee):
            return self._cloud(node, callee, given)
        first, path = _path(callee)
        source, what = self.module.source_of(first) if first is not None else ("", "")
        if source and source != SDK:
            return self._package(node, source, ".".join([what, *path] if what else path), given, callee)
        if callee.type == "member_expression" and text_of(field(callee, "property")) in ("then", "catch", "finally"):
            return self._then(callee, given)
        return None

    def _console(self, full: str, given: list[Node]) -> Py:
        if full not in ("console.log", "console.info", "console.error", "console.warn", "console.debug"):
            return refuse(f"{full} is not translated")
        to = ", file=sys.stderr" if full in ("console.error", "console.warn") else ""
        shown = [
            call("js.printable", code)
            if self.module.cuts_texts and each.type not in ("string", "spread_element") and "str" in self.kind(each)
            else code
            for each, code in zip(given, self.arguments(given), strict=True)
        ]
        return Py(f"print({', '.join(map(str, shown))}{to})")

    # ---- promises

    def _promise(self, full: str, given: list[Node]) -> Py:
        if full in ("Promise.all", "Promise.allSettled") and len(given) == 1:
            return self._gathered(full, given[0])
        if full == "Promise.resolve" and not self.sync:
            return call("js.wait", *(self.arguments(given[:1]) or [Py("js.UNDEFINED")]))
        if full == "Promise.resolve" and len(given) == 1:
            return self.expr(given[0])
        return refuse(f"{full} is not translated")

    def _gathered(self, full: str, given: Node) -> Py:
        if self.sync and full == "Promise.allSettled":
            return refuse("Promise.allSettled without await")
        code = self.expr(given)
        if self.sync:
            self.risk(given, "Promise.all: the calls are made one after the other")
            return code
        if full == "Promise.allSettled":
            return call("js.gather_settled", code)
        return call("js.gather", code)

    def _then(self, callee: Node, given: list[Node]) -> Py:
        name, owner = text_of(field(callee, "property")), field(callee, "object")
        of = self.kind(owner)
        if "promise" not in of or (of != kind("promise") and self.module.has_own_method(name)):
            return refuse(f".{name} of what may be no promise")
        if self.sync:
            return refuse(f".{name} of a promise, without await: write it as try and except")
        most = 2 if name == "then" else 1
        if not 1 <= len(given) <= most:
            return refuse(f".{name} with {len(given)} arguments")
        helper = {"then": "js.then", "catch": "js.catch", "finally": "js.last"}[name]
        return call(helper, self.expr(owner), *self.arguments(given))

    # ---- the SDK

    def _cloud(self, node: Node, callee: Node, given: list[Node]) -> Py:
        name = (
            text_of(field(callee, "property"))
            if callee.type == "member_expression"
            else self.module.source_of(callee)[1]
        )
        if name == "ai" or text_of(callee).startswith("cloud.ai."):
            return refuse("cloud.ai is out of cloudpy's scope: cloud call and the services beside it are in")
        code = Py(self.expr(callee).at(ATOM))
        if name in ("init", "updateConfig"):
            return self._options(code, given)
        if len(given) > 1:
            return refuse(f"{name} with more than one argument")
        made = []
        for each in given:
            value = self.expr(each)
            made.append(value if self.is_plain(each) else call("js.plain", value))
        return call(code.text, *made)

    def _options(self, code: Py, given: list[Node]) -> Py:
        if not given:
            return call(code.text)
        if given[0].type != "object":
            return refuse("cloud.init with what is no literal object")
        parts = []
        for part in kids(given[0]):
            key = (
                text_of(part)
                if part.type == "shorthand_property_identifier"
                else text_of(part.child_by_field_name("key"))
            )
            if key == "traceUser":
                continue  # Node's alone, and of no effect on calls
            if key not in _INIT or part.type not in ("pair", "shorthand_property_identifier"):
                refuse(f"cloud.init has no {key or 'such'} option")
            given_value = field(part, "value") if part.type == "pair" else part
            value = self.expr(given_value)
            if value.text.startswith("os.environ.get("):
                value = Py(value.text.removesuffix(", js.UNDEFINED)") + ")")
            elif not self.is_plain(given_value) and not self.module.is_cloud(given_value):
                value = call("js.plain", value)  # undefined is none given
            if key == "timeout":
                value = Py(f"{value.at(11)} / 1000", 9)
            parts.append(f"{key}={value.at(TERNARY)}")
        return Py(f"{code}({', '.join(parts)})")

    def new_cloud(self, node: Node) -> Py:
        """``new cloud.Cloud({…})``."""
        constructor = field(node, "constructor")
        if not text_of(constructor).endswith(".Cloud"):
            return refuse(f"new {text_of(constructor)} is not translated")
        given = arguments_of(node)
        if given:
            return refuse("new cloud.Cloud with options: give them to init()")
        return call(f"{self.expr(field(constructor, 'object')).at(ATOM)}.Cloud")

    def is_plain(self, node: Node) -> bool:
        """Whether nothing undefined, nor anything else that JSON lacks, can be in a value."""
        node = bare(node)
        if node.type == "object":
            return all(
                (part.type == "pair" and self.is_plain(field(part, "value")))
                or (part.type == "shorthand_property_identifier" and self.is_plain_kind(part))
                for part in kids(node)
            )
        if node.type == "array":
            return all(part.type != "spread_element" and self.is_plain(part) for part in kids(node))
        if node.type == "call_expression" and self.module.dotted(field(node, "function")) in ("JSON.parse",):
            return True
        if (
            node.type == "await_expression"
            and bare(kids(node)[0]).type == "call_expression"
            and self.module.is_cloud_call(bare(kids(node)[0]))
        ):
            return True
        if node.type == "identifier":
            variable = self.name_of(node)
            if (
                variable is not None
                and self.module.main is not None
                and self.kind(node) == kind("obj")
                and variable.is_constant
                and variable.value is not None
                and bare(variable.value).type == "await_expression"
                and not self.names.put
            ):
                return self.is_plain(variable.value)
        return self.is_plain_kind(node)

    def is_plain_kind(self, node: Node) -> bool:
        """Whether all that a value can be is plain in itself."""
        of = self.kind(node)
        return bool(of) and of <= TEXTS | kind("bool null lit nat int bytes strs")

    # ---- modules and packages

    def _is_hash(self, node: Node) -> bool:
        callee = bare(field(node, "function"))
        if callee.type != "member_expression" or text_of(field(callee, "property")) != "digest":
            return False
        return "createHash(" in text_of(callee) or "createHmac(" in text_of(callee)

    def _hash(self, node: Node) -> Py:
        form = arguments_of(node)
        at, parts = field(field(node, "function"), "object"), []
        while at.type == "call_expression" and text_of(bare(field(at, "function"))).endswith(".update"):
            given = arguments_of(at)
            if not given or (len(given) > 1 and string_value(given[1]).lower() not in ("utf8", "utf-8")):
                return refuse("update with an encoding")
            parts.append(given[0])
            at = field(field(at, "function"), "object")
        made, first = arguments_of(at), bare(field(at, "function")) if at.type == "call_expression" else at
        owner = field(first, "object") if first.type == "member_expression" else first
        way = text_of(first).rpartition(".")[2]
        if (
            self.module.source_of(owner)[0] not in ("crypto", "node:crypto")
            or not made
            or made[0].type != "string"
            or not parts
        ):
            return refuse("a hash in this form")
        algorithm = HASHES.get(string_value(made[0]).lower())
        if algorithm is None:
            return refuse(f"the hash {string_value(made[0])} is not translated")
        data = " + ".join(str(self._bytes(part)) for part in reversed(parts))
        if way == "createHmac" and len(made) == 2:
            begun = f"hmac.new({self._bytes(made[1])}, {data}, hashlib.{algorithm})"
        elif way == "createHash" and len(made) == 1:
            begun = f"hashlib.{algorithm}({data})"
        else:
            return refuse("a hash in this form")
        if not form:
            return Py(f"{begun}.digest()")
        if form[0].type == "string" and string_value(form[0]) == "hex":
            return Py(f"{begun}.hexdigest()")
        return call("js.to_string", Py(f"{begun}.digest()"), self.expr(form[0]))

    def _bytes(self, node: Node) -> Py:
        if node.type == "string" and string_value(node).isascii():
            return Py(f"b{quoted(string_value(node))}")
        return call("js.to_bytes", self.expr(node))

    def _package(self, node: Node, source: str, path: str, given: list[Node], callee: Node) -> Py | None:
        if source.startswith("."):
            other = self.module.other(source)
            if other is None:
                return refuse(f"{source} is not read")
            name = path or "default"
            if name in other.undone_exports:
                raise other.undone_exports[name].error(name, other.file)
            value = other.exports.get(name)
            function = other.function_of(value) if value is not None else None
            if function is not None and not self.within and function.id in other.unfinished:
                return refuse(f"it is done when the file is loaded, and reaches a mark in {other.file}")
            if function is None or any(each.type == "spread_element" for each in given):
                return (
                    call("js.call", self.expr(callee), *self.arguments(given))
                    if value is not None
                    else refuse(f"{source} has no {name} that is seen here")
                )
            return call(self.expr(callee).at(ATOM), *self.fitted_to(function, given))
        source = source.removeprefix("node:")
        helper = BUILTINS.get(f"{source}.{path}" if path else source)
        if helper is not None:
            wanted, fewest, most = helper
            if not fewest <= len(given) <= most or any(each.type == "spread_element" for each in given):
                return refuse(f"{source}.{path} with {len(given)} arguments")
            return (
                Py(wanted.format(*[code.at(TERNARY) for code in self.arguments(given)]))
                if "{" in wanted or wanted.endswith(")")
                else call(wanted, *self.arguments(given))
            )
        raise self._of_package(source, path)

    def _of_package(self, source: str, name: str) -> Untranslated:
        known = PACKAGES.get(source)
        hint = f"; Python has {known.python}" if known is not None and known.python else ""
        what = f"{source}{f'.{name}' if name else ''}"
        return Untranslated(f"{what} is not translated{hint}", f"the package {source} is not translated{hint}")

    def fitted_to(self, function: Node, given: list[Node]) -> list[Py]:
        """As many arguments as a function of another file takes."""
        parameters = parameters_of(function)
        if parameters and text_of(parameters[-1]).startswith("..."):
            made = self.arguments(given)
            return made + [Py("js.UNDEFINED")] * (len(parameters) - 1 - len(made))
        if len(given) > len(parameters) and not all(self.is_pure(each) for each in given[len(parameters) :]):
            refuse("an argument that the function does not take, and that does something")
        made = self.arguments(given[: len(parameters)])
        return made + [Py("js.UNDEFINED")] * (len(parameters) - len(made))


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
        callee = bare(field(callee, "object"))
    return (callee, path) if callee.type == "identifier" or required(callee) else (None, [])
