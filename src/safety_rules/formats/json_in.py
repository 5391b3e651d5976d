"""JSON lines and JSON arrays, read one record at a time, every number exact."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from safety_rules.formats.csv_in import encoding_of, lines_of
from safety_rules.language import limits
from safety_rules.language.errors import LedgerError
from safety_rules.language.exact_json import json_data, mapping, not_a_number
from safety_rules.language.kinds import Name
from safety_rules.words.failure import failure

CHUNK = 1 << 16


def json_items(path: Path) -> Iterator[tuple[int, Any, Name | None]]:
    """Yield (line or position, data, None), or (line, None, what is wrong) for a line that is not JSON."""
    encoding = encoding_of(path)
    with path.open(encoding=encoding) as file:
        head = file.read(CHUNK).lstrip("\ufeff").lstrip()
    yield from _array(path, encoding) if head.startswith("[") else _lines(path, encoding)


def _lines(path: Path, encoding: str) -> Iterator[tuple[int, Any, Name | None]]:
    with path.open(encoding=encoding) as file:
        for number, line in enumerate(lines_of(file, path.name, limits.ITEM), 1):
            if not line.strip():
                continue
            try:
                data = json_data(line)
            except ValueError as error:
                yield number, None, _not_json(error)
                continue
            yield number, data, None


def _not_json(error: ValueError) -> Name:
    return Name(f"本行不是有效的 JSON：{failure(str(error), 'zh')}", f"the line is not JSON: {error}")


def _array(path: Path, encoding: str) -> Iterator[tuple[int, Any, Name | None]]:
    """Yield the items of one array, keeping in memory only the item that is being read."""
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=not_a_number, object_pairs_hook=mapping)
    with path.open(encoding=encoding) as file:
        buffer, size, number, separated, ended = file.read(CHUNK).lstrip("\ufeff").lstrip()[1:], CHUNK, 0, True, False
        while True:
            buffer = buffer.lstrip()
            if buffer.startswith("]"):
                ended = True
                break
            if buffer.startswith(",") and not separated:
                buffer, separated = buffer[1:].lstrip(), True
            item = _item(decoder, buffer, path, number)
            if item is None and len(buffer) > limits.ITEM:
                raise limits.beyond(path.name, f"item {number}", "characters in an item", limits.ITEM)
            more = file.read(size) if item is None or item[1] >= len(buffer) else ""
            if more:
                buffer, size = buffer + more, size * 2
                continue
            if item is None or not separated:
                break
            number, separated, size = number + 1, False, CHUNK
            yield number, item[0], None
            buffer = buffer[item[1] :]
        rest = buffer[1:] + file.read(CHUNK) if ended else buffer
    if not ended or rest.strip():
        raise LedgerError(f"`{path.name}` is not a JSON array: it cannot be read after item {number}")


def _item(decoder: json.JSONDecoder, buffer: str, path: Path, number: int) -> tuple[Any, int] | None:
    """Return the first item of a buffer and where it ends; None where it does not hold a whole one."""
    try:
        return decoder.raw_decode(buffer)
    except json.JSONDecodeError:
        return None
    except (ValueError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else error
        raise LedgerError(f"`{path.name}` cannot be read at item {number + 1}: {said}") from None
