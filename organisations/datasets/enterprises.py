"""enterprises.csv: manufacturers and distributors by 统一社会信用代码 (GB 32100)."""

from core.datasets import Check, DatasetFile, at, code, flag, known, text

CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

SELECT = """
SELECT o.id, o.code AS uscc, o.name, o.is_manufacturer, o.is_distributor
FROM organisations_organisation o
WHERE o.kind = 'enterprise'
"""

INSERT = """
INSERT INTO organisations_organisation
    (code, name, kind, level, ownership, institution_kind,
     is_manufacturer, is_distributor, is_active, pinyin, initials)
SELECT n.uscc, n.name, 'enterprise', '', '', '', n.is_manufacturer, n.is_distributor, true, '', ''
FROM n_enterprises n
"""

UPDATE = """
UPDATE organisations_organisation o
SET name = u.name, is_manufacturer = u.is_manufacturer, is_distributor = u.is_distributor
FROM u_enterprises u WHERE o.id = u.id
"""

CODE_IS_FREE = Check(
    needs=("enterprises",),
    sql=f"""
    SELECT {at("s", "enterprises", "uscc")}, '这个编码已属于“' || o.name || '”，不是企业'
    FROM s_enterprises s JOIN organisations_organisation o ON o.code = s.uscc
    WHERE o.kind <> 'enterprise'
    """,
)


def check_character(cell: str) -> str:
    """SQL: the check character that the first 17 characters of `cell` call for."""
    weighted = " + ".join(
        f"{weight} * (strpos('{CHARACTERS}', substr({cell}, {place}, 1)) - 1)"
        for place, weight in enumerate(WEIGHTS, start=1)
    )
    return f"substr('{CHARACTERS}', (31 - ({weighted}) % 31) % 31 + 1, 1)"


CHECK_CHARACTER = Check(
    needs=("enterprises",),
    sql=f"""
    SELECT {at("s", "enterprises", "uscc")},
           '校验位不对：按 GB 32100 末位应为 ' || {check_character("s.uscc")} || '，请核对整个代码'
    FROM s_enterprises s
    WHERE {known("s", "uscc")} AND substr(s.uscc, 18, 1) <> {check_character("s.uscc")}
    """,
)

ENTERPRISES = DatasetFile(
    name="enterprises",
    label="企业",
    columns=(
        code(
            "uscc",
            f"^[{CHARACTERS}]{{18}}$",
            "18 位统一社会信用代码（不含 I、O、S、V、Z）",
            key=True,
        ),
        text("name", 200),
        flag("is_manufacturer"),
        flag("is_distributor"),
    ),
    checks=(CODE_IS_FREE, CHECK_CHARACTER),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
