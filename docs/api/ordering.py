"""对接示例：医院系统下单、收货，配送企业 ERP 确认、发货、送达。

与同目录的 client.py 一起使用，各函数的第一个参数是一家机构的 Client：

    from client import Client
    from ordering import order, receive, ship

    placed = order(Client(地址, 医院令牌), "HIS-20260310-001", "药库", {"国家医保编码": "30"})

每一步都可以断线重发：下单以院内单号、发货以 client_no、其余以幂等键认出是同一次。
"""

from __future__ import annotations

from typing import Any


def order(
    hospital: Any, own_no: str, place: str, packs: dict[str, str], *, confirmed: bool = False
) -> list[dict[str, Any]]:
    """下单：产品编码到包装数；按配送企业分成的订单。

    超过平常用量的先被拒绝（409）并说明，核对后以 confirmed=True 重发。超过本机构审批金额的
    得到 202 和采购车，审批后以同一院内单号重发即得到订单。
    """
    asked = {
        "client_no": own_no,
        "receiving_place": place,
        "confirmed": confirmed,
        "lines": [{"product": code, "packs": number} for code, number in packs.items()],
    }
    placed: dict[str, Any] = hospital.post("/api/v1/orders/", asked)
    return list(placed.get("orders", []))


def lines_to_ship(distributor: Any) -> list[dict[str, Any]]:
    """配送企业待发的订单行，时限早的在前。"""
    queue = distributor.rows("/api/v1/supply-queue/")
    return [row for row in queue if float(row["shipped_packs"]) < float(row["packs"])]


def ship(
    distributor: Any, own_no: str, lines: list[dict[str, Any]], lot_no: str, expires_on: str
) -> dict[str, Any]:
    """把同一家医院、同一地点的行发成一张配送单（ASN），随后登记送达。

    没有答复的行发货即视为确认。随货追溯码写在各行的 codes，一处有误整单不发。
    """
    rows = [
        {
            "order_no": line["order_no"],
            "line_no": line["line_no"],
            "packs": line["packs"],
            "lot_no": lot_no,
            "expires_on": expires_on,
            "codes": line.get("codes", []),
        }
        for line in lines
    ]
    note: dict[str, Any] = distributor.post(
        "/api/v1/delivery-notes/", {"client_no": own_no, "own_no": own_no, "rows": rows}
    )
    address = f"/api/v1/delivery-notes/{note['note_no']}/deliver/"
    delivered: dict[str, Any] = distributor.post(address, {}, key=f"deliver-{note['note_no']}")
    return delivered


def receive(hospital: Any, note_no: str, refused: dict[str, tuple[str, str]] | None = None) -> int:
    """收一张配送单的全部行；refused：产品编码到（拒收包装数，原因代码）。返回收了几项。

    要求采集追溯码的药品，先以 /api/v1/receiving/scan/ 核对随货的码。
    """
    deliveries = []
    for row in hospital.rows("/api/v1/receiving/", note_no=note_no):
        gone, reason = (refused or {}).get(row["product"], ("0", ""))
        deliveries.append(
            {
                "order_no": row["order_no"],
                "line_no": row["line_no"],
                "delivery_no": row["delivery_no"],
                "accepted_packs": f"{float(row['packs']) - float(gone):g}",
                "refused_packs": gone,
                "refuse_reason": reason,
            }
        )
    done: dict[str, Any] = hospital.post(
        "/api/v1/receiving/take/", {"deliveries": deliveries}, key=f"take-{note_no}"
    )
    return int(done["received"])
