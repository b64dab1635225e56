"""Buying packages and quota for an OA, in two steps: an order that costs nothing, then its confirmation."""

from dataclasses import dataclass

from .call import Caller
from .errors import ZaloUncertain
from .limits import id_of, refuse, text_of
from .reading import as_id, as_int, as_mapping, as_text

BENEFICIARIES = ("OA", "APP")


@dataclass(frozen=True, repr=False)
class Order:
    """`amount_vnd` before and `final_amount_vnd` after vouchers; `verified_token` confirms within five minutes."""

    order_id: str
    verified_token: str | None
    product_name: str | None
    amount_vnd: int | None
    final_amount_vnd: int | None
    zbs_account: str | None


class Purchases(Caller):
    """Nothing here is safe to repeat: a lost answer is ZaloUncertain."""

    async def order_create(
        self,
        access_token: str,
        *,
        product_id: str | None = None,
        redeem_code: str | None = None,
        voucher_code: str | None = None,
        beneficiary: str = "OA",
    ) -> Order:
        """An order for a product, or for what a code redeems; nothing is charged yet."""
        if beneficiary not in BENEFICIARIES:
            refuse("beneficiary", "Bên được hưởng chỉ có “OA” và “APP”. Xin chọn lại.")
        if (product_id is None) == (redeem_code is None):
            refuse(
                "product_id", "Cần đúng một trong hai: mã sản phẩm hoặc mã đổi quà. Xin điền một trong hai."
            )
        body: dict = {"beneficiary": beneficiary}
        if product_id is not None:
            if not product_id.isascii() or not product_id.isdigit() or len(product_id) > 19:
                refuse("product_id", "Mã sản phẩm chỉ gồm chữ số. Xin xem lại bảng sản phẩm của Zalo.")
            body["product_id"] = int(product_id)  # a number on this one endpoint
        if redeem_code is not None:
            body["redeem_code"] = text_of("redeem_code", redeem_code, 100)
        if voucher_code is not None:
            body["voucher_code"] = text_of("voucher_code", voucher_code, 100)
        data = await self._order(access_token, "/v3.0/oa/purchase/create_order", body)
        order_id = as_id(data.get("order_id"))
        if order_id is None:
            raise ZaloUncertain(details={"cause": "accepted_without_id"})
        return Order(
            order_id=order_id,
            verified_token=as_id(data.get("verified_token"), longest=512),
            product_name=as_text(data.get("product_name")),
            amount_vnd=as_int(data.get("amount")),
            final_amount_vnd=as_int(data.get("final_amount")),
            zbs_account=as_id(data.get("zca_id")),
        )

    async def order_confirm(self, access_token: str, order_id: str, verified_token: str) -> None:
        """Buys: the ZBS account is charged."""
        body = {
            "order_id": id_of("order_id", order_id),
            "verified_token": id_of("verified_token", verified_token),
        }
        await self._order(access_token, "/v3.0/oa/purchase/confirm_order", body)

    async def _order(self, access_token: str, path: str, body: dict) -> dict:
        answer = await self._call("openapi", "POST", path, access_token, json_body=body)
        return as_mapping(answer.data)
