"""A line chart with logarithmic axes as SVG, without a library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from pathlib import Path

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 70, 50, 30, 190
COLOURS = ("#1f6feb", "#d1570a", "#2da44e", "#8250df", "#6e7781")
Points = Sequence[tuple[float, float]]


def write_chart(path: Path, title: str, across: str, up: str, lines: Mapping[str, Points]) -> Path:
    """Write a chart of lines of points, all above zero."""
    xs = [log10(x) for points in lines.values() for x, _ in points]
    ys = [log10(y) for points in lines.values() for _, y in points]
    x0, x1, y0, y1 = floor(min(xs)), ceil(max(xs)), floor(min(ys)), ceil(max(ys))

    def at(x: float, y: float) -> tuple[float, float]:
        right, above = (log10(x) - x0) / max(1, x1 - x0), (log10(y) - y0) / max(1, y1 - y0)
        return LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - above * (HEIGHT - BOTTOM - TOP)

    parts = [f'<text x="{LEFT}" y="18" font-size="14">{title}</text>']
    parts += [_mark(at(10.0**e, 10.0**y0)[0], HEIGHT - BOTTOM + 18, f"10^{e}", "middle") for e in range(x0, x1 + 1)]
    parts += [_mark(LEFT - 8, at(10.0**x0, 10.0**e)[1] + 4, f"10^{e}", "end") for e in range(y0, y1 + 1)]
    parts += [_line([at(10.0**x0, 10.0**e), at(10.0**x1, 10.0**e)], "#d0d7de", 1) for e in range(y0, y1 + 1)]
    parts.append(_mark((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, across, "middle"))
    parts.append(_mark(LEFT, TOP - 2, up, "start"))
    for i, (name, points) in enumerate(lines.items()):
        colour = COLOURS[i % len(COLOURS)]
        parts.append(_line([at(x, y) for x, y in points], colour, 2))
        parts += [
            f'<circle cx="{p:.1f}" cy="{q:.1f}" r="3" fill="{colour}"/>' for p, q in (at(x, y) for x, y in points)
        ]
        parts.append(
            f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 18 * i + 10}" font-size="12" fill="{colour}">{name}</text>'
        )
    body = "\n".join(parts)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head}\n<rect width="100%" height="100%" fill="white"/>\n{body}\n</svg>\n', encoding="utf-8")
    return path


def _mark(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="11" text-anchor="{anchor}">{text}</text>'


def _line(points: Sequence[tuple[float, float]], colour: str, width: int) -> str:
    written = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{written}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
