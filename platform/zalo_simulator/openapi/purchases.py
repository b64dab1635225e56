"""Buying an account's package or places for groups through the API."""

from ..call import Call
from ..errors import ZaloError
from ..groups import ASSET_LIFE_MS, add_asset
from ..world.ids import new_number, new_token, uid_for

# The real catalogue's numbers are not in any source; these are the simulator's own.
PRODUCTS = {
    1001: ("OA Standard 12 tháng", 1_188_000, "package", "Standard"),
    1002: ("OA Growth 12 tháng", 2_388_000, "package", "Growth"),
    1003: ("OA Advanced 12 tháng", 4_788_000, "package", "Advanced"),
    1004: ("OA Premium 12 tháng", 9_588_000, "package", "Premium"),
    1005: ("OA Comprehensive 12 tháng", 19_188_000, "package", "Comprehensive"),
    2001: ("GMF 10", 25_000, "group", "gmf10"),
    2002: ("GMF 50", 60_000, "group", "gmf50"),
    2003: ("GMF 100", 100_000, "group", "gmf100"),
    2004: ("GMF 1000", 300_000, "group", "gmf1000"),
}
CONFIRM_WITHIN_MS = 300_000
VOUCHERS = {"GIAM10": 10}  # percent off
REDEEM_CODES = {"TANG-GMF10": 2001, "TANG-STANDARD": 1001}


def create_order(call: Call) -> dict:
    """POST /v3.0/oa/purchase/create_order"""
    fields = call.fields()
    if str(fields.get("beneficiary")).upper() not in ("OA", "APP"):
        raise ZaloError(-201, "beneficiary is invalid")
    redeemed = fields.get("redeem_code")
    product_id = fields.get("product_id", REDEEM_CODES.get(str(redeemed), redeemed))
    product = PRODUCTS.get(int(product_id)) if str(product_id).isdigit() else None
    if product is None:
        raise ZaloError(-201, "product_id is invalid")
    voucher = fields.get("voucher_code")
    if voucher and voucher not in VOUCHERS:
        raise ZaloError(-201, "voucher_code is invalid")
    if not call.oa.zbs_linked:
        raise ZaloError(-320)
    name, amount, _, _ = product
    final = amount * (100 - VOUCHERS.get(voucher, 0)) // 100
    order = {
        "order_id": new_number(),
        "product_name": name,
        "zca_id": uid_for(call.oa.oa_id, "zbs"),
        "amount": amount,
        "final_amount": final,
        "verified_token": new_token()[:40],
    }
    call.world.orders[order["order_id"]] = order | {
        "oa_id": call.oa.oa_id,
        "product_id": int(product_id),
        "paid": False,
        "made_at_ms": call.now_ms,
    }
    call.world.touch()
    return order


def confirm_order(call: Call) -> dict:
    """POST /v3.0/oa/purchase/confirm_order {"order_id", "verified_token"}: pay it from the account's balance."""
    fields = call.fields()
    order = call.world.orders.get(str(fields.get("order_id")))
    if order is None or order["oa_id"] != call.oa.oa_id:
        raise ZaloError(-201, "order_id is invalid")
    is_late = call.now_ms - order.get("made_at_ms", call.now_ms) > CONFIRM_WITHIN_MS
    if fields.get("verified_token") != order["verified_token"] or order["paid"] or is_late:
        raise ZaloError(-201, "verified_token is invalid")
    if call.oa.balance_vnd < order["final_amount"]:
        raise ZaloError(-321)
    call.oa.balance_vnd -= order["final_amount"]
    call.oa.spent_vnd += order["final_amount"]
    order["paid"] = True
    _, _, kind, what = PRODUCTS[order["product_id"]]
    answer = {"order_id": order["order_id"], "status": "paid"}
    if kind == "package":
        call.oa.package = what
    else:
        asset = add_asset(call.world, call.oa.oa_id, what, "purchase_quota", ASSET_LIFE_MS)
        answer["asset_id"] = asset.asset_id
    call.world.touch()
    return answer
