"""Why a derived record holds, or could: the whole chain in words, rule by rule, down to the given records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from safety_rules.language.chain import ChainFact, ChainRule, Pattern, Step
from safety_rules.language.errors import NotFoundError
from safety_rules.language.expr import Aggregate, FactRef, walk
from safety_rules.language.kinds import Choice, Name, Text
from safety_rules.language.law import entry_on
from safety_rules.language.source import Citation, Standing, weakest
from safety_rules.language.truth import Truth
from safety_rules.language.verdict import Reason
from safety_rules.semantics.chaining.chain import ChainResult
from safety_rules.semantics.chaining.facts import missing
from safety_rules.semantics.chaining.lists import Lists, lists_of
from safety_rules.semantics.chaining.step import holds, listed, rule_environments, with_record
from safety_rules.semantics.evaluate import Environment, evaluate, truth
from safety_rules.semantics.reads import parameters_of
from safety_rules.semantics.verdict.atoms import clause_lines
from safety_rules.semantics.verdict.explain import TRUTH_MARKS, Line, citation_words
from safety_rules.words.values import label, shown

MOST_LEVELS = 30
MOST_COUNTED = 20

CERTAIN = Name("确定", "certain")
POSSIBLE = Name("待核实", "undetermined")


def explain_fact(result: ChainResult, fact: str, language: str = "zh") -> Line:
    """Return why a record holds or could, as a tree of lines; a given record is one line.

    Raises NotFoundError where there is no such record.
    """
    if fact not in result.facts:
        raise NotFoundError(f"no record is named `{fact}`")
    return _line(result, result.facts[fact], _chosen(result), language, 0)


def _chosen(result: ChainResult) -> dict[str, Step]:
    """Return, for each derived record, the step that explains it: sure where there is one, from records before it."""
    chosen: dict[str, Step] = {}
    made = {s.fact for s in result.steps}
    for certainly in (True, False):
        ready = {key for key in result.facts if key not in made or key in chosen}
        grown = True
        while grown:
            steps = [s for s in result.steps if s.fact not in chosen and _may_explain(s, certainly, result)]
            new = [s for s in steps if ready.issuperset(s.support)]
            for step in new:
                chosen.setdefault(step.fact, step)
            ready |= {s.fact for s in new}
            grown = bool(new)
    return chosen


def _may_explain(step: Step, certainly: bool, result: ChainResult) -> bool:
    return not certainly or (step.sure and step.fact in result.certain and result.certain.issuperset(step.support))


def _line(result: ChainResult, fact: ChainFact, chosen: Mapping[str, Step], language: str, level: int) -> Line:
    step = chosen.get(fact.id)
    if step is None:
        return Line(record_words(result, fact, language))
    zh = language == "zh"
    sure = (CERTAIN if fact.id in result.certain else POSSIBLE).in_(language)
    head = record_words(result, fact, language) + (f"（{sure}）" if zh else f" ({sure})")
    if level == MOST_LEVELS:
        return Line(head, (Line("……" if zh else "..."),))
    rule = result.program.rules[step.rule]
    below = [*_given_lines(result, rule, step, chosen, language, level), *_unless_lines(result, rule, step, language)]
    reasons = missing(result, fact.id)
    if reasons:
        names = ("、" if zh else ", ").join(reason_words(r, result, language) for r in sorted(reasons))
        below.append(Line(f"尚缺：{names}" if zh else f"lacks: {names}"))
    sources = result.program.rulebook.sources
    below += [Line(citation_words(c, sources, language)) for c in rule.authority]
    parameters = result.program.rulebook.parameters
    for key, cited in _parameters(result, rule, step).items():
        below.append(Line(citation_words(cited, sources, language, parameters[key].name.in_(language))))
    if rule.note is not None:
        below.append(Line(f"说明：{rule.note.zh}" if zh else f"note: {rule.note.en}"))
    day = result.program.as_of
    title = f"{rule.title.in_(language)}　［{rule.key}］{day}" if zh else f"{rule.title.en} [{rule.key}], {day}"
    return Line(head, (Line(title, tuple(below)),))


def environment_of(result: ChainResult, step: Step) -> tuple[Environment, Lists]:
    """Return what the conditions of a step were evaluated in, with its records."""
    program, rule = result.program, result.program.rules[step.rule]
    derived = {s.fact for s in result.steps}
    records = listed([f for f in result.facts.values() if f.id not in derived], [rule])
    env = rule_environments([rule], records, program.rulebook, program.as_of, program.require, program.confirmed)[
        rule.key
    ]
    for pattern, key in zip(rule.given, step.support, strict=True):
        env = with_record(env, pattern.variable, result.facts[key])
    return env, lists_of(records)


def _given_lines(
    result: ChainResult, rule: ChainRule, step: Step, chosen: Mapping[str, Step], language: str, level: int
) -> list[Line]:
    """Return a line for each record that a step rests on: its condition's values, and why it holds itself."""
    (env, lists), lines = environment_of(result, step), []
    for pattern, key in zip(rule.given, step.support, strict=True):
        fact = result.facts[key]
        mark = TRUTH_MARKS[Truth.UNKNOWN if key not in result.certain else holds(pattern, env, lists)[0]]
        below = _value_lines(result, pattern, env, lists, language)
        below.append(_line(result, fact, chosen, language, level + 1))
        colon = "：" if language == "zh" else ": "
        title = Name("已知", "given").in_(language)
        lines.append(Line(f"{mark} {title}{colon}{pattern.sentence.in_(language)}", tuple(below)))
    return lines


