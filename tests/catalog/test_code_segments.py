"""What is wrong with a code that was typed, and in which segment."""

from __future__ import annotations

import pytest

from catalog.rules.code_segments import (
    as_code,
    form_problem,
    is_meant_as_code,
    is_near,
    segments_of,
    swapped_letters,
    unknown_from,
)

WESTERN = "XA10ADM080B002010107103"
CHINESE = "ZA04CAT0019010100705"


def test_segments_of_each_kind_fill_the_code() -> None:
    for code in (WESTERN, CHINESE, "C0101010101010101010", "C01010101010101010100000001"):
        segments = segments_of(code)
        places = [place for s in segments for place in range(s.first, s.last + 1)]
        assert places[: len(code)] == list(range(1, len(code) + 1))
    assert [s.last for s in segments_of(WESTERN)] == [1, 6, 10, 14, 16, 18, 23]
    assert [s.last for s in segments_of(CHINESE)] == [1, 6, 11, 13, 15, 20]


@pytest.mark.parametrize("code", [WESTERN, CHINESE, "C" + "0" * 19, "C" + "0" * 26])
def test_right_forms(code: str) -> None:
    assert form_problem(code) == ""


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (WESTERN[:-1], "只有 22 位，西药编码应为 23 位：从第 19–23 位（企业码）起缺 1 位"),
        (WESTERN[:12], "只有 12 位，西药编码应为 23 位：从第 11–14 位（剂型码）起缺 11 位"),
        (WESTERN + "0", "有 24 位，西药编码应为 23 位：多 1 位"),
        (CHINESE + "12", "有 22 位，中成药编码应为 20 位：多 2 位"),
        ("C" + "0" * 21, "有 22 位，医用耗材编码应为 20或27 位：多 2 位"),
        ("A10ADM080B002010107103", "第 1 位（识别码）是“A”：西药以 X、中成药以 Z、医用耗材以 C 开头"),
        ("XA10AD-M080B0020101071", "编码中有不该出现的字符“-”：只有大写字母和数字，没有空格、横线和汉字"),
        ("", "编码是空的"),
    ],
)  # fmt: skip
def test_wrong_forms_say_where(code: str, said: str) -> None:
    assert form_problem(code) == said


def test_the_first_unknown_segment_is_named() -> None:
    known = ["XA10ADM080B002010107103", "XA10ADM081B002010107103"]
    assert unknown_from("XA10ADM080B009010107103", known).startswith("第 11–14 位（剂型码）“B009”")
    assert unknown_from("XA10ADM080B002010107999", known).startswith("第 19–23 位（企业码）“07999”")
    assert unknown_from("XB10ADM080B002010107103", known).startswith("第 2–6 位（分类码）“B10AD”")
    assert unknown_from("ZB10ADM080B002010107103", known) == "目录中没有以“Z”开头的这一类编码"


def test_only_codes_of_the_same_class_are_near() -> None:
    assert is_near("XA10ADM080", WESTERN) and not is_near("XA10BB0000", WESTERN)


def test_letters_for_digits_and_widths() -> None:
    assert swapped_letters("XA1OADM080B002010107103") == "XA10ADM080B002010107103"
    assert swapped_letters(WESTERN) == ""
    assert as_code(" ｘa10 ad ") == "XA10AD"
    assert is_meant_as_code("xa10adm080") and not is_meant_as_code("atftgp")
    assert not is_meant_as_code("阿托伐他汀10mg片剂")
