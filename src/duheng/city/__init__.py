"""A city's folder: plan.yaml, entities.csv, registers, facts: found, checked, compared, begun."""

from duheng.city.comparison import compare
from duheng.city.folder import check, default_city_folder, load
from duheng.city.starting import init

__all__ = ["check", "compare", "default_city_folder", "init", "load"]
