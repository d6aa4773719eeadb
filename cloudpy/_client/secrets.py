"""How secrets are recognised: by the name of the field, and by the form of the value.

Logs, errors, recordings, ``cloudpy check`` and ``cloudpy env`` share this one list.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

# Found anywhere in a name, in lower case and without separators: wxCloudApiToken, X-Session-Key, APIv3_KEY.
_PARTS = re.compile(
    "token(?!iz)|secret(?!ar)|passw(?:or)?d|passphrase|passcode|signature|ticket|credential|authorization|cookie"
    "|csrf|xsrf|sessionid|sessid|apiv[23]|cloudbasecontext|paysig"
    "|(?:access|account|aes|api|app|auth|cipher|client|decrypt|decryption|deploy|des|encrypt|encryption|hmac|license"
    "|login|master|mch|merchant|partner|pay|payment|private|rsa|server|session|shared|sign|signing|ssh|v[23])key"
)
# The last word of a name: paySign, REDIS_AUTH, oldPwd2.
_LAST = {"auth", "cred", "creds", "dsn", "jwt", "pass", "pwd", "sig", "sign"}
# Endings of names without separators: dbpwd. Too short to be searched for anywhere.
_ENDINGS = ("pwd", "paysign")
# A name with this ending describes a secret and does not hold one: token_type, cookiePath, ticketClass.
_ABOUT = set(
    "age alg algorithm class count counts date details dir enabled endpoint file folder kind label len length limit max"
    " method min name names num path policy price required rule rules size state status time title total ttl type types"
    " uri url valid version".split()
)
# The same in Chinese: found anywhere in a name, and the endings of names that are about a secret.
_CHINESE = re.compile("密码|密钥|秘钥|密匙|私钥|口令|令牌|授权码|凭证|凭据")
_ABOUT_CHINESE = tuple("长度 强度 错误 次数 类型 规则 名称 状态 提示 说明 有效期 时间".split())
# … tokens: counts of a language model
_COUNTED = set(
    "accepted audio cached completion image input max min num output prediction prompt reasoning rejected text thinking"
    " total used".split()
)
_SEATS = {"flight", "meeting", "movie", "scenic", "train"}  # … ticket: WeChat's names of bookings
# … pass: passwords; boardingPass and the like are not
_LOGINS = set("admin app db email ftp http login mail mongo my mysql pg postgres proxy redis root smtp user".split())
_CONSTANT_KEY = re.compile(r"[A-Za-z][A-Z0-9_]*_KEY")  # of a variable: MAP_KEY, or as a parameter: mAP_KEY
_FOLDERS = {"PWD", "OLDPWD"}  # variables of every shell
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_HINT = re.compile(
    "token|secret|pass|pwd|sig|ticket|cred|auth|cookie|csrf|xsrf|sess|api|key|context|dsn|jwt", re.IGNORECASE
)
_MAX_CACHED = 128  # characters of a name that is cached

# Secrets by their form alone. Each pattern begins where no longer run of its characters could have begun, so that
# searching takes time linear in the text.
FORMS: dict[str, re.Pattern[str]] = {
    "a Tencent Cloud secretId": re.compile(r"(?<![A-Za-z0-9])AKID[A-Za-z0-9_-]{28,}"),
    "an access token of WeChat": re.compile(r"(?<![\w-])\d{1,3}_[A-Za-z0-9_-]{80,}"),
    "a JSON Web Token": re.compile(r"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"),
    "a key of another service": re.compile(
        r"(?<![\w-])(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|sk-[\w-]{20,}|[sr]k_live_\w{16,}"
        r"|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{16}(?!\w)|LTAI[A-Za-z0-9]{12,}|AIza[\w-]{30,})"
    ),
    # of a robot of WeCom, of Tencent's maps
    "a key in an address": re.compile(
        r"(?<=[?&]key=)(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
        r"|[A-Z0-9]{5}(?:-[A-Z0-9]{5}){5})(?!\w)"
    ),
}
MIN_FORM = 15  # characters of the shortest of them
_BLANK = "(?: |[+]|%20)"  # as it stands, and as URLs and forms write it
_KEY_LINE = re.compile(
    rf"-----(BEGIN|END){_BLANK}(?:[A-Z0-9]{{1,12}}{_BLANK}){{0,4}}PRIVATE{_BLANK}KEY(?:{_BLANK}BLOCK)?-----"
)
_KEY_BODY = re.compile(r"[A-Za-z0-9+/=\s\\:,%-]+")


def secret_name(name: object) -> bool:
    """Whether a field of this name may hold a secret."""
    if isinstance(name, bytes):
        name = name.decode("latin-1")
    if not isinstance(name, str):
        return False
    return _cached(name) if len(name) <= _MAX_CACHED else _is_secret(name)


def _is_secret(name: str) -> bool:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name)  # letters of full width
        if _CHINESE.search(name):
            return not name.endswith(_ABOUT_CHINESE)
    if _HINT.search(name) is None or name in _FOLDERS:
        return False
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _ABOUT or any(word.startswith("expir") for word in words):
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if (last == "tokens" and before in _COUNTED) or (last == "ticket" and before in _SEATS):
        return False
    if last in _LAST and (last != "pass" or not before or before in _LOGINS):
        return True
    joined = "".join(char for char in name.lower() if char.isalnum())
    if _PARTS.search(joined) or joined.rstrip("0123456789").endswith(_ENDINGS) or "pwd" in words:
        return True
    return _CONSTANT_KEY.fullmatch(name) is not None


_cached = lru_cache(4096)(_is_secret)

VALUE_KEYS = frozenset(("value", "Value"))  # {"name": "token", "value": "…"}
_NAME_KEYS = ("name", "key", "Name", "Key")


def names_secret(item: Mapping[Any, Any]) -> bool:
    """Whether a mapping is a pair such as ``{"name": "token", "value": "…"}`` whose value is a secret."""
    return any(secret_name(item.get(key)) for key in _NAME_KEYS)


def header_name(name: object) -> bool:
    """Whether a name can only be that of an HTTP header: in a list of two, its value follows."""
    return isinstance(name, str) and ("-" in name or name.lower() in ("authorization", "cookie"))


def private_keys(text: str) -> list[tuple[int, int]]:
    """Return the spans of private keys in text: from BEGIN to END, or as far as it may be a key without END."""
    spans: list[tuple[int, int]] = []
    begin = -1
    for line in _KEY_LINE.finditer(text):
        if line[1] == "BEGIN":
            begin = line.start() if begin < 0 else begin
        elif begin >= 0:
            spans.append((begin, line.end()))
            begin = -1
    if begin >= 0:
        cut = _KEY_BODY.match(text, begin)
        spans.append((begin, cut.end() if cut else len(text)))
    return spans


def forms_in(text: str) -> Iterator[str]:
    """Yield the kinds of secrets in text, by their form."""
    yield from (kind for kind, form in FORMS.items() if form.search(text))
    if private_keys(text):
        yield "a private key"
