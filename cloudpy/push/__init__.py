"""Pushed messages (消息推送): verify and decrypt what WeChat sends to your server, and reply.

::

    from cloudpy.push import MessagePush

    push = MessagePush("the Token", appid="wx0123456789abcdef", encoding_aes_key="the EncodingAESKey")

    @push.handler  # an HTTP function; in a web framework: push.receive() and push.reply()
    async def main(event, context):
        return {"MsgType": "text", "Content": f"you said {event['Content']}"}

With an EncodingAESKey the package ``cryptography`` is needed: ``pip install cryptography``.
"""

from .errors import PushError
from .message import PushedMessage, PushReply
from .message_push import MessagePush

__all__ = ["MessagePush", "PushError", "PushReply", "PushedMessage"]
