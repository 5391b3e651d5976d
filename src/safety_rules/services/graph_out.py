"""What reads what, drawn: as Mermaid text, which many wikis draw, and as one SVG that needs nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from safety_rules.language.diagnostic import width
from safety_rules.services.graph import KINDS, Graph, Node

SHAPES = {"rule": ("[", "]"), "derived": ("([", "])"), "figure": ("{{", "}}"), "fact": ("(", ")")}
COLOURS = {"rule": "#dbe9f6", "derived": "#e6f2e6", "figure": "#fdf0d5", "fact": "#f2f2f2"}
ROW, COLUMN, WIDE, HIGH, LONGEST = 40, 380, 300, 30, 36


def mermaid(graph: Graph, language: str) -> str:
    """Return the graph as a Mermaid flowchart."""
    numbers = {key: f"n{i}" for i, key in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for key, node in graph.nodes.items():
        left, right = SHAPES[node.kind]
        text = escape(node.name.in_(language)).replace("#", "#35;")
        lines.append(f'  {numbers[key]}{left}"{text}<br/>{key}"{right}')
    lines += [f"  {numbers[a]} --> {numbers[b]}" for a, b in graph.edges]
    return "\n".join(lines)


def svg(graph: Graph, language: str) -> str:
    """Return the graph as SVG: rules at the left, then derived facts, figures, and facts at the right."""
    places = _places(graph)
    high = max((y for _, y in places.values()), default=0) + ROW
    size = f'width="{COLUMN * (len(KINDS) - 1) + WIDE + 20}" height="{high + 10}"'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">']
    parts += [_line(places[a], places[b]) for a, b in graph.edges]
    for key, node in graph.nodes.items():
        parts += _box(node, *places[key], language)
    return "\n".join([*parts, "</svg>"])


def _places(graph: Graph) -> Mapping[str, tuple[int, int]]:
    """Return where each node stands: its kind's column, as high as the mean of what reads it."""
    places: dict[str, tuple[int, int]] = {}
    for column, kind in enumerate(KINDS):
        heights = {}
        for at, (key, node) in enumerate(graph.nodes.items()):
            if node.kind == kind:
                readers = [places[a][1] for a, b in graph.edges if b == key and a in places]
                heights[key] = sum(readers) / len(readers) if readers else at
        for row, key in enumerate(sorted(heights, key=heights.__getitem__)):
            places[key] = (10 + column * COLUMN, 10 + row * ROW)
    return places


def _line(a: tuple[int, int], b: tuple[int, int]) -> str:
    x, y, to_x, to_y = a[0] + WIDE, a[1] + HIGH // 2, b[0], b[1] + HIGH // 2
    path = f"M{x},{y} C{x + 60},{y} {to_x - 60},{to_y} {to_x},{to_y}"
    return f'<path d="{path}" fill="none" stroke="#999"/>'


def _box(node: Node, x: int, y: int, language: str) -> Iterator[str]:
    yield f"<g><title>{escape(node.key)}</title>"
    yield f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4" fill="{COLOURS[node.kind]}" stroke="#666"/>'
    yield f'<text x="{x + 8}" y="{y + 19}">{escape(_short(node.name.in_(language)))}</text></g>'


def _short(text: str) -> str:
    """Return a text no wider than its box."""
    if sum(map(width, text)) <= LONGEST:
        return text
    while sum(map(width, text)) > LONGEST - 1:
        text = text[:-1]
    return text + "…"
