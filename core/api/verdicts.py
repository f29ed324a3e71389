"""The schema of a verdict, made from its dataclasses: what `kata NAME --json` prints."""

import dataclasses
import enum
import functools
import types
import typing
from typing import Any

from rest_framework import serializers

from core.verdict import Verdict

PLAIN: dict[Any, type[serializers.Field[Any, Any, Any, Any]]] = {
    int: serializers.IntegerField,
    float: serializers.FloatField,
}


@functools.cache  # one component of each
def serializer_of(kind: type) -> type[serializers.Serializer[Any]]:
    """A serializer with the fields of a frozen dataclass, nested ones included."""
    hints = typing.get_type_hints(kind)
    made: dict[str, Any] = {
        each.name: _field(hints[each.name]) for each in dataclasses.fields(kind)
    }
    name = kind.__name__ if kind is Verdict else f"Verdict{kind.__name__}"
    # A dataclass without words of its own has its signature as docstring.
    words = kind.__doc__ if kind.__doc__ and not kind.__doc__.startswith(kind.__name__) else ""
    return type(f"{name}Serializer", (serializers.Serializer,), {"__doc__": words, **made})


def _field(hint: Any, **options: Any) -> serializers.Field[Any, Any, Any, Any]:
    if isinstance(hint, types.UnionType):
        return _field(typing.get_args(hint)[0], allow_null=True)
    if typing.get_origin(hint) is tuple:
        return _field(typing.get_args(hint)[0], many=True)
    if dataclasses.is_dataclass(hint):
        return serializer_of(typing.cast("type", hint))(**options)
    if issubclass(hint, enum.Enum):
        return serializers.ChoiceField([(each.value, each.name) for each in hint], **options)
    if hint in PLAIN:
        return PLAIN[hint](**options)
    return serializers.CharField(allow_blank=True, **options)


VerdictSerializer = serializer_of(Verdict)
