"""A plot of some curves over days, as SVG written by hand; it reads on a light page and on a dark one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 800, 340
LEFT, RIGHT, TOP, BOTTOM = 40, 230, 36, 44
COLOURS = ("#3b82f6", "#f59e0b", "#ef4444", "#10b981", "#a855f7")
GREY = "#8b8f98"
ROW = 18  # between lines of the legend


def svg(curves: Mapping[str, Sequence[float]], *, x: str, y: str, most: float) -> str:
    """Curves by title, each a value for 0, 1, 2 and so on; `x` and `y` name the axes, which end at `most` upwards."""
    steps = max(len(values) for values in curves.values()) - 1
    across, down = (WIDTH - LEFT - RIGHT) / steps, (HEIGHT - TOP - BOTTOM) / most

    def point(step: float, value: float) -> str:
        return f"{LEFT + step * across:.1f},{HEIGHT - BOTTOM - value * down:.1f}"

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" fill="{GREY}">',
        f"<title>{escape(y)}, by {escape(x)}</title>",
    ]
    for value in range(0, int(most) + 1, max(1, int(most) // 4)):
        here, there = point(0, value), point(steps, value)
        lines.append(f'<polyline points="{here} {there}" stroke="{GREY}" stroke-opacity="0.3" fill="none"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{float(here.split(",")[1]) + 4:.1f}" text-anchor="end">{value}</text>')
    for step in range(steps + 1):
        left = point(step, 0).split(",")[0]
        lines.append(f'<text x="{left}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{step}</text>')
    lines.append(f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{escape(x)}</text>')
    lines.append(f'<text x="{LEFT}" y="{TOP - 16}">{escape(y)}</text>')
    for number, (title, values) in enumerate(curves.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(point(step, value) for step, value in enumerate(values))
        lines.append(f'<polyline points="{points}" stroke="{colour}" stroke-width="2.5" fill="none"/>')
        where = f'x="{WIDTH - RIGHT + 12}" y="{TOP + ROW * number + 4}"'
        lines.append(f'<text {where} fill="{colour}">{escape(title)}</text>')
    return "\n".join([*lines, "</svg>", ""])
