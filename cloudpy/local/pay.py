"""WeChat Pay in memory: orders, payments, refunds, bills. No money is involved."""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .._wire import case, jsontext
from .calls import ApiRequest
from .changes import Changes
from .responses import ApiResponse

_KEY = "local merchant key"  # signs nothing of value
_ORDER = ("body", "out_trade_no", "spbill_create_ip", "sub_mch_id", "total_fee", "env_id", "function_name")
_REFUND = ("out_refund_no", "total_fee", "refund_fee", "sub_mch_id", "env_id", "function_name")
_STATES = {"SUCCESS": "支付成功", "NOTPAY": "订单未支付", "CLOSED": "订单已关闭", "REFUND": "转入退款"}
_REQUIRED = {
    "unifiedOrder": _ORDER,
    "queryOrder": ("sub_mch_id",),
    "closeOrder": ("out_trade_no", "sub_mch_id"),
    "refund": _REFUND,
    "queryRefund": ("sub_mch_id",),
    "downloadBill": ("sub_mch_id", "bill_date"),
}


@dataclass
class Order:
    """An order: `state` is NOTPAY, SUCCESS or CLOSED; `params` are those of unifiedOrder, as they were sent."""

    params: Mapping[str, Any]
    appid: str
    openid: str
    at: float
    state: str = "NOTPAY"
    transaction_id: str = ""
    paid_at: float = 0.0
    refunds: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def refunded(self) -> int:
        """The amount refunded so far, in fen."""
        return sum(refund["refund_fee"] for refund in self.refunds.values())


