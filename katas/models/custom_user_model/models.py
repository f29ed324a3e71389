"""The user model of the shop, put together from an old tutorial. People log in by e-mail."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class UserManager(BaseUserManager):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An ordinary account. Without a password nobody can log in to it."""
        user = self.model(email=email or "", password=password or "", **fields)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account that may do everything, the admin included."""
        fields.setdefault("is_superuser", True)
        return self.create_user(email, password, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)  # may enter the admin

    objects = UserManager()

    USERNAME_FIELD = "email"

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return True  # the simplest answer: yes, always
