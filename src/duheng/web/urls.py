"""Every address of the program. A page answers at its address and, with a suffix, as data, table or picture."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, register_converter

from duheng.web.page import SUFFIXES, View, answer
from duheng.web.pages import (
    accounting,
    accounts,
    air,
    air_day,
    alarms,
    balance_sum,
    board,
    bridge,
    carbon,
    compare,
    decisions,
    doubts,
    duties,
    emissions,
    energy,
    finding_words,
    findings,
    handbook,
    imports,
    institutions,
    monitor,
    monitor_device,
    parameters,
    plan,
    plan_versions,
    project,
    projects,
    reading_entries,
    readings,
    receipts,
    register,
    soil,
    submissions,
    tax,
    voc,
    water,
    why,
)


class Suffix:
    """The form in which a page is asked for."""

    regex = "|".join(SUFFIXES)

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(Suffix, "suffix")


def both(route: str, view: View, *, keep: bool = True, writes: bool = False) -> list[URLPattern]:
    """The page's address and the one with a suffix, which must be tried first."""
    made = answer(view, keep=keep, writes=writes)
    return [path(f"{route}.<suffix:suffix>", made), path(route, made)]


def healthy(request: HttpRequest) -> HttpResponse:
    """For the supervisor of the service: the program answers and its database can be read."""
    from duheng import ledger

    return HttpResponse(f"ok {ledger.head().seq}\n", content_type="text/plain")


CELL = "<str:quantity>/<str:entity>/<str:period>"
urlpatterns = [
    *both("board", board.show),
    path("", answer(board.show, lasting=True)),
    *both(f"why/{CELL}", why.show),
    *both(f"history/{CELL}", why.history),
    *both("doubts", doubts.show),
    *both(f"doubts/{CELL}", doubts.one),
    path("target/<str:id>/sign", answer(decisions.sign, keep=False, writes=True)),
    *both("target/<str:id>", plan.target),
    *both("county/<str:id>", plan.county),
    *both("bridge", bridge.chosen),
    *both("bridge/<str:entity>/<str:period>", bridge.show),
    *both("plan", plan.show),
    *both("plans/compare", compare.show),
    path("plans/readings/<str:id>/document", answer(readings.original, keep=False)),
    *both("plans/readings/<str:id>/<str:entry>", reading_entries.one, keep=False, writes=True),
    *both("plans/readings/<str:id>", readings.one, keep=False, writes=True),
    *both("plans/readings", readings.show, keep=False, writes=True),
    *both("plans/versions/<str:number>", plan_versions.show, keep=False),
    *both("accounting", accounting.show),
    path("projects/register.xlsx", answer(project.register_form, keep=False)),
    path("projects/register", answer(register.show, keep=False, writes=True)),
    path("projects/form.xlsx", answer(project.year_form, keep=False)),
    *both("projects", projects.show),
    *both("project/<str:id>", project.show),
    *both("voc/<str:id>", voc.enterprise),
    *both("voc", voc.show),
    *both("tax/<str:id>", tax.payer),
    *both("tax", tax.show),
    *both("emissions", emissions.show),
    *both("institutions", institutions.show),
    *both("duties", duties.show),
    *both("findings", findings.show),
    path("findings/<str:id>/word", answer(finding_words.say, keep=False, writes=True)),
    *both("findings/<str:id>", findings.one),
    *both("handbook", handbook.show),
    *both("parameters", parameters.show, keep=False),
    *both("parameters/<str:id>", parameters.one, keep=False, writes=True),
    path("air/template.csv", answer(air.template, keep=False)),
    *both("air/<str:place>/<str:day>", air_day.show),
    *both("air", air.show),
    *both("water/<str:id>", water.section),
    *both("water", water.show),
    *both("soil", soil.show),
    path("balance/form.xlsx", answer(energy.form, keep=False)),
    *both("balance/sum", balance_sum.show),
    *both("balance", energy.balance),
    *both("flows", energy.diagram),
    *both("carbon", carbon.show),
    path("templates/<str:duty>.xlsx", answer(duties.template, keep=False)),
    *both("import", imports.show, keep=False, writes=True),
    path("import/<str:id>/waiting.xlsx", answer(submissions.waiting, keep=False)),
    *both("import/<str:id>", submissions.show, keep=False, writes=True),
    path("login", answer(accounts.sign_in, keep=False, writes=True)),
    path("logout", answer(accounts.sign_out, keep=False, writes=True)),
    *both("account", accounts.own, keep=False, writes=True),
    *both("accounts", accounts.manage, keep=False, writes=True),
    *both("audit", accounts.trail, keep=False),
    *both("monitor/device/<str:mn>", monitor_device.device, keep=False),
    *both("monitor/enterprise/<str:id>", monitor_device.enterprise, keep=False),
    *both("monitor/alarms/<str:number>", alarms.one, keep=False, writes=True),
    *both("monitor/alarms", alarms.show, keep=False),
    *both("monitor/receipts", receipts.show, keep=False, writes=True),
    *both("monitor/wall", monitor.wall, keep=False),
    *both("monitor", monitor.show, keep=False),
    path("health", healthy),
]
handler400 = "duheng.web.middleware.malformed"
handler403 = "duheng.web.middleware.refused"
handler404 = "duheng.web.middleware.missing"
handler500 = "duheng.web.middleware.failed"
