"""A province of a few rows that passes every check, and a way to spoil one cell of it."""

from __future__ import annotations

from pathlib import Path

H1, H2, H3 = "H36010200001", "H36010200002", "H36020200003"
MAKER, CARRIER, BOTH = "9131011556AGHC613U", "9132010294D3K36A4A", "9133010677G902H16T"
X1, X2, X3 = "XM12DAA001A001010210001", "XC05BCA002A001010510002", "XA13DAA066A001010210066"
C1 = "C1825070005300000000"

FILES: dict[str, str] = {
    "regions": """code,name,level,parent_code
360000,江西省,province,
360100,南昌市,city,360000
360102,东湖区,county,360100
360200,景德镇市,city,360000
""",
    "pools": """code,name,region_code
3601,南昌市统筹区,360100
3602,景德镇市统筹区,360200
""",
    "institutions": f"""code,name,region_code,pool_code,level,ownership,kind
{H1},甲医院,360102,3601,tertiary,public,hospital
{H2},乙卫生院,360102,3601,primary,public,township
{H3},丙医院,360200,3602,secondary,private,hospital
""",
    "consortia": f"""code,name,lead_institution_code
Y1,东湖医共体,{H1}
""",
    "consortium_members": f"""consortium_code,institution_code,valid_from,valid_to
Y1,{H1},2025-01-01,
Y1,{H2},2025-01-01,2025-12-31
""",
    "enterprises": f"""uscc,name,is_manufacturer,is_distributor
{MAKER},甲药业,1,0
{CARRIER},乙医药,0,1
{BOTH},丙集团,1,1
""",
    "groups": """code,name,category,base_unit
G1,奥美拉唑注射剂,drug,支
G2,导引导丝,consumable,根
""",
    "products": f"""code,name,group_code,manufacturer_uscc,category,specification,pack_unit,base_units_per_pack,listed_price,tags
{X1},奥美拉唑,G1,{MAKER},drug,1支/盒,盒,1,0.85,
{X2},奥美拉唑钠,G1,{BOTH},drug,10支/盒,盒,10,,negotiated;shortage
{X3},兰索拉唑,,{BOTH},drug,,,1,2,
{C1},导丝,G2,{BOTH},consumable,,根,1,100,
""",
    "substitutes": f"""group_code,product_code
G1,{X3}
""",
    "batches": """code,name,category,organizer,policy_code,issued_on,effective_on,ends_on
B1,第一批,drug,national,jiangxi-2024,2024-12-01,2025-01-01,2026-12-31
B2,第二批,drug,province,jiangxi-2026,,2026-01-01,2026-12-31
""",
    "batch_years": """batch_code,year_no,starts_on,ends_on
B1,1,2025-01-01,2025-12-31
B1,2,2026-01-01,2026-12-31
B2,1,2026-01-01,2026-12-31
""",
    "batch_parameters": """batch_code,parameter,value,clause
B1,response_hours,24,某文 一
B1,retention_basis,min,
B1,agreed_ratio,0.5/0.6,
""",
    "selections": f"""batch_code,product_code,region_code,valid_from,valid_to,role,price
B1,{X1},360000,,2025-06-30,selected,0.8
B1,{X1},360000,2025-07-01,,selected,0.7
B1,{X2},360100,,,standby,9
""",
    "volume_reports": f"""batch_code,year_no,institution_code,group_code,reported_qty,prior_year_qty,explanation,submitted_at,status
B1,1,{H1},G1,1000,900,,2024-11-01T09:00:00,approved
B1,2,{H1},G1,0,,"停用，
改用他药",,draft
""",
    "agreements": f"""agreement_no,batch_code,year_no,institution_code,manufacturer_uscc,distributor_uscc,product_code,agreed_qty,price,institution_signed_at,manufacturer_signed_at,distributor_signed_at
A1,B1,1,{H1},{MAKER},{CARRIER},{X1},800,0.8,2024-12-20T10:00:00,2024-12-21T10:00:00,
""",
    "orders": f"""order_no,institution_code,distributor_uscc,sent_at,urgent,client_no,receiving_place
D1,{H1},{CARRIER},2025-03-01T08:00:00,0,N1,药库
D2,{H2},{BOTH},2025-03-02 08:00,1,,
D3,{H1},{CARRIER},2025-04-01T00:00:00Z,0,N2,
""",
    "order_lines": f"""order_no,line_no,product_code,batch_code,packs,unit_price,response,responded_at,reject_reason,cancelled_at
D1,1,{X1},B1,10,0.8,confirmed,2025-03-01T09:00:00,,
D1,2,{X2},,5.5,9,rejected,2025-03-01T09:00:00,price,
D2,1,{X3},,3,0,,,,2025-03-02T08:00:00
D3,1,{X1},B1,20,0.8,confirmed,2025-04-01T12:00:00+08:00,,
""",
    "deliveries": """order_no,line_no,delivery_no,packs,shipped_at,delivered_at,lot_no,expires_on,note_no,invoice_no
D1,1,1,6,2025-03-02T09:00:00,2025-03-03T09:00:00,L1,2027-02-28,PS1,F1
D1,1,2,4,2025-03-02T09:00:00.123456,2025-03-04T09:00:00,,,,
D3,1,1,20,,,,,,
""",
    "receipts": """order_no,line_no,delivery_no,receipt_no,accepted_packs,refused_packs,received_at
D1,1,1,1,5,1,2025-03-03T09:00:00
D1,1,2,,4,0,2025-03-05T09:00:00
D1,1,1,2,1,-1,2025-03-06T09:00:00
""",
    "returns": """return_no,order_no,line_no,packs,returned_at
R1,D1,1,2,2025-03-10T09:00:00
R2,D1,1,1.5,2025-03-11T09:00:00
""",
    "complaints": f"""complaint_no,filed_by,institution_code,manufacturer_uscc,distributor_uscc,product_code,category,filed_at,replied_at,promised_on,resolved_at
T1,,{H1},{MAKER},{CARRIER},{X1},shortage,2025-03-01T08:00:00,2025-03-02T08:00:00,2025-03-09,
T2,enterprise,{H3},,,,,2025-03-01T08:00:00,,,
""",
    "purchase_history": f"""institution_code,product_code,month,packs,amount
{H1},{X1},2024-05,12,9.6
""",
    "exemptions": f"""exemption_no,batch_code,group_code,product_code,institution_code,kind,from_on,to_on,reason
E1,B1,G1,{X2},{H1},standby_counts,2025-01-01,2025-12-31,应急
E2,,,,,agreed_volume,,,
""",
    "payments": f"""payment_no,institution_code,enterprise_uscc,batch_code,order_no,line_no,amount,paid_on,payer
P1,{H1},{CARRIER},B1,D1,1,4.8,2025-04-30,fund
P2,{H1},{BOTH},,,,100,2025-04-30,institution
""",
    "retention_inputs": """batch_code,year_no,pool_code,group_code,baseline_price,fund_share_before,fund_share,insured_share
B1,1,3601,G1,1.5,0.6,0.55,1
B1,1,3602,G1,,,,
""",
}


def write_folder(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """The small province as a folder; `changes` replaces whole files, "" leaves one out."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (FILES | (changes or {})).items():
        if text:
            (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")
    return folder


def spoiled(name: str, line: int, column: str, value: str) -> dict[str, str]:
    """The file with one cell replaced; `line` is the record's number, the header is 1."""
    records = FILES[name].split("\n")
    place = records[0].split(",").index(column)
    cells = records[line - 1].split(",")
    cells[place] = value
    records[line - 1] = ",".join(cells)
    return {name: "\n".join(records)}


def with_row(name: str, row: str) -> dict[str, str]:
    """The file with one more row at its end."""
    return {name: f"{FILES[name]}{row}\n"}
