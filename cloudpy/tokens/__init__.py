"""Access tokens that many processes share.

::

    import cloudpy as cloud
    from cloudpy.stores import RedisStore
    from cloudpy.tokens import StableToken

    token = StableToken("wx0123456789abcdef", secret, store=RedisStore("redis://127.0.0.1"))
    server = cloud.createNewInstance(transport="https", access_token=token, config=None)

One process at a time asks WeChat for a new token; the others take it from the store. ``token.get()`` and
``await token.aget()`` give the token itself, for calls that are made without cloudpy.
"""

from .access_token import ClassicToken, StableToken
from .jsapi_ticket import JsapiTicket

__all__ = ["ClassicToken", "JsapiTicket", "StableToken"]