class PayStore:
    """All orders, by merchant and ``outTradeNo``."""

    def __init__(
        self, clock: Callable[[], float], random_bytes: Callable[[int], bytes], changes: Changes | None = None
    ) -> None:
        self._changes = changes or Changes()
        self._clock = clock
        self._random_bytes = random_bytes
        self._orders: dict[tuple[str, str], Order] = {}

    def orders(self) -> list[Order]:
        """Return all orders, the oldest first."""
        return list(self._orders.values())

    def restore(self, orders: Iterable[Order]) -> None:
        """Replace all orders."""
        self._orders = {(order.params["sub_mch_id"], order.params["out_trade_no"]): order for order in orders}
        self._changes.publish("pay", {})

    def order(self, out_trade_no: str) -> Order | None:
        """Return the order with this number, of any merchant, or None."""
        return next((order for (_, number), order in self._orders.items() if number == out_trade_no), None)

    def paid(self, out_trade_no: str) -> dict[str, Any]:
        """Pay an order as its user.

        Returns:
            The event that WeChat Pay sends to the function ``functionName`` of the order.

        Raises:
            KeyError: the order does not exist.
            ValueError: the order is paid or closed.
        """
        order = self.order(out_trade_no)
        if order is None:
            raise KeyError(out_trade_no)
        return self.pay(order)

    def pay(self, order: Order) -> dict[str, Any]:
        """Pay an order as its user, and return the event as `paid` does.

        Raises:
            ValueError: the order is paid or closed.
        """
        if order.state != "NOTPAY":
            raise ValueError(f"the order {order.params['out_trade_no']!r} is {order.state}")
        order.state, order.paid_at = "SUCCESS", self._clock()
        order.transaction_id = f"42000{self._random_bytes(12).hex()}"[:28]
        self._tell(order)
        params = order.params
        return {
            "returnCode": "SUCCESS",
            "resultCode": "SUCCESS",
            "appid": order.appid,
            "mchId": "1800008281",
            "subAppid": order.appid,
            "subMchId": params["sub_mch_id"],
            "subOpenid": order.openid,
            "subIsSubscribe": "N",
            "outTradeNo": params["out_trade_no"],
            "transactionId": order.transaction_id,
            "totalFee": params["total_fee"],
            "cashFee": params["total_fee"],
            "feeType": params.get("fee_type", "CNY"),
            "tradeType": params.get("trade_type", "JSAPI"),
            "bankType": "OTHERS",
            "nonceStr": self._random_bytes(16).hex(),
            "timeEnd": _timestamp(order.paid_at),
            **({"attach": params["attach"]} if "attach" in params else {}),
        }

    def close(self, order: Order) -> None:
        """Close an order that is not paid.

        Raises:
            ValueError: it is paid or closed.
        """
        if order.state != "NOTPAY":
            raise ValueError(f"the order {order.params['out_trade_no']!r} is {order.state}, only NOTPAY can be closed")
        order.state = "CLOSED"
        self._tell(order)

    def refund(self, order: Order, number: str, fee: int) -> dict[str, Any]:
        """Refund a part of a paid order, or all of it, and return the refund.

        Args:
            order: the order.
            number: ``outRefundNo`` of the refund.
            fee: amount in fen.

        Raises:
            ValueError: the order is not paid, the number is taken, or the amount is not left.
        """
        left = order.params["total_fee"] - order.refunded
        if order.state != "SUCCESS":
            raise ValueError(f"the order {order.params['out_trade_no']!r} is {order.state}, only SUCCESS is refunded")
        if number in order.refunds:
            raise ValueError(f"the order has a refund {number!r} already: use another number")
        if not 0 < fee <= left:
            raise ValueError(f"the amount of a refund must be from 1 to {left} fen, what is left, got {fee}")
        order.refunds[number] = refund = {
            "refund_id": f"50300{self._random_bytes(12).hex()}"[:28],
            "refund_fee": fee,
            "at": self._clock(),
        }
        self._tell(order)
        return refund

    def _tell(self, order: Order) -> None:
        self._changes.publish("pay", {"outTradeNo": str(order.params["out_trade_no"])})

    def respond(self, api: str, request: ApiRequest, appid: str) -> ApiResponse:
        """Return the response to a call of ``cloudPay.<api>``."""
        required = _REQUIRED.get(api)
        if required is None:
            return _failed("SYSTEMERROR", f"the local WeChat does not implement {api}; add a canned response")
        params = request.wire
        for name in required:
            if params.get(name) in (None, ""):
                return _malformed(f"缺少参数 {name}")
        for name in ("total_fee", "refund_fee"):
            fee = params.get(name)
            if name in required and (not isinstance(fee, int) or isinstance(fee, bool) or fee <= 0):
                return _failed("PARAM_ERROR", f"{name} must be a positive integer, in fen")
        user = request.caller.user if request.caller else None
        if api == "unifiedOrder":
            return self._place(params, appid, user.openid if user else "")
        if api == "downloadBill":
            return self._bill(params)
        order = self._find(params)
        if order is None:
            return _failed("ORDERNOTEXIST", "订单不存在")
        return {"queryOrder": self._query, "closeOrder": self._close, "refund": self._refund}.get(
            api, self._query_refund
        )(order, params)

    def _find(self, params: Mapping[str, Any]) -> Order | None:
        merchant = str(params["sub_mch_id"])
        for (owner, number), order in self._orders.items():
            refunds = order.refunds
            known = {
                "out_trade_no": number,
                "transaction_id": order.transaction_id,
            }
            if owner != merchant:
                continue
            if any(params.get(name) and str(params[name]) == value for name, value in known.items()):
                return order
            if params.get("out_refund_no") in refunds and "refund_fee" not in params:
                return order
            if any(refund["refund_id"] == params.get("refund_id") for refund in refunds.values()):
                return order
        return None

    def _place(self, params: Mapping[str, Any], appid: str, openid: str) -> ApiResponse:
        key = str(params["sub_mch_id"]), str(params["out_trade_no"])
        known = self._orders.get(key)
        if known is not None and known.state != "NOTPAY":
            code, text = ("ORDERCLOSED", "订单已关闭") if known.state == "CLOSED" else ("ORDERPAID", "该订单已支付")
            return _failed(code, text)
        if known is not None and (known.params["total_fee"], known.params["body"]) != (
            params["total_fee"],
            params["body"],
        ):
            return _failed("INVALID_REQUEST", "201 商户订单号重复")
        order = self._orders[key] = Order(
            dict(params), appid, params.get("sub_openid") or params.get("openid") or openid, self._clock()
        )
        self._tell(order)
        prepay_id = f"wx{_timestamp(self._clock())}{self._random_bytes(9).hex()}"
        payment = {
            "appId": appid,
            "nonceStr": self._random_bytes(16).hex(),
            "package": f"prepay_id={prepay_id}",
            "signType": "MD5",
            "timeStamp": str(int(self._clock())),
        }
        payment["paySign"] = _sign(payment)
        # The mini program passes these names on: they convert back to camelCase.
        payment = {case.snake(name): value for name, value in payment.items()}
        return self._done(params, prepay_id=prepay_id, trade_type=params.get("trade_type", "JSAPI"), payment=payment)

    def _query(self, order: Order, params: Mapping[str, Any]) -> ApiResponse:
        state = "REFUND" if order.refunds else order.state
        result: dict[str, Any] = {
            "trade_state": state,
            "trade_state_desc": _STATES[state],
            "out_trade_no": order.params["out_trade_no"],
        }
        if order.transaction_id:
            result |= {
                "transaction_id": order.transaction_id,
                "total_fee": order.params["total_fee"],
                "cash_fee": order.params["total_fee"],
                "sub_openid": order.openid,
                "trade_type": order.params.get("trade_type", "JSAPI"),
                "bank_type": "OTHERS",
                "time_end": _timestamp(order.paid_at),
            }
        return self._done(params, **result)

    def _close(self, order: Order, params: Mapping[str, Any]) -> ApiResponse:
        if order.state == "SUCCESS":
            return _failed("ORDERPAID", "该订单已支付")
        if order.state == "CLOSED":
            return _failed("ORDERCLOSED", "订单已关闭")
        self.close(order)
        return self._done(params)

    def _refund(self, order: Order, params: Mapping[str, Any]) -> ApiResponse:
        if order.state != "SUCCESS":
            return _failed("TRADE_STATE_ERROR", "订单状态错误")
        number = str(params["out_refund_no"])
        known = order.refunds.get(number)
        if params["total_fee"] != order.params["total_fee"]:
            return _failed("INVALID_REQUEST", "订单金额或退款金额与之前请求不一致，请核实后再试")
        if known is None and order.refunded + params["refund_fee"] > order.params["total_fee"]:
            return _failed("NOTENOUGH", "退款金额大于支付金额")
        if known is None:  # the same number again is the same refund
            known = self.refund(order, number, params["refund_fee"])
        return self._done(
            params,
            transaction_id=order.transaction_id,
            out_trade_no=order.params["out_trade_no"],
            out_refund_no=number,
            refund_id=known["refund_id"],
            refund_fee=known["refund_fee"],
            total_fee=order.params["total_fee"],
            cash_fee=order.params["total_fee"],
        )

    def _query_refund(self, order: Order, params: Mapping[str, Any]) -> ApiResponse:
        if not order.refunds:
            return _failed("REFUNDNOTEXIST", "退款订单查询失败")
        result: dict[str, Any] = {
            "transaction_id": order.transaction_id,
            "out_trade_no": order.params["out_trade_no"],
            "total_fee": order.params["total_fee"],
            "refund_count": len(order.refunds),
            "refund_fee": order.refunded,
        }
        for index, (number, refund) in enumerate(order.refunds.items()):
            result |= {
                f"out_refund_no_{index}": number,
                f"refund_id_{index}": refund["refund_id"],
                f"refund_fee_{index}": refund["refund_fee"],
                f"refund_status_{index}": "SUCCESS",
                f"refund_success_time_{index}": _readable(refund["at"]),
            }
        return self._done(params, **result)

    def _bill(self, params: Mapping[str, Any]) -> ApiResponse:
        date, merchant = str(params["bill_date"]), str(params["sub_mch_id"])
        rows = [
            _bill_row(order.paid_at, order.appid, owner, order.transaction_id, number, order.openid, order.state)
            + f",`{order.params['total_fee'] / 100:.2f},`{order.refunded / 100:.2f}"
            for (owner, number), order in self._orders.items()
            if owner == merchant and order.transaction_id and _timestamp(order.paid_at)[:8] == date
        ]
        if not rows:
            error = {"return_code": "FAIL", "return_msg": "No Bill Exist", "error_code": "20002"}
            return ApiResponse(jsontext.stringify(error).encode(), origin="pay")
        head = "\ufeff交易时间,公众账号ID,特约商户号,微信订单号,商户订单号,用户标识,交易状态,总金额,退款金额"
        text = "\r\n".join((head, *rows, "总交易单数", f"`{len(rows)}", "")).encode()
        body = gzip.compress(text, mtime=0) if params.get("tar_type") == "GZIP" else text
        return ApiResponse(body, "text/plain", origin="pay")

    def _done(self, params: Mapping[str, Any], **more: Any) -> ApiResponse:
        result = {
            "return_code": "SUCCESS",
            "return_msg": "OK",
            "result_code": "SUCCESS",
            "sub_mch_id": params["sub_mch_id"],
            "nonce_str": self._random_bytes(16).hex(),
            **more,
        }
        return ApiResponse(jsontext.stringify(result).encode(), origin="pay")

    def __repr__(self) -> str:
        return f"<PayStore of {len(self._orders)} orders>"


