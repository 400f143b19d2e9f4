"""The yardstick's side of bench_openfisca: the same rules as OpenFisca variables. Runs in .venv-bench only.

peer_openfisca.py ENTITIES  ->  one line of JSON: seconds of each run, and the total energy it finds [tce]
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

FACTORS = {"coal": 0.7143, "diesel": 1.4571, "petrol": 1.4714, "power": 1.229}
RUNS = 5

enterprise = build_entity(key="enterprise", plural="enterprises", label="", is_person=True)


def variable(name: str, formula: Any = None) -> type[Variable]:
    """A yearly variable of an enterprise."""
    content = {"value_type": float, "entity": enterprise, "definition_period": YEAR, "label": name}
    return type(name, (Variable,), {**content, **({"formula": formula} if formula else {})})


def energy(person: Any, period: Any) -> Any:
    return sum(person(fuel, period) * factor for fuel, factor in FACTORS.items())


def energy_intensity(person: Any, period: Any) -> Any:
    return person("energy", period) / person("gdp", period) / 10_000


def energy_intensity_decline(person: Any, period: Any) -> Any:
    return 1 - person("energy_intensity", period) / person("energy_intensity", "2020")


def main(number: int) -> None:
    """Time the chain for so many enterprises, inputs to results in memory."""
    system = TaxBenefitSystem([enterprise])
    for name in (*FACTORS, "gdp"):
        system.add_variable(variable(name))
    for formula in (energy, energy_intensity, energy_intensity_decline):
        system.add_variable(variable(formula.__name__, formula))
    dice = numpy.random.default_rng(2026)
    inputs = {
        (name, year): dice.uniform(1, 1000, number) for name in (*FACTORS, "gdp") for year in ("2020", "2023")
    }
    whole, calculate = [], []
    for _ in range(RUNS + 1):
        begin = time.perf_counter()
        simulation = SimulationBuilder().build_default_simulation(system, number)
        for (name, year), values in inputs.items():
            simulation.set_input(name, year, values)
        ready = time.perf_counter()
        simulation.calculate("energy_intensity_decline", "2023")
        total = simulation.calculate("energy", "2023").sum()
        end = time.perf_counter()
        whole.append(end - begin)
        calculate.append(end - ready)
    exact = sum(inputs[name, "2023"] @ numpy.full(number, factor) for name, factor in FACTORS.items())
    print(
        json.dumps(
            {"whole": whole[1:], "calculate": calculate[1:], "total": float(total), "exact": float(exact)}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
