"""Why a paper could not be made, in words for its reader."""

from core.transitions.refusals import TransitionRefused


class PaperError(TransitionRefused):
    """The paper was not made and nothing was written; the reason says what to do."""


class PaperTooSlow(PaperError):
    """Typesetting went over its time."""


class PaperTooLarge(PaperError):
    """The content, or the memory it takes to set it, is over the limit."""


class MissingGlyphs(PaperError):
    """Characters that no installed font can print; a box instead of a name would be a wrong paper."""

    def __init__(self, characters: str) -> None:
        shown = "、".join(f"“{each}”（U+{ord(each):04X}）" for each in characters[:10])
        super().__init__(
            f"现有字体印不出 {shown}，文书没有生成；请核对文字，"
            "确需使用的，由系统管理员把含该字的字体放入 PAPER_FONTS_DIR 后重试"
        )
        self.characters = characters
