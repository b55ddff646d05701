"""Users, and who is acting as whom (`docs/rules.md` 8)."""

from __future__ import annotations

from typing import NewType

from thrumsg_tui.domain.errors import NotPermitted
from thrumsg_tui.domain.lazy_dataclass import dataclass
from thrumsg_tui.domain.names import full_name
from thrumsg_tui.domain.permissions import WEAKEST_ROLE, Permission, Role

UserId = NewType("UserId", int)


@dataclass(frozen=True, slots=True)
class User:
    """A person with a login."""

    id: UserId
    login: str
    first_name: str
    last_name: str
    email: str
    role: Role
    has_namesake: bool = False
    """Whether another user has the same first and last name."""

    @property
    def name(self) -> str:
        """First and last name, or the login if both are empty."""
        return full_name(self.first_name, self.last_name) or self.login

    @property
    def shown_name(self) -> str:
        """The name as people read it: with the login if another user has the same name (`docs/rules.md 2.2`)."""
        return shown_name(self.name, self.login, has_namesake=self.has_namesake)


def shown_name(name: str, login: str, *, has_namesake: bool) -> str:
    """Return a user's name, with the login behind it if another user has the same name (`docs/rules.md 2.2`)."""
    return f"{name} ({login})" if has_namesake else name


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that a change is made as, and the `actor` at the keyboard (`docs/rules.md 8.2`)."""

    user: User
    actor: User

    @property
    def role(self) -> Role:
        """The weaker of both roles, so that `--as` never gives anybody more permissions."""
        return min(self.user.role, self.actor.role, key=lambda role: role.rank)

    def may(self, action: Permission) -> bool:
        """Return whether the role has a permission."""
        return self.role.may(action)

    def require(self, action: Permission) -> None:
        """Raise `NotPermitted` unless the role has a permission."""
        if not self.may(action):
            needed = WEAKEST_ROLE[action]
            raise NotPermitted(
                f"You may not {action}: that needs the role {needed} or above, and {self.user.login} is {self.role}."
            )
