"""Pages of HTML as cheerio reads them, with BeautifulSoup over html5lib, which builds the tree that browsers build."""

from __future__ import annotations

from typing import Any

from ..._undefined import UNDEFINED
from ...errors import NotTranslated
from .coercion import call, text
from .values import Host, is_nil

_VOID = {
    "area", "base", "basefont", "bgsound", "br", "col", "embed", "frame", "hr", "img", "input", "keygen", "link",
    "meta", "param", "source", "track", "wbr",
}  # fmt: skip
_RAW = {"style", "script", "xmp", "iframe", "noembed", "noframes", "plaintext", "noscript"}


def load_page(html: Any) -> Any:
    """Return ``cheerio.load(html)``."""
    from bs4 import BeautifulSoup

    return Page(BeautifulSoup(text(html), "html5lib"))


class Page(Host):
    """What ``cheerio.load()`` gives; it is called with a selector, or with an element."""

    def __init__(self, root: Any) -> None:
        self._root = root

    def __call__(self, what: Any = UNDEFINED, around: Any = UNDEFINED) -> Any:
        if isinstance(what, str):
            if what.lstrip()[:1] == "<":
                raise NotTranslated("elements of cheerio that are made of HTML are not translated")
            if is_nil(around):
                return PageNodes(_selected([self._root], what), self._root)
            inside = self(around)
            return inside.find(what)
        return PageNodes(_elements_of(what), self._root)

    def html(self) -> str:
        return "".join(map(_html, self._root.contents))

    def text(self) -> str:
        return _text_in(self._root)

    def root(self) -> Any:
        return PageNodes([self._root], self._root)


class PageNode(Host):
    """One element, as functions of the program get it."""

    def __init__(self, element: Any) -> None:
        self._element = element
        self.type = "tag"
        self.name = self.tagName = element.name
        self.attribs = _attributes_of(element)


def _attributes_of(element: Any) -> dict[str, str]:
    return {str(name): " ".join(value) if isinstance(value, list) else value for name, value in element.attrs.items()}


def _elements_of(what: Any) -> list[Any]:
    if is_nil(what) or what == "":
        return []
    if isinstance(what, PageNodes):
        return list(what._elements)
    if isinstance(what, list):
        return [each._element for each in what]
    if not isinstance(what, PageNode):
        raise NotTranslated("what cheerio is called with here is not translated")
    return [what._element]


def _selected(roots: list[Any], selector: Any) -> list[Any]:
    """Return the elements below `roots` that a selector finds, in the order of the page."""
    from soupsieve import SelectorSyntaxError

    selector = text(selector)
    try:
        found = [each for root in roots for each in root.select(selector)]
    except (SelectorSyntaxError, NotImplementedError) as error:
        raise NotTranslated(f"the selector {selector} is not translated: {error}") from None
    seen: dict[int, Any] = {id(each): each for each in found}
    if len(roots) < 2:
        return list(seen.values())
    top = roots[0].find_parents()[-1] if roots[0].parent is not None else roots[0]
    places = {id(each): place for place, each in enumerate(top.descendants)}
    return sorted(seen.values(), key=lambda each: places.get(id(each), 0))


def _matches(element: Any, selector: Any) -> bool:
    from soupsieve import SelectorSyntaxError, match

    try:
        return match(text(selector), element)
    except SelectorSyntaxError as error:
        raise NotTranslated(f"the selector {text(selector)} is not translated: {error}") from None


def _is_element(node: Any) -> bool:
    return getattr(node, "name", None) is not None


def _text_in(node: Any) -> str:
    from bs4 import Comment, Doctype

    if _is_element(node):
        return "".join(map(_text_in, node.contents))
    return "" if isinstance(node, Comment | Doctype) else str(node)


def _html(node: Any) -> str:
    from bs4 import Comment, Doctype

    if isinstance(node, Comment):
        return f"<!--{node}-->"
    if isinstance(node, Doctype):
        return f"<!DOCTYPE {node.split(' ')[0]}>"
    if not _is_element(node):
        raw = node.parent is not None and node.parent.name in _RAW
        return str(node) if raw else _escaped_html(str(node)).replace("<", "&lt;").replace(">", "&gt;")
    attributes = "".join(
        f' {name}="{_escaped_html(value).replace(chr(34), "&quot;")}"' for name, value in _attributes_of(node).items()
    )
    inner = f"<{node.name}{attributes}>"
    if node.name in _VOID:
        return inner
    return inner + "".join(map(_html, node.contents)) + f"</{node.name}>"


def _escaped_html(value: str) -> str:
    return value.replace("&", "&amp;").replace("\u00a0", "&nbsp;")


