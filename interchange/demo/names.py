"""Fictional names: three rare characters that no real hospital or firm carries together."""

from __future__ import annotations

import random

_FIRST = "霁岫漪湉珩沅皖澄濯蘅筠泠"
_SECOND = "屿霭岚樾砚垚翎渚汀湄棠淞"
_THIRD = "衍葭禾昀璟桉朴溯稔舟苒筱"

INSTITUTION_ENDINGS = {
    "tertiary": ("中心医院", "医院", "附属医院"),
    "secondary": ("医院", "医院", "中西医结合医院"),
    "township": ("卫生院",),
    "community": ("社区卫生服务中心",),
    "clinic": ("诊所",),
    "pharmacy": ("大药房",),
}
DRUG_MAKER_ENDINGS = ("药业有限公司", "制药股份有限公司", "生物科技有限公司")
DEVICE_MAKER_ENDINGS = ("医疗器械有限公司", "诊断技术有限公司")
DISTRIBUTOR_ENDINGS = ("医药物流有限公司", "医药配送有限公司")


class NameMaker:
    """Gives each combination of characters once, in a shuffled order."""

    def __init__(self, rng: random.Random) -> None:
        self._stems = [a + b + c for a in _FIRST for b in _SECOND for c in _THIRD]
        rng.shuffle(self._stems)

    def stem(self) -> str:
        return self._stems.pop()
