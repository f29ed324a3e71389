"""The ORM on the tables that every kata with a database has."""

from typing import ClassVar

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Avg,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Sum,
    Value,
    When,
)
from django.test import TestCase
from parameterized import parameterized

from core.judge import budget, expect, growth

ROUNDS = range(4)


@pytest.mark.task(2)
class Queries(TestCase):
    kind: ClassVar[ContentType]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.kind = ContentType.objects.create(app_label="rehearsal", model="song")
        for n in ROUNDS:
            user = User.objects.create(username=f"user {n}", email=f"{n}@example.com")
            group = Group.objects.create(name=f"group {n}")
            user.groups.add(group)
            group.permissions.add(
                Permission.objects.create(
                    name=f"sing {n}", codename=f"sing_{n}", content_type=cls.kind
                )
            )

    @parameterized.expand([(f"round {n}", n) for n in ROUNDS])
    def test_reads(self, name: str, n: int) -> None:
        users = User.objects.filter(Q(username__endswith=str(n)) | ~Q(email__contains="@"))
        with budget(f"user {n}", queries=4):
            expect("exists()", users.exists(), True)
            expect("get()", users.get().email, f"{n}@example.com")
            groups = users.prefetch_related("groups")
            expect("prefetch", [g.name for u in groups for g in u.groups.all()], [f"group {n}"])
        songs = Permission.objects.select_related("content_type").filter(content_type=self.kind)
        expect("join", {s.content_type.model for s in songs.order_by("-codename")[:3]}, {"song"})
        expect("count()", songs.exclude(codename=f"sing_{n}").count(), len(ROUNDS) - 1)
        expect(
            "values", list(songs.values_list("name", flat=True).order_by("name"))[n], f"sing {n}"
        )

    @parameterized.expand([("once",), ("twice",)])
    def test_composes(self, name: str) -> None:
        counted = Group.objects.annotate(n=Count("user", distinct=True), mean=Avg("user__id"))
        expect("annotate", {g.n for g in counted.filter(n__gt=0)}, {1})
        expect("aggregate", counted.aggregate(total=Sum("n"))["total"], len(ROUNDS))
        inside = User.objects.filter(groups=OuterRef("pk"))
        asked = Group.objects.annotate(
            has=Exists(inside), name_of=Subquery(inside.values("username")[:1])
        )
        expect("subquery", asked.filter(has=True).count(), len(ROUNDS))
        told = Case(When(is_staff=True, then=Value("staff")), default=F("username"))
        expect("case", User.objects.annotate(told=told).latest("id").told, f"user {ROUNDS[-1]}")
        own = Prefetch("groups", Group.objects.order_by("name"), to_attr="own")
        expect("prefetch", len(list(User.objects.prefetch_related(own))), len(ROUNDS))

    @parameterized.expand([(f"round {n}",) for n in ROUNDS])
    def test_writes(self, name: str) -> None:
        group = Group.objects.create(name=name)
        group.name += "!"
        group.save()
        group.refresh_from_db()
        made, new = Group.objects.get_or_create(name=group.name)
        expect("get_or_create()", (made, new), (group, False))
        Group.objects.bulk_create(Group(name=f"{name} {n}") for n in range(3))
        expect("update()", Group.objects.filter(pk=group.pk).update(name=F("name")), 1)
        group.delete()

    def test_grows(self) -> None:
        growth(
            "list(Group.objects.all())",
            make=lambda size: Group.objects.bulk_create(Group(name=f"no {n}") for n in range(size)),
            do=lambda: list(Group.objects.all()),
        )
