"""The grammar of targets: the numbers owed, read from a plan's sentences.

words        the field's words (cn/reading/targets.yaml) and the patterns built from them, once
measures     a number with its unit, range and bound
clauses      brackets and names set aside; clauses with their places
deadlines    by when: years, plan periods, spans
predicates   what is to happen: falls, reaches, stays under
heads        one subject into its indicators, its region and its scope
state        what is in force at a place: time, region, subject; how a target is made of it
levels       a subject, a predicate and its values
shares       a share that stands before what it is a share of
parts        parts of an amount (其中)
subjects     what values are stated for: the indicators named, those before, the same elsewhere
works        a verb, a count and what is counted
wording      targets without a numeral: zero growth, all of it, as assigned
reader       the text clause by clause
columns      the head of a table of indicators
cells        what a cell says
rows         the targets of such a table
"""

from duheng.reading.grammar.reader import targets

__all__ = ["targets"]
