"""Who may do what: four roles, each a Django group; a person without account reads public pages only."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, AnonymousUser, Group, Permission, User

from duheng.model.saying import say
from duheng.web.errors import NotAllowed

APP = "duheng_web"
SEE_CONFIDENTIAL = "see_confidential"
IMPORT_FACTS = "import_facts"
ACCEPT_FACTS = "accept_facts"
SIGN_DECISION = "sign_decision"
REVIEW_PLANS = "review_plans"
SET_PARAMETERS = "set_parameters"
MANAGE_ACCOUNTS = "manage_accounts"
READ_AUDIT = "read_audit"
HANDLE_ALARMS = "handle_alarms"
MANAGE_DEVICES = "manage_devices"


@dataclass(frozen=True)
class Role:
    """A role: name of its group, Chinese title, what it may do."""

    name: str
    title: str
    permissions: tuple[str, ...]


ROLES = (
    Role("viewer", "查阅", (SEE_CONFIDENTIAL,)),
    Role("reporter", "填报", (SEE_CONFIDENTIAL, IMPORT_FACTS)),
    Role(
        "reviewer",
        "审核",
        (SEE_CONFIDENTIAL, IMPORT_FACTS, ACCEPT_FACTS, SIGN_DECISION, REVIEW_PLANS, HANDLE_ALARMS),
    ),
    Role(
        "administrator",
        "管理",
        (
            SEE_CONFIDENTIAL,
            IMPORT_FACTS,
            ACCEPT_FACTS,
            SIGN_DECISION,
            REVIEW_PLANS,
            SET_PARAMETERS,
            MANAGE_ACCOUNTS,
            READ_AUDIT,
            HANDLE_ALARMS,
            MANAGE_DEVICES,
        ),
    ),
)
NEEDS = {
    SEE_CONFIDENTIAL: "查阅",
    IMPORT_FACTS: "填报",
    ACCEPT_FACTS: "审核",
    SIGN_DECISION: "审核",
    REVIEW_PLANS: "审核",
    SET_PARAMETERS: "管理",
    MANAGE_ACCOUNTS: "管理",
    READ_AUDIT: "管理",
    HANDLE_ALARMS: "审核",
    MANAGE_DEVICES: "管理",
}


def make_groups(using: str = "default") -> None:
    """Create the four groups with exactly their permissions."""
    for role in ROLES:
        group, _ = Group.objects.using(using).get_or_create(name=role.name)
        wanted = Permission.objects.using(using).filter(
            content_type__app_label=APP, codename__in=role.permissions
        )
        group.permissions.set(wanted)


def may(user: AbstractUser | AnonymousUser, permission: str) -> bool:
    """Whether an active, signed-in person has the permission."""
    return bool(user.is_authenticated and user.is_active and user.has_perm(f"{APP}.{permission}"))


def demand(user: AbstractUser | AnonymousUser, permission: str) -> None:
    """NotAllowed unless the person has the permission; the message names the role that has it."""
    if not may(user, permission):
        raise NotAllowed(
            say("此操作需要“{role}”权限，请用有该权限的账号登录，或与管理员联系。", role=NEEDS[permission])
        )


def role_of(user: AbstractUser | AnonymousUser) -> Role | None:
    """The widest role of a person, None where there is none."""
    if not user.is_authenticated:
        return None
    names = set(user.groups.values_list("name", flat=True))
    return next((role for role in reversed(ROLES) if role.name in names), None)


def give(user: User, role: str) -> None:
    """Make this the person's only role. KeyError when there is no such role."""
    if role not in {known.name for known in ROLES}:
        raise KeyError(role)
    user.groups.set([Group.objects.get(name=role)])