class PageNodes(Host):
    """Elements that a selector has found."""

    def __init__(self, elements: list[Any], root: Any) -> None:
        self._elements = elements
        self._root = root

    @property
    def length(self) -> int:
        return len(self._elements)

    def _other(self, elements: Any) -> Any:
        return PageNodes(list({id(each): each for each in elements}.values()), self._root)

    def _filtered(self, elements: Any, selector: Any) -> Any:
        return self._other(each for each in elements if is_nil(selector) or _matches(each, selector))

    def find(self, selector: Any) -> Any:
        return self._other(_selected(self._elements, selector)) if self._elements else self

    def first(self) -> Any:
        return self._other(self._elements[:1])

    def last(self) -> Any:
        return self._other(self._elements[-1:])

    def eq(self, place: Any) -> Any:
        place = place + len(self._elements) if place < 0 else place
        return self._other(self._elements[place : place + 1] if place >= 0 else [])

    def slice(self, start: Any = 0, end: Any = UNDEFINED) -> Any:
        return self._other(self._elements[start : None if is_nil(end) else end])

    def children(self, selector: Any = UNDEFINED) -> Any:
        return self._filtered((each for one in self._elements for each in one.contents if _is_element(each)), selector)

    def parent(self, selector: Any = UNDEFINED) -> Any:
        parents = (one.parent for one in self._elements)
        return self._filtered((each for each in parents if each is not None and each.parent is not None), selector)

    def next(self, selector: Any = UNDEFINED) -> Any:
        found = (one.find_next_sibling() for one in self._elements)
        return self._filtered((each for each in found if each is not None), selector)

    def prev(self, selector: Any = UNDEFINED) -> Any:
        found = (one.find_previous_sibling() for one in self._elements)
        return self._filtered((each for each in found if each is not None), selector)

    def siblings(self, selector: Any = UNDEFINED) -> Any:
        if len(self._elements) > 1:
            raise NotTranslated("what is beside several elements of cheerio is not translated")
        found = [
            each for one in self._elements for each in one.parent.contents if _is_element(each) and each is not one
        ]
        return self._filtered(found, selector)

    def closest(self, selector: Any) -> Any:
        found = []
        for one in self._elements:
            around = [one, *one.parents]
            found += [each for each in around if each.parent is not None and _matches(each, selector)][:1]
        return self._other(found)

    def filter(self, what: Any) -> Any:
        if callable(what):
            kept = [
                each
                for place, each in enumerate(self._elements)
                if call(what, place, PageNode(each)) not in (False, None, UNDEFINED, 0, "")
            ]
            return self._other(kept)
        return self._filtered(self._elements, what)

    def not_(self, selector: Any) -> Any:
        return self._other(each for each in self._elements if not _matches(each, selector))

    def is_(self, selector: Any) -> bool:
        return any(_matches(each, selector) for each in self._elements)

    def hasClass(self, name: Any) -> bool:
        return any(text(name) in _attributes_of(each).get("class", "").split() for each in self._elements)

    def each(self, function: Any) -> Any:
        for place, element in enumerate(self._elements):
            if call(function, place, PageNode(element)) is False:
                break
        return self

    def map(self, function: Any) -> Any:
        made: list[Any] = []
        for place, element in enumerate(self._elements):
            value = call(function, place, PageNode(element))
            made += value if isinstance(value, list) else [] if is_nil(value) else [value]
        return PageValues(made)

    def toArray(self) -> list[Any]:
        return [PageNode(each) for each in self._elements]

    def get(self, place: Any = UNDEFINED) -> Any:
        if is_nil(place):
            return self.toArray()
        place = place + len(self._elements) if place < 0 else place
        return PageNode(self._elements[place]) if 0 <= place < len(self._elements) else UNDEFINED

    def text(self) -> str:
        return "".join(map(_text_in, self._elements))

    def html(self) -> Any:
        return "".join(map(_html, self._elements[0].contents)) if self._elements else None

    def attr(self, name: Any) -> Any:
        return _attributes_of(self._elements[0]).get(text(name), UNDEFINED) if self._elements else UNDEFINED

    def remove(self) -> Any:
        for each in self._elements:
            each.extract()
        return self


class PageValues(Host):
    """What ``map()`` of cheerio has made."""

    def __init__(self, values: list[Any]) -> None:
        self._values = values

    @property
    def length(self) -> int:
        return len(self._values)

    def get(self, place: Any = UNDEFINED) -> Any:
        if is_nil(place):
            return self._values
        return self._values[place] if -len(self._values) <= place < len(self._values) else UNDEFINED

    def toArray(self) -> list[Any]:
        return self._values
