"""Checks on load beyond single cells: each mistake has exactly its own report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.interchange.small_province import (
    BOTH,
    C1,
    CARRIER,
    FILES,
    H2,
    H3,
    MAKER,
    X1,
    X2,
    spoiled,
    with_row,
    write_folder,
)
from tests.interchange.test_cells import report_of

pytestmark = pytest.mark.django_db

Case = tuple[dict[str, str], list[tuple[str, str]]]

REFERENCES: dict[str, Case] = {
    "region's parent": (
        spoiled("regions", 4, "parent_code", "369999"),
        [("regions.csv:4: parent_code: 369999", "找不到这个行政区划")],
    ),
    "pool's region": (
        spoiled("pools", 2, "region_code", "369999"),
        [("pools.csv:2: region_code: 369999", "找不到这个行政区划")],
    ),
    "institution's pool": (
        spoiled("institutions", 4, "pool_code", "9"),
        [("institutions.csv:4: pool_code: 9", "找不到这个统筹区")],
    ),
    "product's group": (
        spoiled("products", 4, "group_code", "G9"),
        [("products.csv:4: group_code: G9", "找不到这个品种")],
    ),
    "batch's policy": (
        spoiled("batches", 3, "policy_code", "hunan-2024"),
        [("batches.csv:3: policy_code: hunan-2024", "平台没有这个政策")],
    ),
    "parameter": (
        spoiled("batch_parameters", 2, "parameter", "response_days"),
        [("batch_parameters.csv:2: parameter: response_days", "没有这个政策参数")],
    ),
    "agreement year": (
        spoiled("agreements", 2, "year_no", "3"),
        [("agreements.csv:2: year_no: 3", "找不到这个采购年度")],
    ),
    "batch of a year": (
        spoiled("agreements", 2, "batch_code", "B9"),
        [("agreements.csv:2: batch_code: B9", "找不到这个批次")],
    ),
    "order of a line": (
        with_row("order_lines", f"D9,1,{X1},,1,1,,,,"),
        [("order_lines.csv:6: order_no: D9", "找不到这个订单")],
    ),
    "line of a delivery": (
        with_row("deliveries", "D1,9,1,1,,,,,,"),
        [("deliveries.csv:5: line_no: 9", "找不到这个订单行")],
    ),
    "delivery of a receipt": (
        with_row("receipts", "D1,2,1,1,1,0,2025-03-05T09:00:00"),
        [("receipts.csv:5: delivery_no: 1", "找不到这个配送")],
    ),
    "order of a return": (
        with_row("returns", "R3,D9,1,1,2025-03-10T09:00:00"),
        [("returns.csv:4: order_no: D9", "找不到这个订单")],
    ),
    "order of a payment": (
        spoiled("payments", 2, "order_no", "D9"),
        [("payments.csv:2: order_no: D9", "找不到这个订单")],
    ),
    "line of a payment": (
        spoiled("payments", 2, "line_no", "7"),
        [("payments.csv:2: line_no: 7", "找不到这个订单行")],
    ),
    "exemption's product": (
        spoiled("exemptions", 2, "product_code", X1 + "0"),
        [(f"exemptions.csv:2: product_code: {X1}0", "找不到这个产品")],
    ),
}

MASTERS: dict[str, Case] = {
    "province with a parent": (
        spoiled("regions", 2, "parent_code", "360100"),
        [
            ("regions.csv:2: parent_code: 360100", "省没有上级"),
        ],
    ),
    "city without a parent": (
        spoiled("regions", 5, "parent_code", ""),
        [("regions.csv:5: parent_code: ", "必填：市填所属省")],
    ),
    "city under a city": (
        spoiled("regions", 5, "parent_code", "360100"),
        [("regions.csv:5: parent_code: 360100", "上级的级别不对")],
    ),
    "uscc with a wrong check character": (
        with_row("enterprises", "91350100M000100Y44,丁,1,0"),
        [("enterprises.csv:5: uscc: 91350100M000100Y44", "末位应为 3")],
    ),
    "lead that is no member": (
        spoiled("consortia", 2, "lead_institution_code", H3),
        [(f"consortia.csv:2: lead_institution_code: {H3}", "牵头机构不是成员")],
    ),
    "member that leaves before it joins": (
        spoiled("consortium_members", 3, "valid_to", "2024-12-31"),
        [("consortium_members.csv:3: valid_to: 2024-12-31", "早于 valid_from")],
    ),
    "member of two consortia on a day": (
        with_row("consortia", f"Y2,二,{H3}")
        | with_row("consortium_members", f"Y2,{H3},2025-01-01,\nY2,{H2},2025-12-31,"),
        [("consortium_members.csv:5: valid_from: 2025-12-31", "与本行重叠")],
    ),
    "drug code on a consumable": (
        spoiled("products", 5, "code", "X" + C1[1:]),
        [(f"products.csv:5: code: X{C1[1:]}", "不是耗材编码")],
    ),
    "lower case in a code": (
        spoiled("products", 5, "code", C1[:-1] + "a"),
        [(f"products.csv:5: code: {C1[:-1]}a", "不是耗材编码")],
    ),
    "category unlike the group's": (
        spoiled("products", 3, "group_code", "G2"),
        [("products.csv:3: category: drug", "与其品种 G2 的类别不一致")],
    ),
    "manufacturer that is none": (
        spoiled("products", 4, "manufacturer_uscc", CARRIER),
        [(f"products.csv:4: manufacturer_uscc: {CARRIER}", "未登记为生产企业")],
    ),
    "substitute of its own group": (
        with_row("substitutes", f"G1,{X2}"),
        [(f"substitutes.csv:3: product_code: {X2}", "就属于品种 G1")],
    ),
    "batch that ends before it starts": (
        spoiled("batches", 3, "effective_on", "2027-01-01"),
        [
            ("batches.csv:3: ends_on: 2026-12-31", "早于 effective_on"),
            ("batch_years.csv:4: starts_on: 2026-01-01", "早于批次执行日期"),
        ],
    ),
    "year outside the cycle": (
        spoiled("batch_years", 4, "ends_on", "2027-01-01"),
        [("batch_years.csv:4: ends_on: 2027-01-01", "晚于批次周期截止")],
    ),
    "year that ends before it starts": (
        spoiled("batch_years", 3, "ends_on", "2025-12-31"),
        [("batch_years.csv:3: ends_on: 2025-12-31", "早于 starts_on")],
    ),
    "gap between years": (
        spoiled("batch_years", 2, "ends_on", "2025-12-30"),
        [("batch_years.csv:3: starts_on: 2026-01-01", "之间有空档，应为 2025-12-31")],
    ),
    "overlap of years": (
        spoiled("batch_years", 3, "starts_on", "2025-12-31"),
        [("batch_years.csv:3: starts_on: 2025-12-31", "重叠，应为 2026-01-01")],
    ),
    "year numbers with a hole": (
        spoiled("batch_years", 3, "year_no", "3") | spoiled("volume_reports", 3, "year_no", "3"),
        [("batch_years.csv:3: year_no: 3", "年度序号不连续，应为 2")],
    ),
    "parameter that is no number": (
        spoiled("batch_parameters", 2, "value", "48h"),
        [("batch_parameters.csv:2: value: 48h", "应为不为负的数")],
    ),
    "choice of another word": (
        spoiled("batch_parameters", 3, "value", "max"),
        [("batch_parameters.csv:3: value: max", "应为 min、reported")],
    ),
    "five ratios": (
        spoiled("batch_parameters", 4, "value", "1/1/1/1/1"),
        [("batch_parameters.csv:4: value: 1/1/1/1/1", "至多四个")],
    ),
    "supply region that is a county": (
        spoiled("selections", 4, "region_code", "360102"),
        [("selections.csv:4: region_code: 360102", "供应地区 360102 是县")],
    ),
    "selection that ends before it starts": (
        spoiled("selections", 3, "valid_to", "2025-06-30"),
        [("selections.csv:3: valid_to: 2025-06-30", "早于 valid_from")],
    ),
    "overlapping selections": (
        spoiled("selections", 2, "valid_to", "2025-07-01"),
        [("selections.csv:3: valid_from: 2025-07-01", "截至 2025-07-01，与本行重叠")],
    ),
    "selection doubled without dates": (
        with_row("selections", f"B1,{X2},360100,,,selected,1"),
        [("selections.csv:5: batch_code: B1", "与第 4 行重复")],
    ),
    "report without its time": (
        spoiled("volume_reports", 2, "submitted_at", ""),
        [("volume_reports.csv:2: submitted_at: ", "只有 draft")],
    ),
    "agreement of another manufacturer": (
        spoiled("agreements", 2, "manufacturer_uscc", BOTH),
        [(f"agreements.csv:2: manufacturer_uscc: {BOTH}", "不是产品")],
    ),
    "agreement's distributor that is none": (
        spoiled("agreements", 2, "distributor_uscc", MAKER),
        [(f"agreements.csv:2: distributor_uscc: {MAKER}", "未登记为配送企业")],
    ),
    "exemption that ends before it starts": (
        spoiled("exemptions", 2, "to_on", "2024-12-31"),
        [("exemptions.csv:2: to_on: 2024-12-31", "早于 from_on")],
    ),
}

FACTS: dict[str, Case] = {
    "order's distributor that is none": (
        spoiled("orders", 3, "distributor_uscc", MAKER),
        [(f"orders.csv:3: distributor_uscc: {MAKER}", "未登记为配送企业")],
    ),
    "client_no twice in one institution": (
        spoiled("orders", 4, "client_no", "N1"),
        [("orders.csv:4: client_no: N1", "订单 D1 已用它")],
    ),
    "answer without a time": (
        spoiled("order_lines", 5, "responded_at", ""),
        [("order_lines.csv:5: responded_at: ", "要么都填，要么都空")],
    ),
    "time without an answer": (
        spoiled("order_lines", 5, "response", ""),
        [("order_lines.csv:5: response: ", "要么都填，要么都空")],
    ),
    "reason without a rejection": (
        spoiled("order_lines", 5, "reject_reason", "price"),
        [("order_lines.csv:5: reject_reason: price", "只有 response 为 rejected")],
    ),
    "answered before it was sent": (
        spoiled("order_lines", 5, "responded_at", "2025-04-01T07:59:59.999999"),
        [
            (
                "order_lines.csv:5: responded_at: 2025-04-01T07:59:59.999999",
                "响应时间早于订单发送时间",
            )
        ],
    ),
    "cancelled before it was sent": (
        spoiled("order_lines", 4, "cancelled_at", "2025-03-02T07:59:59"),
        [("order_lines.csv:4: cancelled_at: 2025-03-02T07:59:59", "撤单时间早于订单发送时间")],
    ),
    "shipped before it was answered": (
        spoiled("deliveries", 2, "shipped_at", "2025-03-01T08:59:59"),
        [("deliveries.csv:2: shipped_at: 2025-03-01T08:59:59", "发货时间早于响应时间")],
    ),
    "delivered before it was shipped": (
        spoiled("deliveries", 2, "delivered_at", "2025-03-02T08:59:59"),
        [("deliveries.csv:2: delivered_at: 2025-03-02T08:59:59", "送达时间早于发货时间")],
    ),
    "received before it was delivered": (
        spoiled("receipts", 2, "received_at", "2025-03-03T08:59:59"),
        [("receipts.csv:2: received_at: 2025-03-03T08:59:59", "收货时间早于送达时间")],
    ),
    "received though never delivered": (
        spoiled("deliveries", 3, "delivered_at", ""),
        [("receipts.csv:3: delivery_no: 2", "没有送达时间")],
    ),
    "more delivered than ordered": (
        with_row("deliveries", "D1,1,0,0.5,,,,,,\nD1,1,9,7,,,,,,"),
        [("deliveries.csv:5: packs: 0.5", "累计发货 10.5 包装，超过")],
    ),
    "accepted and refused unlike delivered": (
        spoiled("receipts", 2, "accepted_packs", "6"),
        [("receipts.csv:4: accepted_packs: 1", "验收 7 加拒收 0 不等于配送的 6 包装")],
    ),
    "negative packs in a first receipt": (
        with_row("receipts", "D3,1,1,1,21,-1,2025-05-05T09:00:00")
        | spoiled("deliveries", 4, "delivered_at", "2025-05-01T09:00:00"),
        [("receipts.csv:5: refused_packs: -1", "不能为负：只有 receipt_no 为 2")],
    ),
    "more returned than accepted": (
        with_row("returns", "R3,D1,1,6.6,2025-03-12T09:00:00\nR4,D1,1,1,2025-03-12T09:00:00"),
        [("returns.csv:4: packs: 6.6", "累计退货 10.1 包装，超过订单 D1 第 1 行验收的 10")],
    ),
    "line number without an order": (
        spoiled("payments", 2, "order_no", ""),
        [("payments.csv:2: line_no: 1", "填了行号就要填订单号")],
    ),
    "key twice, equal rows": (
        {"returns": FILES["returns"] + FILES["returns"].splitlines()[1] + "\n"},
        [("returns.csv:4: return_no: R1", "与第 2 行重复")],
    ),
    "receipt_no empty beside 1": (
        with_row("receipts", "D1,1,2,1,4,0,2025-03-05T09:00:00"),
        [("receipts.csv:5: order_no: D1", "与第 3 行重复")],
    ),
}


@pytest.mark.parametrize("case", [*REFERENCES, *MASTERS, *FACTS])
def test_mistake_has_its_own_report_and_no_other(tmp_path: Path, case: str) -> None:
    changes, expected = (REFERENCES | MASTERS | FACTS)[case]
    found = report_of(write_folder(tmp_path, changes))
    assert [text.split(": ")[0:2] for text in found] == [
        where.split(": ")[0:2] for where, _ in expected
    ], found
    for text, (where, reason) in zip(found, expected, strict=True):
        assert text.startswith(f"{where}: ")
        assert reason in text


def test_reference_to_a_row_that_is_itself_wrong_resolves(tmp_path: Path) -> None:
    found = report_of(write_folder(tmp_path, spoiled("orders", 2, "urgent", "yes")))
    assert [text.split(": ")[0] for text in found] == ["orders.csv:2"]


def test_unreadable_file_is_not_held_against_its_neighbours(tmp_path: Path) -> None:
    folder = write_folder(tmp_path)
    (folder / "products.csv").write_bytes("code,name\nX,奥美拉唑\n".encode("gbk"))
    found = report_of(folder)
    assert len(found) == 1
    assert found[0].startswith("products.csv:0: : : 文件不是 UTF-8 编码，像是 GBK")
    assert "另存为" in found[0]


def test_negative_sum_of_refused_alone(tmp_path: Path) -> None:
    text = FILES["receipts"].replace("D1,1,1,1,5,1,", "D1,1,1,1,6,0,")
    found = report_of(write_folder(tmp_path, {"receipts": text}))
    assert [text.split(": ")[:2] for text in found] == [["receipts.csv:4", "refused_packs"]]
    assert "拒收数合计为 -1，不能为负" in found[0]


def test_reference_in_the_words_of_a_malformed_code_resolves(tmp_path: Path) -> None:
    changes = {name: text.replace(H3, "H3602") for name, text in FILES.items() if H3 in text}
    found = report_of(write_folder(tmp_path, changes))
    assert [text.split(": ")[:3] for text in found] == [["institutions.csv:4", "code", "H3602"]]
