"""What goes into and comes out of the calls beside `openapi`, for type checkers; what they mean stands in `_services`."""

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Literal, TypedDict, overload

from typing_extensions import NotRequired, Required, Unpack

from cloudpy._client.config import _CurrentEnv

from .shapes import MISSING, MYPY, Given, Given1, Given2, Given3, Given4, Given5, Given6, Given7, Never

_List = list

class ServiceConfig(TypedDict):
    env: str | _CurrentEnv

class RetryOptions(TypedDict, total=False):
    retries: int
    # shape Node's pauses, and are passed over
    factor: float
    minTimeout: float
    maxTimeout: float
    randomize: bool
    timeouts: Sequence[float]
    maxRetryTime: float

class Done(TypedDict):
    errCode: int
    errMsg: str

class CallFunctionParams(TypedDict, total=False):
    name: Required[str]
    data: Mapping[str, Any]
    config: ServiceConfig
    timeout: float
    retryOptions: RetryOptions

class CallFunctionResult(TypedDict):
    result: Any
    errMsg: str
    requestID: NotRequired[str]

class CallOpenAPIParams(TypedDict, total=False):
    api: Required[str]
    data: Mapping[str, Any]
    version: Literal["v1", "v2"]
    config: ServiceConfig
    timeout: float
    retryOptions: RetryOptions

class CallOpenAPIResult(TypedDict):
    result: Any
    errMsg: str

class GetOpenDataParams(TypedDict):
    list: Sequence[str]
    appid: NotRequired[str]

class GetOpenDataResult(Done):
    list: _List[dict[str, Any]]

class GetVoIPSignParams(TypedDict):
    groupId: str
    timestamp: int
    nonce: str

class GetCloudCallSignParams(TypedDict):
    parameterList: Sequence[str]

class SignatureResult(Done):
    signature: str

class SignatureParams(TypedDict):
    type: Literal["midas"]
    params: Sequence[str]
    secret: str

class PayOptions(TypedDict, total=False):
    appid: str
    timeout: float

class Payment(TypedDict):
    """What `wx.requestPayment` takes."""

    appId: str
    nonceStr: str
    package: str
    paySign: str
    signType: str
    timeStamp: str

class PayResult(Done):
    """`returnCode` and `resultCode` are `SUCCESS` or `FAIL`; what failed stands in `returnMsg` and `errCodeDes`."""

    returnCode: str
    returnMsg: str
    resultCode: str
    errCodeDes: str

class UnifiedOrderParams(TypedDict):
    body: str
    outTradeNo: str
    spbillCreateIp: str
    subMchId: str
    totalFee: int
    envId: str
    functionName: str
    nonceStr: NotRequired[str]
    deviceInfo: NotRequired[str]
    detail: NotRequired[str]
    attach: NotRequired[str]
    feeType: NotRequired[str]
    timeStart: NotRequired[str]
    timeExpire: NotRequired[str]
    goodsTag: NotRequired[str]
    limitPay: NotRequired[str]
    receipt: NotRequired[str]
    sceneInfo: NotRequired[str]
    tradeType: NotRequired[str]
    openid: NotRequired[str]
    subOpenid: NotRequired[str]
    subAppid: NotRequired[str]
    productId: NotRequired[str]

class UnifiedOrderResult(PayResult):
    payment: Payment
    appid: str
    mchId: str
    subMchId: str
    nonceStr: str
    sign: str
    tradeType: str
    prepayId: str

class QueryOrderParams(TypedDict):
    transactionId: NotRequired[str]
    outTradeNo: NotRequired[str]
    subMchId: str
    nonceStr: NotRequired[str]

class QueryOrderResult(PayResult):
    tradeState: str
    tradeStateDesc: str
    outTradeNo: str
    transactionId: str
    totalFee: int
    openid: str
    timeEnd: str

class CloseOrderParams(TypedDict):
    outTradeNo: str
    subMchId: str
    nonceStr: NotRequired[str]

class RefundParams(TypedDict):
    outRefundNo: str
    totalFee: int
    refundFee: int
    subMchId: str
    envId: str
    functionName: str
    transactionId: NotRequired[str]
    outTradeNo: NotRequired[str]
    nonceStr: NotRequired[str]
    refundFeeType: NotRequired[str]
    refundDesc: NotRequired[str]
    refundAccount: NotRequired[str]

class RefundResult(PayResult):
    refundId: str
    outRefundNo: str
    outTradeNo: str
    transactionId: str
    refundFee: int
    totalFee: int

