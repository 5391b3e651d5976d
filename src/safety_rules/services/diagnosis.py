"""The page of a diagnostic in one language: what is wrong, an example, what to write, how to keep it with a reason.

A page among `docs/diagnostics` says what is wrong in both languages and what to write in English. In Chinese, what
to write comes from the help that goes with the code's sentences.
"""

from __future__ import annotations

import re

from safety_rules.words.catalog import CHINESE, ENGLISH, has, sentence
from safety_rules.words.said import codes

HEADINGS = {"Example": "example", "What to write": "write", "How to silence it": "silence"}
PARTS = re.compile(r"^## (.+)$", re.MULTILINE)
FENCE = re.compile(r"```text\n(.*?)\n```", re.DOTALL)
SLOT = re.compile(r"(?<!\{)\{[a-z_]+\}")
MARKS = {CHINESE: ("错误[", "警告["), ENGLISH: (" error[", " warning[")}
"""What tells in which language an example is said."""


def diagnosis(text: str, code: str, language: str) -> str:
    """Return the page of a code in a language."""
    head, *rest = PARTS.split(text.rstrip())
    title, english, chinese, *_ = head.strip().split("\n\n")
    parts = [title, chinese if language == CHINESE else english]
    for name, body in zip(rest[::2], rest[1::2], strict=True):
        key = HEADINGS[name]
        parts.append(f"## {sentence(f'page.{key}', language)}")
        parts.append(_example(body, language) if key == "example" else body.strip())
        if language == CHINESE and key == "write":
            parts[-1] = _written(code)
        elif language == CHINESE and key == "silence":
            parts[-1] = sentence("page.silenced", language) + "\n\n" + body.strip().partition("\n\n")[2]
    return "\n\n".join(parts) + "\n"


def _example(body: str, language: str) -> str:
    """Return an example as a language says it; as it is where it stands in one language alone."""
    found = FENCE.search(body)
    said = re.split(r"\n\n(?=\S)", found[1]) if found else []
    own = [one for one in said if any(mark in one for mark in MARKS[language])]
    return "```text\n" + "\n\n".join(own) + "\n```" if own else body.strip()


def _written(code: str) -> str:
    """Return what to write, from the catalogue: each help without a slot; where all of them have one, a word on the example."""
    if has(f"mend.{code}"):
        return sentence(f"mend.{code}", CHINESE) + "。"
    whole = codes()[code]
    helps = dict.fromkeys(
        one["help_zh"] for one in (whole, *whole.values()) if isinstance(one, dict) and "help_zh" in one
    )
    lines = [h.format() for h in helps if not SLOT.search(h)] or [sentence("page.as_example", CHINESE)]
    return "\n".join(f"- {line}" for line in lines) if len(lines) > 1 else f"{lines[0]}。"
