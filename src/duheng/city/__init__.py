"""A city's folder: plan.yaml, entities.csv, registers, facts: found, checked, begun."""

from duheng.city.folder import check, default_city_folder, load
from duheng.city.starting import init

__all__ = ["check", "default_city_folder", "init", "load"]
