"""Carbon dioxide by sector and fuel from a physical energy balance: `duheng carbon`."""

from .balance import Balance, read_balance
from .factor_file import Factor, FactorSet, read_factors
from .factors import built_in_sets, known_sets, read_set, set_parameters
from .inventory import Inventory, inventory, inventory_by_set
from .own_sets import OwnSet, own_sets

__all__ = [
    "Balance",
    "Factor",
    "FactorSet",
    "Inventory",
    "OwnSet",
    "built_in_sets",
    "inventory",
    "inventory_by_set",
    "known_sets",
    "own_sets",
    "read_balance",
    "read_factors",
    "read_set",
    "set_parameters",
]
