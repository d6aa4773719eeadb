"""What the object storage answers when it refuses: XML, in words that say what to do."""

from __future__ import annotations

_ADVICE = {
    "AccessDenied": "the permission that the gateway gave is for this path and for a short time: was the upload slow"
    " to begin?",
    "RequestTimeTooSkewed": "the clock of this machine is wrong",
    "EntityTooLarge": "one upload has 5 GB at most",
    "EntityTooSmall": "the storage wants more bytes than came",
    "NoSuchKey": "there is no such file any more",
    "NoSuchBucket": "the environment has no storage: open it in the console",
}
_MAX_CHARACTERS = 4096  # of one text


class Refusal:
    """What an XML error says.

    Attributes:
        found: whether it is one: XML whose root is an ``Error``.
        code: ``AccessDenied``, …; empty when it names none.
        words: code and message as Node puts them, and what can be done about it.
        ids: the storage's own ids of the request, for its support; joined by ``|``.
        problem: why the body is no XML; empty when it is, or when there is no body.
    """

    __slots__ = ("code", "found", "ids", "problem", "words")

    def __init__(self, body: bytes) -> None:
        root, texts, self.problem = _read(body)
        self.found = root == "Error"
        self.code = texts.get("Code", "")
        self.ids = "|".join(texts[name] for name in ("RequestId", "TraceId") if texts.get(name))
        advice = _ADVICE.get(self.code)
        self.words = f"[{self.code}]: {texts.get('Message', '')}{f' ({advice})' if advice else ''}"


def _read(body: bytes) -> tuple[str, dict[str, str], str]:
    """Return the name of the root, the texts of the elements in it, and why the body is no XML."""
    if not body.strip():
        return "", {}, ""
    from xml.parsers import expat  # here: most uploads are answered with nothing

    path: list[str] = []
    texts: dict[str, str] = {}
    root = ""

    def start(name: str, _: object) -> None:
        nonlocal root
        name = name.rpartition(":")[2]  # whatever prefix its namespace has
        root = root or name
        path.append(name)
        if len(path) == 2:
            if name in texts:  # only the first of a name counts
                path[-1] = ""
            else:
                texts[name] = ""

    def data(text: str) -> None:
        if len(path) == 2 and path[-1] and len(texts[path[-1]]) < _MAX_CHARACTERS:
            texts[path[-1]] += text[:_MAX_CHARACTERS]

    def doctype(*_: object) -> None:
        raise ValueError("it declares a document type")  # and with it entities, whose expansion could fill memory

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(body.lstrip(), True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        return "", {}, str(error)
    return root, {name: text.strip() for name, text in texts.items()}, ""
