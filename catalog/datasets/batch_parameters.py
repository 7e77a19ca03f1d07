"""batch_parameters.csv: values that an execution document sets in place of the policy's."""

from core.datasets import Check, DatasetFile, at, refers, text

# The file carries what holds without days; dated changes are made on pages, with two people and a
# reason, and stay where they are (docs/adr: dated overrides). A value that a file writes for the
# first time ends where the first dated one begins.
SELECT = """
SELECT t.id, b.code AS batch_code, t.parameter, t.value, NULLIF(t.clause, '') AS clause
FROM catalog_batchparameter t
JOIN catalog_batch b ON b.id = t.batch_id
WHERE t.valid_from IS NULL AND t.withdrawn_at IS NULL
"""

INSERT = """
INSERT INTO catalog_batchparameter (batch_id, parameter, value, clause, valid_to)
SELECT b.id, n.parameter, n.value, coalesce(n.clause, ''),
       (SELECT min(d.valid_from) - 1 FROM catalog_batchparameter d
        WHERE d.batch_id = b.id AND d.parameter = n.parameter AND d.withdrawn_at IS NULL)
FROM n_batch_parameters n JOIN catalog_batch b ON b.code = n.batch_code
"""

UPDATE = """
UPDATE catalog_batchparameter t SET value = u.value, clause = coalesce(u.clause, '')
FROM u_batch_parameters u WHERE t.id = u.id
"""

PARAMETER_EXISTS = Check(
    needs=("batch_parameters",),
    sql=f"""
    SELECT {at("s", "batch_parameters", "parameter")}, '没有这个政策参数，请对照政策参数页的参数名'
    FROM s_batch_parameters s
    WHERE s.parameter IS NOT NULL
      AND NOT EXISTS (SELECT FROM policy_parameter p WHERE p.key = s.parameter)
    """,
)

NUMBER = r"([0-9]{1,14}(\.[0-9]{1,4})?|-0{1,14}(\.0{1,4})?)"

VALUE_FORM = Check(
    needs=("batch_parameters",),
    sql=f"""
    SELECT {at("s", "batch_parameters", "value")},
           CASE p.value_type
           WHEN 'choice' THEN '不在可选值内：应为 ' || array_to_string(p.choices, '、')
           WHEN 'ratio_list' THEN '应为一个不为负的数，或以“/”分隔的至多四个'
           WHEN 'text' THEN '至多 60 个字'
           ELSE '应为不为负的数：整数部分至多 14 位，小数至多 4 位' END
    FROM s_batch_parameters s JOIN policy_parameter p ON p.key = s.parameter
    WHERE s.value IS NOT NULL AND NOT CASE p.value_type
        WHEN 'choice' THEN s.value = ANY (p.choices)
        WHEN 'ratio_list' THEN s.value ~ '^{NUMBER}(/{NUMBER}){{0,3}}$'
        WHEN 'text' THEN char_length(s.value) <= 60
        ELSE s.value ~ '^{NUMBER}$' END
    """,
)

BATCH_PARAMETERS = DatasetFile(
    name="batch_parameters",
    label="批次参数",
    columns=(
        text("batch_code", key=True),
        text("parameter", 60, key=True),
        text("value", 200),
        text("clause", 200, optional=True),
    ),
    references=(refers("batch_code", "batches", "code", "批次"),),
    checks=(PARAMETER_EXISTS, VALUE_FORM),
    select=SELECT,
    inserts=(INSERT,),
    updates=(UPDATE,),
)