class QueryRefundParams(TypedDict):
    subMchId: str
    transactionId: NotRequired[str]
    outTradeNo: NotRequired[str]
    outRefundNo: NotRequired[str]
    refundId: NotRequired[str]
    offset: NotRequired[int]
    nonceStr: NotRequired[str]

class QueryRefundResult(PayResult):
    refundCount: int
    outTradeNo: str
    transactionId: str
    totalFee: int

class DownloadBillParams(TypedDict):
    subMchId: str
    billDate: str
    billType: NotRequired[str]
    tarType: NotRequired[Literal["GZIP"]]
    nonceStr: NotRequired[str]

class DownloadBillResult(PayResult):
    data: str | bytes

class AsyncCloudPay:
    def __call__(self, options: PayOptions = ..., /, **keywords: Unpack[PayOptions]) -> AsyncCloudPay: ...
    @overload
    async def unifiedOrder(self, params: UnifiedOrderParams, /) -> UnifiedOrderResult:
        """统一下单 — place an order; `payment` is what `wx.requestPayment` takes."""
    @overload
    async def unifiedOrder(self, **keywords: Unpack[UnifiedOrderParams]) -> UnifiedOrderResult: ...
    if not MYPY:
        @overload
        async def unifiedOrder(self, *, body: str | Given1 = MISSING, outTradeNo: str | Given2 = MISSING, spbillCreateIp: str | Given3 = MISSING, subMchId: str | Given4 = MISSING, totalFee: int | Given5 = MISSING, envId: str | Given6 = MISSING, functionName: str | Given7 = MISSING, nonceStr: str = ..., deviceInfo: str = ..., detail: str = ..., attach: str = ..., feeType: str = ..., timeStart: str = ..., timeExpire: str = ..., goodsTag: str = ..., limitPay: str = ..., receipt: str = ..., sceneInfo: str = ..., tradeType: str = ..., openid: str = ..., subOpenid: str = ..., subAppid: str = ..., productId: str = ..., _keywords: Literal["body", "outTradeNo", "spbillCreateIp", "subMchId", "totalFee", "envId", "functionName", "nonceStr", "deviceInfo", "detail", "attach", "feeType", "timeStart", "timeExpire", "goodsTag", "limitPay", "receipt", "sceneInfo", "tradeType", "openid", "subOpenid", "subAppid", "productId"] | Given = MISSING, **_unknown: Never) -> UnifiedOrderResult: ...
        @overload
        async def unifiedOrder(self, **keywords: Unpack[UnifiedOrderParams]) -> UnifiedOrderResult: ...
    @overload
    async def queryOrder(self, params: QueryOrderParams, /) -> QueryOrderResult:
        """查询订单 — how an order stands (`tradeState`)."""
    @overload
    async def queryOrder(self, **keywords: Unpack[QueryOrderParams]) -> QueryOrderResult: ...
    if not MYPY:
        @overload
        async def queryOrder(self, *, transactionId: str = ..., outTradeNo: str = ..., subMchId: str | Given1 = MISSING, nonceStr: str = ..., _keywords: Literal["transactionId", "outTradeNo", "subMchId", "nonceStr"] | Given = MISSING, **_unknown: Never) -> QueryOrderResult: ...
        @overload
        async def queryOrder(self, **keywords: Unpack[QueryOrderParams]) -> QueryOrderResult: ...
    @overload
    async def closeOrder(self, params: CloseOrderParams, /) -> PayResult:
        """关闭订单 — close an order that is not paid."""
    @overload
    async def closeOrder(self, **keywords: Unpack[CloseOrderParams]) -> PayResult: ...
    if not MYPY:
        @overload
        async def closeOrder(self, *, outTradeNo: str | Given1 = MISSING, subMchId: str | Given2 = MISSING, nonceStr: str = ..., _keywords: Literal["outTradeNo", "subMchId", "nonceStr"] | Given = MISSING, **_unknown: Never) -> PayResult: ...
        @overload
        async def closeOrder(self, **keywords: Unpack[CloseOrderParams]) -> PayResult: ...
    @overload
    async def refund(self, params: RefundParams, /) -> RefundResult:
        """申请退款 — give back money of an order that is paid."""
    @overload
    async def refund(self, **keywords: Unpack[RefundParams]) -> RefundResult: ...
    if not MYPY:
        @overload
        async def refund(self, *, outRefundNo: str | Given1 = MISSING, totalFee: int | Given2 = MISSING, refundFee: int | Given3 = MISSING, subMchId: str | Given4 = MISSING, envId: str | Given5 = MISSING, functionName: str | Given6 = MISSING, transactionId: str = ..., outTradeNo: str = ..., nonceStr: str = ..., refundFeeType: str = ..., refundDesc: str = ..., refundAccount: str = ..., _keywords: Literal["outRefundNo", "totalFee", "refundFee", "subMchId", "envId", "functionName", "transactionId", "outTradeNo", "nonceStr", "refundFeeType", "refundDesc", "refundAccount"] | Given = MISSING, **_unknown: Never) -> RefundResult: ...
        @overload
        async def refund(self, **keywords: Unpack[RefundParams]) -> RefundResult: ...
    @overload
    async def queryRefund(self, params: QueryRefundParams, /) -> QueryRefundResult:
        """查询退款 — how a refund stands."""
    @overload
    async def queryRefund(self, **keywords: Unpack[QueryRefundParams]) -> QueryRefundResult: ...
    if not MYPY:
        @overload
        async def queryRefund(self, *, subMchId: str | Given1 = MISSING, transactionId: str = ..., outTradeNo: str = ..., outRefundNo: str = ..., refundId: str = ..., offset: int = ..., nonceStr: str = ..., _keywords: Literal["subMchId", "transactionId", "outTradeNo", "outRefundNo", "refundId", "offset", "nonceStr"] | Given = MISSING, **_unknown: Never) -> QueryRefundResult: ...
        @overload
        async def queryRefund(self, **keywords: Unpack[QueryRefundParams]) -> QueryRefundResult: ...
    @overload
    async def downloadBill(self, params: DownloadBillParams, /) -> DownloadBillResult:
        """下载交易账单 — the bill of a day: `data` is text, bytes with `tarType="GZIP"`."""
    @overload
    async def downloadBill(self, **keywords: Unpack[DownloadBillParams]) -> DownloadBillResult: ...
    if not MYPY:
        @overload
        async def downloadBill(self, *, subMchId: str | Given1 = MISSING, billDate: str | Given2 = MISSING, billType: str = ..., tarType: Literal["GZIP"] = ..., nonceStr: str = ..., _keywords: Literal["subMchId", "billDate", "billType", "tarType", "nonceStr"] | Given = MISSING, **_unknown: Never) -> DownloadBillResult: ...
        @overload
        async def downloadBill(self, **keywords: Unpack[DownloadBillParams]) -> DownloadBillResult: ...
    def __getattr__(self, name: str) -> UnknownAsyncPay: ...

