"""Scripts that are written without spaces between words, as character classes for patterns."""

from __future__ import annotations

import re

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
HIRAGANA = "\u3041-\u309f"
KATAKANA = "\u30a1-\u30fa\u30fc-\u30ff\u31f0-\u31ff\uff66-\uff9f"
SOUTHEAST = "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0edf\u1000-\u103f\u1780-\u17d3"  # Thai, Lao, Burmese, Khmer
UNSPACED = HAN + HIRAGANA + KATAKANA + SOUTHEAST
"""The letters of scripts without spaces: where a word ends is not to be seen."""

HANGUL = "\u1100-\u11ff\uac00-\ud7a3"
"""Korean has spaces, but glues endings to its words, so that it too is compared by pairs of letters."""

CLOSING = "\"'”’»)*\u300d\u300f\u3011\uff09\u300b\u3009\uff02\uff07"
"""What may stand behind a stop and belongs to the sentence."""
OPENING = "“\u300c\u300e\u3010\uff08\u300a\u3008"
"""What opens a quotation, and needs no space before it."""
FULL_STOPS = "\u3002\uff01\uff1f\uff0e\uff61"
"""Stops that end a sentence without a space behind them."""

WIDE = FULL_STOPS + "\u3001\u300a\u300b\u300c\u300d\u300e\u300f\uff08\uff09\uff0c\uff1b"
"""Marks that stand between words without a space; a colon is none of them, for it may make a speaker of a name."""

UNSPACED_LETTER = re.compile(f"[{UNSPACED}]")