def _malformed(text: str) -> ApiResponse:
    """Return the response to a malformed request."""
    return ApiResponse(
        jsontext.stringify({"return_code": "FAIL", "return_msg": text}).encode(), origin="pay", message=text
    )


def _failed(code: str, text: str) -> ApiResponse:
    """Return the response to a request that cannot be carried out."""
    body = {"return_code": "SUCCESS", "return_msg": "OK", "result_code": "FAIL", "err_code": code, "err_code_des": text}
    return ApiResponse(jsontext.stringify(body).encode(), origin="pay", message=text)


def _sign(values: Mapping[str, str]) -> str:
    """Return a signature of the right form."""
    text = "&".join(f"{name}={values[name]}" for name in sorted(values))
    return hashlib.md5(f"{text}&key={_KEY}".encode(), usedforsecurity=False).hexdigest().upper()


def _china_time(seconds: float) -> time.struct_time:
    """Return the civil time in China of an instant in seconds since 1970."""
    return time.gmtime(seconds + 8 * 3600)  # WeChat Pay uses UTC+8, wherever the merchant is


def _timestamp(seconds: float) -> str:
    """Return an instant as in responses: ``20261122093000``."""
    return time.strftime("%Y%m%d%H%M%S", _china_time(seconds))


def _readable(seconds: float) -> str:
    """Return an instant as in bills: ``2026-11-22 09:30:00``."""
    return time.strftime("%Y-%m-%d %H:%M:%S", _china_time(seconds))


def _bill_row(paid_at: float, *texts: str) -> str:
    """Return the start of a bill's row; backticks keep spreadsheets from reading numbers."""
    return ",".join(f"`{text}" for text in (_readable(paid_at), *texts))