def _value_lines(result: ChainResult, pattern: Pattern, env: Environment, lists: Lists, language: str) -> list[Line]:
    """Return the values that a condition looked at, and the records that its aggregates count."""
    if pattern.that is None:
        return []
    narrow, records = lists.narrowed(pattern.that, env)
    lines = [Line(text) for text in clause_lines(pattern.that, narrow, language)]
    for node in walk(pattern.that):
        if isinstance(node, Aggregate) and isinstance(node.list, FactRef):
            lines += _counted(result, node, narrow, records.get(node.list.key, ()), language)
    return lines


def _counted(
    result: ChainResult, node: Aggregate, env: Environment, records: Sequence[ChainFact], language: str
) -> list[Line]:
    """Return the records that an aggregate counts, or could, as lines."""
    kept = _kept(node, env, records)
    counts = [Line(f"{TRUTH_MARKS[found]} {record_words(result, fact, language)}") for fact, found in kept]
    if len(counts) > MOST_COUNTED:
        rest = len(counts) - MOST_COUNTED
        counts = [*counts[:MOST_COUNTED], Line(f"……另有 {rest} 条" if language == "zh" else f"... {rest} more")]
    return counts


def _kept(node: Aggregate, env: Environment, records: Sequence[ChainFact]) -> list[tuple[ChainFact, Truth]]:
    """Return the records for which an aggregate's test is true or unknown, with which of the two."""
    kept = []
    for fact in sorted(records, key=lambda f: f.id):
        scope = with_record(env, node.variable, fact)
        tests = [e for e in (node.where, node.body if node.fold == "any" else None) if e is not None]
        truths = [truth(e, scope)[0] for e in tests]
        if Truth.FALSE not in truths:
            kept.append((fact, Truth.UNKNOWN if Truth.UNKNOWN in truths else Truth.TRUE))
    return kept


def counted(result: ChainResult, step: Step) -> tuple[ChainFact, ...]:
    """Return the given records that the aggregates of a step count, or could count."""
    env, lists = environment_of(result, step)
    found: dict[str, ChainFact] = {}
    for pattern in (p for p in result.program.rules[step.rule].given if p.that is not None):
        assert pattern.that is not None
        narrow, records = lists.narrowed(pattern.that, env)
        for node in walk(pattern.that):
            if isinstance(node, Aggregate) and isinstance(node.list, FactRef):
                found |= {f.id: f for f, _ in _kept(node, narrow, records.get(node.list.key, ()))}
    return tuple(found.values())


