"""What is too much to be read: each limit of input once, with its unit and the sentence that names it.

A rule file, a record, a ledger or a request beyond a limit is refused with the limit, in both languages. `TABLE` has a
row for each; what only is counted with (the bytes that a reader holds for a cell) stands below it.
"""

from __future__ import annotations

from dataclasses import dataclass

from safety_rules.language.errors import LedgerError
from safety_rules.language.kinds import Name

# A rule file
FILE = 10 * 1024 * 1024
NESTED = 40
NODES = 2_000_000
MISTAKES = 100
DERIVED_LEVELS = 200
CONDITION = 4000
CONDITION_MADE = 40_000
BRACKETS = 60
DENIALS = 500
CONDITION_LEVELS = 100
OPERATIONS = 8000
PATTERN = 200
PATTERN_WAYS = 100_000

# A value
TEXT = 2000
DIGITS_OF_NUMBER = 400
DIGITS_IN_JSON = 4000

# A chain
CHAIN_RECORDS = 20_000
CHAIN_STEPS = 200_000

# A file of data
CELL = 1_000_000
ROW = 4_000_000
ITEM = 64_000_000
SHEET = 20_000_000
COLUMNS = 16_384
WORDS = 150_000_000
HELD = 850_000_000
ODD = 2_000_000
FAR = 150_000_000
PART = 2_000_000_000
OLD_BOOK = 200_000_000

# A request
RECORD_TEXT = 1_000_000
UPLOAD = 50_000_000
BODY = 10_000_000
BODY_DEPTH = 32
BODY_RECORDS = 1_000
BODY_VERDICTS = 100
PAPERS = 500


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit: its name here, its figure, what the figure counts, and the key of the sentence that names it."""

    name: str
    most: int
    unit: Name
    said: str


TABLE = tuple(
    Limit(name, globals()[name], Name(zh, en), said)
    for name, zh, en, said in (
        ("FILE", "规则文件的字节", "bytes of a rule file", "file-too-large"),
        ("NESTED", "规则文件的嵌套层", "levels of a rule file inside one another", "too-deep"),
        ("NODES", "规则文件的值", "values of a rule file", "too-many-nodes"),
        ("MISTAKES", "规则文件的错误", "mistakes of a rule file", "too-many-mistakes"),
        ("DERIVED_LEVELS", "推算中相互嵌套的运算", "operations of derivations inside one another", "derivation-too-deep"),
        ("CONDITION", "条件式的字符", "characters of a condition", "condition-too-long"),
        ("CONDITION_MADE", "程序写成的条件式的字符", "characters of a condition that a program writes", "condition-too-long"),
        ("BRACKETS", "条件式的括号层", "brackets of a condition inside one another", "condition-too-deep.brackets"),
        ("DENIALS", "条件式中的“not”", "times `not` in a condition", "condition-too-deep.denials"),
        ("CONDITION_LEVELS", "条件式中相互嵌套的运算", "operations of a condition inside one another", "condition-too-deep.operations"),
        ("OPERATIONS", "条件式展开后的运算", "operations to which a condition comes", "condition-too-long.operations"),
        ("PATTERN", "符合格式的字符", "characters that a pattern can match", "format.too-many"),
        ("PATTERN_WAYS", "格式的写法", "ways in which a pattern can match", "format.too-many"),
        ("TEXT", "一项内容的字符", "characters of a value", "too-long"),
        ("DIGITS_OF_NUMBER", "一个数的位数", "digits of a number", "out-of-bounds.size"),
        ("DIGITS_IN_JSON", "JSON 中一个数的位数", "digits of a number in JSON", "failure.json_digits"),
        ("CHAIN_RECORDS", "链式推理得出的记录", "records that a chain derives", "failure.chain_limit"),
        ("CHAIN_STEPS", "链式推理的步骤", "steps of a chain", "failure.chain_limit"),
        ("CELL", "一格的字符", "characters of a cell of text", "failure.beyond"),
        ("ROW", "一行的字符", "characters of a row of text, which are at most four times as many bytes", "failure.beyond"),
        ("ITEM", "一条 JSON 记录的字符", "characters of a record of JSON", "failure.beyond"),
        ("SHEET", "各工作表的单元格，夹在中间的空白格也算", "cells of a workbook's sheets, blank ones between others too", "failure.beyond"),
        ("COLUMNS", "一张工作表的列", "columns of a sheet", "failure.beyond"),
        ("WORDS", "工作簿中只存一次的文字的字节", "bytes of the texts of a workbook that stand once for all of its cells", "failure.beyond"),
        ("HELD", "读取时同时占用的字节", "bytes that a workbook's reader holds at once", "failure.beyond"),
        ("ODD", "显示与所存不同的单元格", "cells of a sheet whose format or formula tells another thing than their value", "failure.beyond"),
        ("FAR", "有远离其他内容的单元格的工作簿的字节", "bytes of a workbook with cells far from all others", "failure.beyond"),
        ("PART", "一张工作表的字节", "bytes of a sheet's own XML", "failure.beyond"),
        ("OLD_BOOK", "旧式工作簿的字节", "bytes of an .xls, of all its sheets together, and of a part of an .xlsb", "failure.beyond"),
        ("RECORD_TEXT", "智能助手提交的一条记录的字符", "characters of a record that an assistant sends", "failure.record_text"),
        ("UPLOAD", "上传到网页的字节", "bytes of an upload to the page", "web.large"),
        ("BODY", "一次请求的字节", "bytes of a request", "api-problem.large"),
        ("BODY_DEPTH", "一次请求的嵌套层", "levels of a request inside one another", "api-problem.deep"),
        ("BODY_RECORDS", "一次请求的记录", "records of a request", "api-problem.many"),
        ("BODY_VERDICTS", "一次请求的完整结论", "whole verdicts of a request", "api-problem.many"),
        ("PAPERS", "一次下载的文书", "papers of a download", "failure.too_many_papers"),
    )
)  # fmt: skip

# What is counted with, or beyond which a part is named and not read
CELL_HELD, TEXT_HELD = 70, 32  # bytes of HELD for each cell, and more for a text in each cell that has it
SMALL_PART = 64 << 20  # bytes of each other part of a workbook
XML_ROW = 32 << 20  # bytes of a row in a sheet's XML; beyond, its formats are not told
GAP = 100_000  # blank rows after which what follows is named and not read


def beyond(name: str, place: object, what: str, most: int) -> LedgerError:
    """Return the error of a file that holds more than is read.

    >>> str(beyond("a.csv", "row 7", "characters in a cell", CELL))
    '`a.csv` cannot be read beyond row 7: more than 1,000,000 characters in a cell'
    """
    return LedgerError(f"`{name}` cannot be read beyond {place}: more than {most:,} {what}")
