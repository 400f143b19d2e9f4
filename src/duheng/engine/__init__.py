"""Reading rules over the books: a table of all cells, or the reasons of one."""

from duheng.model.rule import Rule

from .books import FACT_SCHEMA, Books
from .evaluation import evaluation, table
from .explain import Explanation, explain, known_of, value
from .members import Members
from .step import Step


def formula(rule: Rule) -> str:
    """The formula of a rule's first wording over its argument names."""
    return rule.wordings[0].formula()
