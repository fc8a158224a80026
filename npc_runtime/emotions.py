"""The eight emotions that a reply can open with: `(happy) Good day!`."""

from __future__ import annotations

from typing import Literal, get_args

Emotion = Literal["neutral", "happy", "sad", "angry", "afraid", "surprised", "tired", "wary"]
EMOTIONS: tuple[Emotion, ...] = get_args(Emotion)
