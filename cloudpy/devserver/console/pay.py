"""Orders of WeChat Pay: pay them by hand, close them, refund them."""

from __future__ import annotations

from typing import Any, TypedDict

from ...local.pay import Order
from .console import Console
from .route import ConsoleError, Request, Route


class Refund(TypedDict):
    """A refund: amount in fen, and when, in seconds since 1970."""

    outRefundNo: str
    refundId: str
    fee: int
    at: float


class ShownOrder(TypedDict):
    """An order. Amounts are in fen, times in seconds since 1970; `state` is NOTPAY, SUCCESS or CLOSED."""

    outTradeNo: str
    subMchId: str
    body: str
    fee: int
    refunded: int
    state: str
    openid: str
    function: str
    transactionId: str
    at: float
    paidAt: float
    refunds: list[Refund]


class Orders(TypedDict):
    """All orders, the newest first."""

    orders: list[ShownOrder]


class Payment(TypedDict):
    """Whether the function that the order names is invoked with the event of WeChat Pay."""

    notify: bool


class Paid(TypedDict):
    """The event of WeChat Pay, and the id of the invocation; why no function was invoked, if one should have been."""

    order: ShownOrder
    event: Any
    invocation: str
    problem: str


class NewRefund(TypedDict):
    """A refund to make; an empty `outRefundNo` makes one up."""

    outRefundNo: str
    fee: int


def _list(console: Console, _: Request) -> dict[str, Any]:
    return {"orders": [_shown(order) for order in reversed(console.backend.pay.orders())]}


def _pay(console: Console, request: Request) -> dict[str, Any]:
    order = _find(console, request)
    try:
        event = console.backend.pay.pay(order)
    except ValueError as error:
        raise ConsoleError(409, "WRONG_STATE", str(error)) from None
    function, invocation, problem = str(order.params.get("function_name", "")), "", ""
    if request.json["notify"] and function:
        cloud = console.cloud
        if cloud is None:
            problem = "there are no functions here: cloudpy gateway runs none"
        elif function not in cloud.functions:
            problem = f"the order names the function {function!r}, which does not exist"
        else:
            invocation = cloud.invoke(function, event, cloud.user(function, order.openid)).id
    return {"order": _shown(order), "event": event, "invocation": invocation, "problem": problem}


def _close(console: Console, request: Request) -> dict[str, Any]:
    order = _find(console, request)
    try:
        console.backend.pay.close(order)
    except ValueError as error:
        raise ConsoleError(409, "WRONG_STATE", str(error)) from None
    return _shown(order)


def _refund(console: Console, request: Request) -> dict[str, Any]:
    order, value = _find(console, request), request.json
    number = value["outRefundNo"] or f"{order.params['out_trade_no']}-{len(order.refunds) + 1}"
    try:
        console.backend.pay.refund(order, number, value["fee"])
    except ValueError as error:
        raise ConsoleError(409, "WRONG_STATE", str(error)) from None
    return _shown(order)


def _find(console: Console, request: Request) -> Order:
    merchant, number = request.params["merchant"], request.params["number"]
    for order in console.backend.pay.orders():
        if (str(order.params["sub_mch_id"]), str(order.params["out_trade_no"])) == (merchant, number):
            return order
    raise ConsoleError(404, "NOT_FOUND", f"there is no order {number!r} of the merchant {merchant!r}")


def _shown(order: Order) -> dict[str, Any]:
    params = order.params
    return {
        "outTradeNo": str(params["out_trade_no"]),
        "subMchId": str(params["sub_mch_id"]),
        "body": str(params.get("body", "")),
        "fee": params["total_fee"],
        "refunded": order.refunded,
        "state": order.state,
        "openid": order.openid,
        "function": str(params.get("function_name", "")),
        "transactionId": order.transaction_id,
        "at": order.at,
        "paidAt": order.paid_at,
        "refunds": [
            {"outRefundNo": number, "refundId": one["refund_id"], "fee": one["refund_fee"], "at": one["at"]}
            for number, one in order.refunds.items()
        ],
    }


_ONE = "/orders/{merchant}/{number}"
ROUTES = (
    Route("GET", "/orders", _list, "All orders of WeChat Pay.", "微信支付的所有订单。", result=Orders),
    Route(
        "POST",
        f"{_ONE}/pay",
        _pay,
        "Pay an order as its user.",
        "以下单用户的身份支付订单。",
        changes=True,
        body=Payment,
        result=Paid,
    ),
    Route("POST", f"{_ONE}/close", _close, "Close an order.", "关闭订单。", changes=True, result=ShownOrder),
    Route(
        "POST",
        f"{_ONE}/refund",
        _refund,
        "Refund an order.",
        "退款。",
        changes=True,
        body=NewRefund,
        result=ShownOrder,
    ),
)