def _unless_lines(result: ChainResult, rule: ChainRule, step: Step, language: str) -> list[Line]:
    """Return a line for each `unless` pattern: nothing was found, or which records could stand against the step."""
    (env, lists), zh, lines = environment_of(result, step), language == "zh", []
    for pattern in rule.unless:
        others = [f for f in result.facts.values() if f.relation == pattern.relation]
        scopes = [(f, with_record(env, pattern.variable, f)) for f in others]
        could = [(f, s) for f, s in scopes if holds(pattern, s, lists)[0] is not Truth.FALSE]
        below = []
        for fact, scope in could:
            values = tuple(_value_lines(result, pattern, scope, lists, language))
            below.append(Line(record_words(result, fact, language), values))
        sentence = pattern.sentence.in_(language)
        if could:
            text = f"? 尚不能排除：{sentence}" if zh else f"? not ruled out: {sentence}"
        else:
            text = f"✓ 未发现：{sentence}" if zh else f"✓ none found: {sentence}"
        lines.append(Line(text, tuple(below)))
    return lines


def record_words(result: ChainResult, fact: ChainFact, language: str) -> str:
    """Return a record in words: its list, its key, and its known fields."""
    vocabulary, zh = result.program.rulebook.vocabulary, language == "zh"
    name = label(f"{fact.relation}[={fact.key}]", vocabulary, language)
    parts = []
    for field in vocabulary.fields(fact.relation):
        if field.field in fact.values:
            value = shown(fact.values[field.field], field.kind, language)
            link = "：" if zh else ": "
            spaced = isinstance(field.kind, Choice | Text) or not value[:1].isdigit()
            parts.append(f"{field.name.in_(language)}{link if spaced or not zh else ' '}{value}")
    words = ("；" if zh else "; ").join(parts)
    origin = f"（{fact.origin}）" if fact.origin and zh else f" ({fact.origin})" if fact.origin else ""
    if not words:
        return f"{name}{origin}"
    return f"{name}〔{words}〕{origin}" if zh else f"{name} [{words}]{origin}"


def reason_words(reason: Reason, result: ChainResult, language: str) -> str:
    """Return what is missing, in words."""
    zh, book = language == "zh", result.program.rulebook
    match reason.kind:
        case "parameter":
            name = (book.parameters[reason.name] if reason.name in book.parameters else book.tables[reason.name]).name
            return f"标准“{name.zh}”须经确认" if zh else f"confirmation of the standard {name.en}"
        case "authority":
            return f"规则 {reason.name} 的依据须经确认" if zh else f"confirmation of the authority of {reason.name}"
        case _:
            return label(reason.name.replace("[", "[=", 1), book.vocabulary, language)


def _parameters(result: ChainResult, rule: ChainRule, step: Step) -> dict[str, Citation]:
    """Return the citations of the parameters that a step read, on the days for which it read them."""
    env, found = environment_of(result, step)[0], {}
    exprs = [*(p.that for p in rule.given if p.that is not None), *(e for _, e in rule.record)]
    for ref in (r for e in exprs for r in parameters_of(e, env.derivations)):
        day = env.as_of if ref.day is None else evaluate(ref.day, env)
        entry = entry_on(env.parameters[ref.key], day) if hasattr(day, "year") else None
        if entry is not None:
            found[ref.key] = entry.citation
    return found


def standing(result: ChainResult, fact: str) -> Standing:
    """Return the weakest standing of the law that a derived record rests on, through the whole chain."""
    chosen, frontier, seen = _chosen(result), [fact], set[str]()
    found: list[Standing] = []
    while frontier:
        key = frontier.pop()
        step = chosen.get(key)
        if step is None or key in seen:
            continue
        seen.add(key)
        rule = result.program.rules[step.rule]
        found += [c.standing for c in (*rule.authority, *_parameters(result, rule, step).values())]
        frontier += step.support
    return weakest(*found)
