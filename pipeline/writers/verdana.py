"""How wide text is in Verdana at 11 pixels: the measure that shields gives its badges.

badgepy measures DejaVu Sans, and is five pixels off on a line of seventy letters. The widths
are those of anafanafo 2.0.0, with which badge-maker measures (copyright 2018 Metabolize LLC, MIT
licence): Latin, Greek and Cyrillic. A letter with a mark is as wide as the bare one.
"""

from __future__ import annotations

import unicodedata
from functools import cache

_WIDTHS = {
    295: "'‘’‚‛",
    302: "ilıιі",
    313: "ł",
    325: "ľ",
    379: "jј",
    387: " f",
    400: ",.·",
    433: "!t¡ŧ",
    463: "IΙІ",
    469: "r",
    500: "()-/:;J[\\]|¦·Ј‹›",
    503: "ζ",
    504: "ŀ",
    505: '"“”„',
    518: "гґ",
    546: "τт",
    553: "ξ",
    559: "ς",
    564: "ε",
    573: "csѕ",
    577: "з",
    578: "z",
    588: "с",
    594: "Ί",
    596: "°²³¹",
    600: "?ªº¿•",
    602: "эє",
    612: "LĿ",
    618: "Ł",
    623: "ΓГҐ",
    628: "ь",
    632: "F",
    649: "χ",
    651: "kvxyĸγκλνкух",
    654: "в",
    655: "eе",
    660: "я",
    661: "aа",
    663: "PΡР",
    666: "Þч",
    668: "oøοо",
    669: "δ",
    673: "ð",
    675: "ĳ",
    676: "б",
    677: "YΥЗУ",
    678: "TŦΤТ",
    682: "ßβ",
    683: "л",
    684: "д",
    685: "bdgpqþđαр",
    686: "θ",
    688: "ρ",
    693: "σ",
    694: "υ",
    696: "EhnuħŋΕηЕђћ",
    698: "{}",
    699: "$*0123456789_`¢£¤¥§¨¯´¶¸–†‡€",
    701: "πнпџ",
    704: "μи",
    705: "ъ",
    706: "µ",
    709: "«»ц",
    712: "ď",
    714: "Ξ",
    740: "Σ",
    749: "Ь",
    752: "ASVΑЅА",
    754: "BXZΒΖΛΧБВХ",
    762: "KΚК",
    765: "R",
    766: "м",
    768: "CС",
    771: "ЄЭ",
    773: "Δ",
    777: "Я",
    783: "Ч",
    799: "&",
    804: "ŉ",
    805: "U",
    808: "Л",
    820: "Д",
    823: "NŊΝ",
    826: "ΈИ",
    827: "HĦΗΠЏНП",
    829: "Ύ",
    837: "Ц",
    848: "D",
    853: "GÐĐ",
    862: "Ъ",
    866: "OQØΘΟО",
    869: "φ",
    872: "Ђ",
    874: "ы",
    878: "ж",
    895: "ω",
    900: "#+<=>^w~¬±×÷ΩЋ…−≈≤≥",
    901: "ΦФ",
    904: "ψ",
    923: "ю",
    925: "ф",
    927: "MΜМ",
    957: "Ή",
    958: "ĲΨ",
    964: "ш",
    969: "Ό",
    976: "щ",
    998: "Ώ",
    1005: "љњ",
    1012: "Ы",
    1051: "æ",
    1070: "mЖ",
    1074: "™",
    1080: "œ",
    1083: "Æ",
    1088: "W",
    1100: "@©®¼½¾—∞",
    1133: "Ш",
    1138: "Ю",
    1149: "Щ",
    1177: "Œ",
    1184: "%",
    1213: "Њ",
    1230: "Љ",
    1289: "№",
    1674: "‰",
}
"""Letters by their width in hundredths of a pixel."""
_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_UNKNOWN = _OF["m"]
"""What anafanafo takes for a letter that it does not know."""
_IDEOGRAPH = 1100


def width(text: str) -> int:
    """Whole pixels, an odd number of them, as badge-maker rounds."""
    return sum(map(_hundredths, text)) // 100 | 1


@cache
def _hundredths(letter: str) -> int:
    base = unicodedata.normalize("NFD", letter)[0]
    known = _OF.get(letter) or _OF.get(base)
    if known:
        return known
    if unicodedata.category(base) in ("Mn", "Me", "Cf"):
        return 0
    return _IDEOGRAPH if unicodedata.east_asian_width(base) in "WF" else _UNKNOWN
