"""What every reader of tables gives: rows of raw cells that know their place."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from safety_rules.formats.workbook_notes import Beside
from safety_rules.language.record import Problem
from safety_rules.semantics.admission.folding import INVISIBLE
from safety_rules.semantics.admission.objects import Unread
from safety_rules.semantics.admission.values import absent

EXCEL_DIGITS = 15
MOST_FOLDED = 1024  # headings and options, which come again in every row
RUNNING = frozenset({"序号", "no", "no.", "#"})  # headings of numbers that count the lines
DITTO = frozenset(
    {"同上", "同左", "同前", "同前行", "〃", "″", '"', "''", "“", "”", "ditto", "same as above", "…", "...", "……"}
)
ERROR_WORD = re.compile(r"^#[A-Z/0!?]+[!?A0]$")


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row as it stands; `number` counts from 1, as the sheet itself does.

    `merged` are the columns whose cell is merged over several rows, with that cell's value; `across` the columns
    at which a cell begins that is merged over several columns, with the last of them; `places` where cells stand
    that stand elsewhere.
    """

    number: int
    cells: tuple[Any, ...]
    merged: Mapping[int, Any] = field(default_factory=dict)
    across: Mapping[int, int] = field(default_factory=dict)
    places: Mapping[int, str] = field(default_factory=dict)

    def cell(self, index: int) -> Any:
        """Return a cell; beyond the end it is blank."""
        return self.cells[index] if index < len(self.cells) else ""

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything."""
        return all(is_blank(c) for c in self.cells)


@dataclass(frozen=True, slots=True)
class RawTable:
    """A sheet or a file of rows; `rows()` begins afresh at each call.

    `mark` stands between the table's name and the cell in a place: `项目!C7`, `ledger.csv:C7`. `notices` are what
    is to be said of the sheet where it is used, `hidden` whether nobody sees it without asking, `below`
    the lines under the headings that speak of units, `aside` the lines of a form that are no pairs of label and value,
    `beside` the comments at its cells and the texts in boxes over them.
    """

    name: str
    rows: Callable[[], Iterator[RawRow]] = field(compare=False)
    mark: str = "!"
    size: int | None = None
    hidden: bool = False
    notices: tuple[Problem, ...] = ()
    below: tuple[RawRow, ...] = ()
    aside: tuple[RawRow, ...] = ()
    beside: tuple[Beside, ...] = ()

    def place(self, row: int, column: int | None = None) -> str:
        """Return the name of a cell, or of a whole row."""
        return f"{self.name}{self.mark}{letters(column) if column is not None else ''}{row}"


def letters(column: int) -> str:
    """Return the letters of a column: 0 is A, 26 is AA.

    >>> letters(0), letters(27)
    ('A', 'AB')
    """
    name, rest = "", column + 1
    while rest:
        rest, digit = divmod(rest - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def is_blank(cell: Any) -> bool:
    """Return whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def usable(cell: Any) -> Any:
    """Return a cell as data for admission.

    A spreadsheet keeps 15 significant digits of what was typed, so its floats count as those digits.
    """
    if isinstance(cell, float) and cell == cell and abs(cell) != float("inf"):
        return int(cell) if cell.is_integer() else Decimal(f"{cell:.{EXCEL_DIGITS}g}")
    if isinstance(cell, datetime.time | datetime.timedelta):
        return str(cell)
    return cell


def cell_text(cell: Any) -> str:
    """Return a cell as one line of text, as a spreadsheet shows it.

    >>> cell_text(True), cell_text(None)
    ('TRUE', '')
    """
    value = usable(cell)
    if value is None or isinstance(value, bool):
        return "" if value is None else str(value).upper()
    return str(value).strip()


# Traditional characters of headings, names of sheets and remarks, each of which has one simplified form and no other.
TRADITIONAL = str.maketrans(
    "單錄記碼業稱狀態備註處罰隱統會號編項資產積畝萬開銷稅類級濟環評價審設計徵階財間時數傷損責門關範圍儲學險廠員總額區鎮樓點監測檢實際達標應內說",
    "单录记码业称状态备注处罚隐统会号编项资产积亩万开销税类级济环评价审设计征阶财间时数伤损责门关范围储学险厂员总额区镇楼点监测检实际达标应内说",
)


@lru_cache(maxsize=MOST_FOLDED)
def folded(text: str) -> str:
    """Return a name for comparison: NFKC, without blanks and signs that nobody sees, without letter case.

    >>> folded("用 地 面積（畝）"), folded("GreenChem")
    ('用地面积(亩)', 'greenchem')
    """
    plain = INVISIBLE.sub("", "".join(unicodedata.normalize("NFKC", text).split())).casefold()
    return plain if plain.isascii() else plain.translate(TRADITIONAL)


_FIRM = "(?:企业|公司|单位|厂|单元|项目|(?:项目)?业主|(?:项目)?建设单位|投资方|申请人)"
NOBODY = re.compile(
    "^(?:(?:该|本|此|某|另|上述|前述|上列|以上|全部|所有|各|多|部分|个别|有关|相关|其他|其它|若干|其中|共)?"
    f"(?:[0-9一二两三四五六七八九十几数]*[家个类])?{_FIRM}?(?:等)?"
    f"|(?:序号|第)[0-9一二三四五六七八九十]+(?:号|行|条|家|个|项)?{_FIRM}?"
    f"|(?:同|见|详见|参见)?(?:上|前|下|附)(?:一?[行条列项面文表件述家个])?{_FIRM}?"
    "|(?:同|见|详见|参见)(?:[上前下附第序表0-9]|sheet)(?!.*(?:公司|厂)$).*)$"
)
_AROUND = "()[]【】〔〕「」“”\"'。.;,、:!-—*"


def owner(cell: Any) -> str:
    """Return whom a cell names; nothing where it is blank, points elsewhere (同上, 该企业, 各单位), or holds an error.

    >>> owner("甲公司"), owner("同上"), owner("#REF!"), owner("—")
    ('甲公司', '', '', '')
    """
    text = "" if isinstance(cell, Unread) else INVISIBLE.sub("", cell_text(cell)).strip()
    named = folded(text).strip(_AROUND)  # （同上） and 同上。 say no more than 同上; signs alone name nobody
    nobody = absent(text) or text.casefold() in DITTO or named in DITTO or ERROR_WORD.match(text) or NOBODY.match(named)
    return "" if nobody else text


def plain_number(cell: Any) -> Fraction | None:
    """Return a cell as a number where it is one and states no unit; else None."""
    text = cell_text(cell).replace(",", "")
    return Fraction(text) if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?", text) else None
