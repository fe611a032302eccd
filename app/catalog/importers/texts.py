"""Texts of cells and keys: cleaned of what nobody can see, bounded, and never a formula."""

import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit

MAX_TEXT = 20_000
MAX_NAME = 500

# A cell that a spreadsheet would compute; full-width signs count in East Asian ones.
FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")
GUARD = "'"

# What the words of lists have in Traditional Chinese; names that differ in it alone are one name.
_SIMPLER = str.maketrans(
    "稱數據類別領語種單計總規許證權協議說簡紹詳網鏈結頁發佈時間標識編碼屬級應廠機構來態長庫體積儲詞圖書冊題對話條個張檔專"
    "萬億問試錄項聲頻視隨開內團隊見範圍質論報學術醫藥譯雙電貨價構資關聯繫備註項產業務訊號國漢華臺灣韓軟練習動聞壇療綜",
    "称数据类别领语种单计总规许证权协议说简绍详网链结页发布时间标识编码属级应厂机构来态长库体积储词图书册题对话条个张档专"
    "万亿问试录项声频视随开内团队见范围质论报学术医药译双电货价构资关联系备注项产业务讯号国汉华台湾韩软练习动闻坛疗综",
)

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]")
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Joiners that scripts need.
_KEPT = frozenset("\n\t\u200c\u200d")


def clean(text: str) -> str:
    r"""
    Return a text without control and direction characters and without blanks around it.

    >>> clean("\ufeff 语料\u3000库\x00 \r\n")
    '语料\u3000库'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isprintable():
        text = "".join(c for c in text if c in _KEPT or unicodedata.category(c) not in _DROPPED)
    return text.strip()


def one_line(text: str) -> str:
    """Return a text on one line with single blanks."""
    return " ".join(text.split())


def has_han(text: str) -> bool:
    """Whether a text has Chinese characters."""
    return _HAN.search(text) is not None


@lru_cache(10_000)
def key_of(text: str) -> str:
    """
    Return what two spellings of one name share.

    Case, width, blanks, signs and Traditional Chinese do not count.

    >>> key_of("Hugging Face"), key_of("数 量（万本）"), key_of("數量")
    ('huggingface', '数量万本', '数量')
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_SIMPLER)
    return "".join(c for c in folded if c.isalnum())


def unguard(text: str) -> str:
    """Return a cell without the one apostrophe that keeps a spreadsheet from computing it."""
    return text.removeprefix(GUARD)


def guard(text: str) -> str:
    """
    Return a cell that no spreadsheet computes; `unguard` gives the text back.

    >>> guard("=1+1"), guard("book"), unguard(guard("'quoted"))
    ("'=1+1", 'book', "'quoted")
    """
    is_risky = text[:1] in FORMULA_STARTS or text.startswith(GUARD)
    return GUARD + text if text and is_risky else text


def is_web_address(text: str) -> bool:
    """Whether a text is an http or https address, the only ones that become links."""
    if len(text) > MAX_NAME * 4 or any(c.isspace() for c in text):
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
