"""Methods of values: strings, arrays, dates, maps."""

from __future__ import annotations

from .catalog import METHODS
from .code import ATOM, COMPARE, Py, call, quoted
from .context import Context, Part
from .diagnostics import Untranslated
from .functions import Functions
from .jstypes import COLLECTIONS, LISTS, NIL, NUMBERS, OBJECTS, TEXTS, JsType, js_type
from .list_methods import ListMethods
from .nodes import FUNCTIONS, arguments_of, child_nodes, field, has_value, returns, string_value, text_of
from .operators import Operators
from .packages.registry import Packages
from .plain_sets import PlainSets
from .regex import Regexes
from .syntax import Node
from .text_methods import TextMethods

_LOCALES = {"zh", "zh-CN", "zh-Hans-CN", "en", "en-US"}


class Methods(Part):
    """Write ``owner.method(…)``."""

    def __init__(
        self,
        context: Context,
        operators: Operators,
        regexes: Regexes,
        functions: Functions,
        packages: Packages,
        lists: ListMethods,
    ) -> None:
        super().__init__(context)
        self.lists = lists
        self.operators = operators
        self.regexes = regexes
        self.functions = functions
        self.packages = packages
        self.texts = TextMethods(context)
        self.sets = PlainSets(context)
        context.write_method = self._helped

    def call(self, node: Node, callee: Node, args: list[Node]) -> Py:
        owner, name = field(callee, "object"), text_of(field(callee, "property"))
        type_ = self.type_of(owner)
        of_package = self.packages.method(owner, name, args, node)
        if of_package is not None:
            return of_package
        stepped = self._next(owner, args) if name == "next" else None
        if stepped is not None:
            return stepped
        value = self.module.property_value(callee)
        if value is not None:
            function = self.module.function_of(value)
            if function is not None and not any(each.type == "spread_element" for each in args):
                self.note_call(function)
                return call(
                    f"{self.expr(owner).at(ATOM)}[{quoted(name)}]", *self.functions.fit_arguments(function, args)
                )
        if (
            type_ == js_type("regex")
            or (name in ("match", "search", "matchAll") and not self._is_own(type_, name, args))
            or (args and self.type_of(args[0]) == js_type("regex") and name in ("replace", "replaceAll", "split"))
        ):
            return self.regexes.call(owner, name, args)
        if self.module.has_own_method(name) and not type_ <= TEXTS | LISTS | NUMBERS | js_type("date bytes map set"):
            if name in METHODS and not any(each.type == "spread_element" for each in args):
                return call(
                    "js.dispatch", self.expr(owner), quoted(name), f"js.{METHODS[name][0]}", *self.arguments(args)
                )
            return call("js.call", self.read_of(owner, name), *self.arguments(args))
        of_set = self.sets.method(owner, name, args) if type_ == js_type("set") else None
        if of_set is not None:
            return of_set
        if type_ - NIL and type_ - NIL <= COLLECTIONS:
            return (
                call(f"{self.expr(owner).at(ATOM)}.{name}", *self.arguments(args))
                if name != "forEach"
                else call("js.for_each", self.expr(owner), *self.arguments(args))
            )
        if (
            name in ("getTime", "toISOString")
            or (name[:3] in ("get", "set") and type_ - NIL == js_type("date"))
            or (name in ("toJSON", "toDateString", "valueOf") and type_ - NIL == js_type("date"))
        ):
            return call(f"{self.expr(owner).at(ATOM)}.{name}", *self.arguments(args))
        if type_ == js_type("err") and name == "toString" and not args:
            return call("js.text", self.expr(owner))
        if name in ("toLocaleString", "toLocaleDateString", "toLocaleTimeString"):
            return self._localized(owner, self.expr(owner), name, args)
        if name == "format" and owner.type == "new_expression" and len(args) == 1:
            return self._formatted(owner, args[0])
        if type_ and type_ <= js_type("date map set err fn regex module promise router"):
            raise Untranslated(f"{name} of a {' or '.join(sorted(type_))} is not translated")
        if name in ("replace", "replaceAll", "split"):
            return self._replaced(owner, name, args)
        if name == "localeCompare":
            return self._compared(owner, args)
        if name in METHODS:
            code = self._helped(owner, name, args)
            return self._started(node, code) if name in ("map", "flatMap") and self._makes_promises(args) else code
        if name in (
            "apply",
            "bind",
            "call",
            "copyWithin",
            "valueOf",
        ):
            raise Untranslated(f"{name} is not translated")
        return call("js.call", self.read_of(owner, name), *self.arguments(args))

    def _next(self, owner: Node, args: list[Node]) -> Py | None:
        """Write ``pages.next()`` of a constant that has a generator."""
        variable = self.variable_of(owner) if owner.type == "identifier" else None
        made = variable.value if variable is not None and variable.is_constant else None
        generator = self.generator_of(made) if made is not None else None
        if generator is None:
            return None
        if args or self.is_async(generator) or any(has_value(each) for each in returns(field(generator, "body"))):
            raise Untranslated("next of this generator is not translated")
        return call("js.next_of", self.expr(owner))

    def _is_own(self, type_: JsType, name: str, args: list[Node]) -> bool:
        """Whether a method may be one of the program's, which strings have, too."""
        if not self.module.has_own_method(name) or (type_ and type_ <= TEXTS):
            return False
        if args and self.type_of(args[0]) == js_type("regex"):
            raise Untranslated(f"{name}, where the program has a method of this name")
        return True

    def _compared(self, owner: Node, args: list[Node]) -> Py:
        if not args or len(args) > 2 or (len(args) == 2 and string_value(args[1]) not in _LOCALES):
            raise Untranslated("localeCompare with options, or with a locale other than zh-CN and en-US")
        self.caveat(owner, "localeCompare raises for text beyond ASCII: Python has no pinyin order")
        return call("js.locale_compare", *[self.expr(each) for each in (owner, args[0])])

    def _formatted(self, owner: Node, value: Node) -> Py:
        """Write ``new Intl.NumberFormat(…).format(value)``, and that of dates."""
        kind = text_of(field(owner, "constructor"))
        if kind == "Intl.NumberFormat":
            is_number = self.type_of(value) and self.type_of(value) <= NUMBERS
            code = self.expr(value) if is_number else call("js.number", self.expr(value))
            return self._localized(value, code, "toLocaleString", arguments_of(owner))
        if kind == "Intl.DateTimeFormat" and self.type_of(value) == js_type("date"):
            return self._localized(value, self.expr(value), "toLocaleDateString", arguments_of(owner))
        raise Untranslated(f"format of {kind} is not translated")

    def _localized(self, owner: Node, code: Py, name: str, args: list[Node]) -> Py:
        """Write a date or a number in the words of a country."""
        locale = string_value(args[0]) if args and args[0].type == "string" else "" if not args else "?"
        if args and text_of(args[0]) == "undefined":
            locale = ""
        if len(args) > 2 or locale not in ("", "zh-CN", "en-US"):
            raise Untranslated(f"{name} with a locale other than zh-CN and en-US")
        if not locale:
            self.caveat(owner, f"{name} without a locale is written in en-US")
        options: dict[str, Node] = {}
        for part in child_nodes(args[1]) if len(args) == 2 and args[1].type == "object" else args[1:]:
            if part.type != "pair":
                raise Untranslated(f"{name} with options that are not an object literal")
            options[text_of(field(part, "key"))] = field(part, "value")
        if options and options.keys() <= {"minimumFractionDigits", "maximumFractionDigits"}:
            digits = [options.get(key) for key in ("minimumFractionDigits", "maximumFractionDigits")]
            visible = [self.expr(each) if each is not None else Py("js.UNDEFINED") for each in digits]
            return call("js.locale_number", code, *visible)
        zone, twelve = options.get("timeZone"), options.get("hour12")
        if not options.keys() <= {"timeZone", "hour12"} or (zone is not None and zone.type != "string"):
            raise Untranslated(f"{name} with these options")
        if twelve is not None and (
            twelve.type not in ("true", "false") or (twelve.type == "true") == (locale == "zh-CN")
        ):
            raise Untranslated(f"{name} with these options")
        more = [Py(quoted(locale or "en-US"))] if args else []
        more += [Py(f"zone={self.expr(zone)}")] if zone is not None else []
        more += [Py(f"twelve={self.expr(twelve)}")] if twelve is not None else []
        return call("js.to_locale", code, quoted(name), *more)

    def read_of(self, owner: Node, name: str) -> Py:
        """Write a property that is called."""
        self.context.attributes.add(name)  # js.Date and the like keep the methods that are named
        return call("js.get", self.expr(owner), quoted(name))

    def _replaced(self, owner: Node, name: str, args: list[Node]) -> Py:
        if (name != "split" and len(args) != 2) or len(args) > 2:
            raise Untranslated(f"{name} with {len(args)} arguments")
        left_type = self.type_of(args[0]) if args else frozenset()
        if args and not left_type - {"regex"}:  # the helper raises, should it be one
            raise Untranslated(f"{name} with an argument that may be a string or a regular expression")
        own = self.texts.method(owner, name, args)
        if own is not None:
            return own
        helper = {"replace": "replace", "replaceAll": "replace_all", "split": "split"}[name]
        return call(f"js.{helper}", self.expr(owner), *self.arguments(args))

    def _makes_promises(self, args: list[Node]) -> bool:
        function = self.module.function_of(args[0]) if args else None
        return function is not None and self.is_async(function)

    def _started(self, node: Node, code: Py) -> Py:
        return code if self.is_gathered(node) else self.started(node, code)

    def _helped(self, owner: Node, name: str, args: list[Node]) -> Py:
        helper, min_count, max_count = METHODS[name]
        if len(args) > max_count or len(args) < min_count:
            raise Untranslated(f"{name} with {len(args)} argument{'' if len(args) == 1 else 's'}")
        for each in args:
            handed = self.module.function_of(each)
            if handed is not None:
                self.note_call(handed)
        spread = any(each.type == "spread_element" for each in args)
        if spread and max_count < 99:
            raise Untranslated(f"a spread in {name}")
        if name == "sort" and args and args[0].type in FUNCTIONS and self.goes_boolean(args[0]):
            raise Untranslated("a sort function that returns true or false")
        if (
            args
            and args[0].type in FUNCTIONS
            and self.is_async(args[0])
            and name != "map"
            and name in ("forEach", "filter", "some", "every", "find", "reduce", "findIndex", "sort")
        ):
            raise Untranslated(f"{name} does not wait for its async function")
        if (
            args
            and args[0].type == "identifier"
            and name in ("forEach", "filter", "some", "every", "find", "reduce", "findIndex")
        ):
            function = self.module.function_of(args[0])
            if function is not None and self.is_async(function):
                raise Untranslated(f"{name} does not wait for its async function")
        type_ = self.type_of(owner)
        if name == "hasOwnProperty" and self._is_key(owner, args[0]):
            return Py(f"{self.expr(args[0]).at(COMPARE + 1)} in {self.expr(owner).at(COMPARE + 1)}", COMPARE)
        short = self.lists.write(owner, name, args)
        if short is not None:
            return short
        saved = list(self.context.prelude)
        direct = self._direct(owner, name, args) if type_ else None
        if direct is not None:
            return direct
        self.context.prelude = saved
        return call(f"js.{helper}", self.expr(owner), *self.arguments(args))

    def _is_key(self, owner: Node, key: Node) -> bool:
        """Whether Python asks for a key as it is: a string, of what surely is an object."""
        type_, keys = self.type_of(owner), self.type_of(key)
        is_text = bool(keys) and keys <= TEXTS and bool(type_) and type_ <= OBJECTS
        return is_text or self.context.lookups.takes(self.types, owner, key)

    def goes_boolean(self, function: Node) -> bool:
        """Return whether a function returns a boolean."""
        return bool(self.types.returned(function) == js_type("bool"))

    def _direct(self, owner: Node, name: str, args: list[Node]) -> Py | None:
        """Write Python's own method, if the types leave no difference."""
        type_ = self.type_of(owner)
        own = self.texts.method(owner, name, args) or (self.texts.cut(owner, name, args) if name == "slice" else None)
        if own is not None:
            return own
        code = self.expr(owner)
        if name == "toString" and not args and not type_ & NIL and self.context.plain_texts.is_plain(owner, code):
            return call("str", code)
        if name == "toString" and type_ - NIL == {"bytes"}:
            return self._decoded(code, args)
        return None

    def _decoded(self, code: Py, args: list[Node]) -> Py | None:
        """Write ``buffer.toString(form)``; None for a form that is not known."""
        form = string_value(args[0]) if args and args[0].type == "string" else "" if args else "utf8"
        match form.lower().replace("-", ""):
            case "hex":
                return call(f"{code.at(ATOM)}.hex")
            case "base64":
                return call(f"{call('base64.b64encode', code)}.decode")
            case "utf8":
                return call(f"{code.at(ATOM)}.decode", Py('errors="replace"'))
        return None