class SyncCloudPay:
    def __call__(self, options: PayOptions = ..., /, **keywords: Unpack[PayOptions]) -> SyncCloudPay: ...
    @overload
    def unifiedOrder(self, params: UnifiedOrderParams, /) -> UnifiedOrderResult:
        """统一下单 — place an order; `payment` is what `wx.requestPayment` takes."""
    @overload
    def unifiedOrder(self, **keywords: Unpack[UnifiedOrderParams]) -> UnifiedOrderResult: ...
    if not MYPY:
        @overload
        def unifiedOrder(self, *, body: str | Given1 = MISSING, outTradeNo: str | Given2 = MISSING, spbillCreateIp: str | Given3 = MISSING, subMchId: str | Given4 = MISSING, totalFee: int | Given5 = MISSING, envId: str | Given6 = MISSING, functionName: str | Given7 = MISSING, nonceStr: str = ..., deviceInfo: str = ..., detail: str = ..., attach: str = ..., feeType: str = ..., timeStart: str = ..., timeExpire: str = ..., goodsTag: str = ..., limitPay: str = ..., receipt: str = ..., sceneInfo: str = ..., tradeType: str = ..., openid: str = ..., subOpenid: str = ..., subAppid: str = ..., productId: str = ..., _keywords: Literal["body", "outTradeNo", "spbillCreateIp", "subMchId", "totalFee", "envId", "functionName", "nonceStr", "deviceInfo", "detail", "attach", "feeType", "timeStart", "timeExpire", "goodsTag", "limitPay", "receipt", "sceneInfo", "tradeType", "openid", "subOpenid", "subAppid", "productId"] | Given = MISSING, **_unknown: Never) -> UnifiedOrderResult: ...
        @overload
        def unifiedOrder(self, **keywords: Unpack[UnifiedOrderParams]) -> UnifiedOrderResult: ...
    @overload
    def queryOrder(self, params: QueryOrderParams, /) -> QueryOrderResult:
        """查询订单 — how an order stands (`tradeState`)."""
    @overload
    def queryOrder(self, **keywords: Unpack[QueryOrderParams]) -> QueryOrderResult: ...
    if not MYPY:
        @overload
        def queryOrder(self, *, transactionId: str = ..., outTradeNo: str = ..., subMchId: str | Given1 = MISSING, nonceStr: str = ..., _keywords: Literal["transactionId", "outTradeNo", "subMchId", "nonceStr"] | Given = MISSING, **_unknown: Never) -> QueryOrderResult: ...
        @overload
        def queryOrder(self, **keywords: Unpack[QueryOrderParams]) -> QueryOrderResult: ...
    @overload
    def closeOrder(self, params: CloseOrderParams, /) -> PayResult:
        """关闭订单 — close an order that is not paid."""
    @overload
    def closeOrder(self, **keywords: Unpack[CloseOrderParams]) -> PayResult: ...
    if not MYPY:
        @overload
        def closeOrder(self, *, outTradeNo: str | Given1 = MISSING, subMchId: str | Given2 = MISSING, nonceStr: str = ..., _keywords: Literal["outTradeNo", "subMchId", "nonceStr"] | Given = MISSING, **_unknown: Never) -> PayResult: ...
        @overload
        def closeOrder(self, **keywords: Unpack[CloseOrderParams]) -> PayResult: ...
    @overload
    def refund(self, params: RefundParams, /) -> RefundResult:
        """申请退款 — give back money of an order that is paid."""
    @overload
    def refund(self, **keywords: Unpack[RefundParams]) -> RefundResult: ...
    if not MYPY:
        @overload
        def refund(self, *, outRefundNo: str | Given1 = MISSING, totalFee: int | Given2 = MISSING, refundFee: int | Given3 = MISSING, subMchId: str | Given4 = MISSING, envId: str | Given5 = MISSING, functionName: str | Given6 = MISSING, transactionId: str = ..., outTradeNo: str = ..., nonceStr: str = ..., refundFeeType: str = ..., refundDesc: str = ..., refundAccount: str = ..., _keywords: Literal["outRefundNo", "totalFee", "refundFee", "subMchId", "envId", "functionName", "transactionId", "outTradeNo", "nonceStr", "refundFeeType", "refundDesc", "refundAccount"] | Given = MISSING, **_unknown: Never) -> RefundResult: ...
        @overload
        def refund(self, **keywords: Unpack[RefundParams]) -> RefundResult: ...
    @overload
    def queryRefund(self, params: QueryRefundParams, /) -> QueryRefundResult:
        """查询退款 — how a refund stands."""
    @overload
    def queryRefund(self, **keywords: Unpack[QueryRefundParams]) -> QueryRefundResult: ...
    if not MYPY:
        @overload
        def queryRefund(self, *, subMchId: str | Given1 = MISSING, transactionId: str = ..., outTradeNo: str = ..., outRefundNo: str = ..., refundId: str = ..., offset: int = ..., nonceStr: str = ..., _keywords: Literal["subMchId", "transactionId", "outTradeNo", "outRefundNo", "refundId", "offset", "nonceStr"] | Given = MISSING, **_unknown: Never) -> QueryRefundResult: ...
        @overload
        def queryRefund(self, **keywords: Unpack[QueryRefundParams]) -> QueryRefundResult: ...
    @overload
    def downloadBill(self, params: DownloadBillParams, /) -> DownloadBillResult:
        """下载交易账单 — the bill of a day: `data` is text, bytes with `tarType="GZIP"`."""
    @overload
    def downloadBill(self, **keywords: Unpack[DownloadBillParams]) -> DownloadBillResult: ...
    if not MYPY:
        @overload
        def downloadBill(self, *, subMchId: str | Given1 = MISSING, billDate: str | Given2 = MISSING, billType: str = ..., tarType: Literal["GZIP"] = ..., nonceStr: str = ..., _keywords: Literal["subMchId", "billDate", "billType", "tarType", "nonceStr"] | Given = MISSING, **_unknown: Never) -> DownloadBillResult: ...
        @overload
        def downloadBill(self, **keywords: Unpack[DownloadBillParams]) -> DownloadBillResult: ...
    def __getattr__(self, name: str) -> UnknownPay: ...

class UnknownAsyncPay:
    """A name that is not described: it can be called all the same."""

    def __call__(self, params: Mapping[str, Any] = ..., /, **named: Any) -> Coroutine[Any, Any, dict[str, Any]]: ...
    def __getattr__(self, name: str) -> UnknownAsyncPay: ...

class UnknownPay:
    """A name that is not described: it can be called all the same."""

    def __call__(self, params: Mapping[str, Any] = ..., /, **named: Any) -> dict[str, Any]: ...
    def __getattr__(self, name: str) -> UnknownPay: ...
