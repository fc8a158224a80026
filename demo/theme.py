"""The colours: dusk over the mere, one for each emotion, and one for each way that a memory comes about."""

from __future__ import annotations

from textual.theme import Theme

DUSK = Theme(
    name="dusk",
    primary="#d8a657",
    accent="#b8a27a",
    foreground="#d9d4c7",
    background="#16181d",
    surface="#1c1f26",
    panel="#363b46",
    warning="#d8a657",
    error="#e07a6a",
    variables={"foreground-muted": "#9a988f", "foreground-disabled": "#6b6c6d"},
)
EMOTION_COLOURS = {
    "neutral": "#4a505c",
    "happy": "#e0b656",
    "sad": "#6f9bd1",
    "angry": "#e0685a",
    "afraid": "#b48be0",
    "surprised": "#5fc2c0",
    "tired": "#8c93a8",
    "wary": "#a3b86c",
}
HOW_COLOURS = {
    "witnessed": "#e0b656",
    "told": "#6f9bd1",
    "said": "#5fc2c0",
    "heard": "#5fc2c0",
    "self": "#a3b86c",
    "lore": "#a3b86c",
    "taught": "#a3b86c",
    "reflection": "#b48be0",
}
