"""What the source of a program shows of the values that it works with."""

from __future__ import annotations

import re

from .nodes import field, strip, text_of
from .syntax import Node
from .variables import Names

_COLLECTIONS = ("Map", "Set", "WeakMap", "WeakSet")
# What date packages are set up with, for the whole program: word -> what shows it
_DATE_SETTINGS = {
    "date-utils": r"['\"]date-utils['\"]",
    "zones": r"plugin/(?:utc|timezone)|moment-timezone|\.utcOffset\(|\.utc\(|\.tz\(",
    "zh-cn": r"(?<![\w.)])(?:dayjs|moment)\.locale\(\s*['\"]zh-cn['\"]",
    "language": r"(?<![\w.)])(?:dayjs|moment)\.locale\(\s*(?!['\"]zh-cn['\"])",
    "customParseFormat": r"plugin/customParseFormat",
    "advancedFormat": r"plugin/advancedFormat",
    "localizedFormat": r"plugin/localizedFormat",
}
_LOOKS_AT_DATES = re.compile(r"instanceof Date|Date\.parse|dayjs|moment|date-utils|dateformat|silly-datetime|date-fns")
_METHOD_OF_DATES = re.compile(
    r"(?:get|set)(?:UTC)?(?:Time|FullYear|Year|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds)"
    r"|toISOString|toJSON|toLocale\w*|valueOf"
)
_TESTS_DATES = re.compile(r"instanceof\s+Date|toString\.call|\bisDate\b|\.constructor\b|getPrototypeOf")
_CHANGES_DATES = re.compile(
    r"\.set(?:UTC)?(?:Time|FullYear|Year|Month|Date|Hours|Minutes|Seconds|Milliseconds)\b|['\"]date-utils['\"]"
)
_CHANGES_ZONE = re.compile(r"^(?!\s*//).*\benv(?:\.|\[['\"])TZ\b", re.MULTILINE)
_MAKES_DATES = re.compile(r"\bDate\b(?!\.now\b)|dayjs|moment|date-")
# The functions that change what they are given; Object.assign({}, …) makes a new object
_CHANGES_OBJECTS = re.compile(r"Object\.assign\((?!\s*\{)|Object\.definePropert|__proto__|\bReflect\b")
_PACKAGE_OF_CHANGES = re.compile(r"""['"](?:lodash|underscore|ramda)\b""")

# Where texts may begin with a byte order mark, which is blank in JavaScript and not in Python
_READS_FILES = re.compile(r"['\"](?:node:)?fs\b|\bBuffer\b|fileContent|feff|\ufeff", re.IGNORECASE)


def reads_files(text: str) -> bool:
    """Whether its texts may come from files, or have a byte order mark."""
    return bool(_READS_FILES.search(text))


def date_settings(text: str) -> frozenset[str]:
    """Return how date packages are set up: ``zones``, ``zh-cn``, and the plugins of dayjs that change what is known."""
    found = {word for word, pattern in _DATE_SETTINGS.items() if re.search(pattern, text)}
    if "dayjs.locale" in text and "dayjs/locale/zh-cn" not in text:
        found.discard("zh-cn")  # it has no effect
    return frozenset(found)


def looks_at_dates(text: str) -> bool:
    """Whether it looks at dates in ways that need those of documents to be JavaScript's."""
    return bool(_LOOKS_AT_DATES.search(text))


def changes_zone(text: str) -> bool:
    """Whether it sets the time zone, or a comment in the middle of a line says so."""
    return bool(_CHANGES_ZONE.search(text))


def methods_of_dates(node: Node, names: Names) -> list[Node]:
    """Return where a method of dates is taken of what the program may not have made itself."""
    is_method = node.type == "member_expression" and _METHOD_OF_DATES.fullmatch(text_of(field(node, "property")))
    found = [node] if is_method and not _is_new_date(field(node, "object"), names) else []
    return found + [each for child in node.named_children for each in methods_of_dates(child, names)]


def _is_new_date(node: Node, names: Names) -> bool:
    """Whether a value is a Date that the program makes there, or that a variable holds."""
    node = strip(node)
    variable = names.of.get(node.id)
    if variable is None:
        return node.type == "new_expression" and text_of(field(node, "constructor")) == "Date"
    if variable.kind not in ("const", "let") or variable.patterned or variable.value is None:
        return False
    values = [strip(each) for each in (variable.value, *(value for _, value in variable.writes))]
    is_plain = all(how == "=" for how, _ in variable.writes)
    return is_plain and all(names.of.get(each.id) is None and _is_new_date(each, names) for each in values)


def makes_dates(text: str) -> bool:
    """Whether it makes dates, or gets them from a package."""
    return bool(_MAKES_DATES.search(text))


def tests_dates(text: str) -> bool:
    """Whether it asks if a value is a Date."""
    return bool(_TESTS_DATES.search(text))


def changes_dates(text: str) -> bool:
    """Whether it may change a Date in its place."""
    return bool(_CHANGES_DATES.search(text))


def read_keys(node: Node) -> set[str]:
    """Return the names of the properties that are read, called or taken out of objects."""
    found = {key for child in node.named_children for key in read_keys(child)}
    around = node.parent
    if node.type == "property_identifier" and around is not None and around.type == "member_expression":
        use = around.parent
        is_target = use is not None and use.type == "assignment_expression" and field(use, "left").id == around.id
        return found if is_target else {*found, text_of(node)}
    if node.type == "shorthand_property_identifier_pattern":
        return {*found, text_of(node)}
    if node.type == "pair_pattern":
        return {*found, text_of(field(node, "key")).strip("'\"")}
    if node.type == "subscript_expression":
        return {*found, text_of(field(node, "index")).strip("'\"`")}
    return found


def makes_instances(root: Node, names: Names) -> bool:
    """Whether it makes values, dates aside, that JSON has no form for, and that may become part of others."""
    return any(node.type != "new_expression" or _is_kept(node, names) for node in _instances(root))


def _instances(node: Node) -> list[Node]:
    """Return the classes, and where a Map or a Set is made."""
    found = [each for child in node.named_children for each in _instances(child)]
    is_collection = node.type == "new_expression" and text_of(field(node, "constructor")) in _COLLECTIONS
    return [node, *found] if is_collection or node.type in ("class", "class_declaration") else found


def _is_kept(made: Node, names: Names) -> bool:
    """Whether a Map or Set may become part of a value: it is not only asked, spread or gone through."""
    use = made.parent
    while use is not None and use.type == "parenthesized_expression":
        made, use = use, use.parent
    if use is None or use.type == "spread_element":
        return use is None
    if use.type == "member_expression" and field(use, "object").id == made.id:
        return False
    if use.type == "for_in_statement":
        return field(use, "right").id != made.id
    if use.type == "arguments" and use.parent is not None:
        return text_of(use.parent.child_by_field_name("function")) != "Array.from"
    if use.type != "variable_declarator" or field(use, "name").type != "identifier":
        return True
    variable = names.of.get(field(use, "name").id)
    return variable is None or not variable.is_constant or any(_is_kept(read, names) for read in variable.reads)


def changes_objects(text: str) -> bool:
    """Whether it changes objects in ways that do not show what changes."""
    return bool(_CHANGES_OBJECTS.search(text) or _PACKAGE_OF_CHANGES.search(text))
