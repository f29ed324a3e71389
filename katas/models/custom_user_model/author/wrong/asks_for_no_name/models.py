"""The user model of the shop. People log in by e-mail, in capitals or not."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An ordinary account. Without a password nobody can log in to it."""
        # A USERNAME_FIELD that is "" would be an account that nobody can name.
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email), **fields)
        # Hashes, and marks the account as one without a usable password if there is none.
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account that may do everything, the admin included."""
        for flag in ("is_staff", "is_superuser"):
            # Said nothing means yes. Said no is a contradiction: better an error than half a superuser.
            if not fields.setdefault(flag, True):
                raise ValueError(f"A superuser has {flag}=True.")
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, email: str) -> "User":
        # What authenticate(), createsuperuser and loaddata ask. DoesNotExist is part of the answer.
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    # Django's checks want the login field itself unique; the constraint below is the stronger rule.
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # may enter the admin

    objects = UserManager()

    USERNAME_FIELD = "email"

    # No has_perm here: PermissionsMixin asks the groups, and says yes to an active superuser.

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_in_any_case",
                violation_error_message="An account with this e-mail exists already.",
            ),
        ]
