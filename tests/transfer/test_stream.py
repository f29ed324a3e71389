"""A JSON document member by member, wherever its pieces are cut."""

import io
import json

import pytest

from core.transfer import stream

DOCUMENT = {
    "format": "x",
    "number": 12345,
    "empty": [],
    "rows": [{"a": 'qu"o\\te'}, [1, 2, {"b": None}], "é\n", -1.5e3, True, 0],
    "nested": {"list": [1, 2]},
    "last": 7,
}


def read(text: str) -> dict:
    return {
        name: list(value) if not isinstance(value, dict | str | int) else value
        for name, value in stream.members(io.StringIO(text))
    }


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64 * 1024])
@pytest.mark.parametrize("indent", [None, 2])
def test_document_is_what_was_written_wherever_it_is_cut(monkeypatch, chunk, indent):
    monkeypatch.setattr(stream, "CHUNK", chunk)
    assert read(json.dumps(DOCUMENT, indent=indent)) == DOCUMENT
    assert read(json.dumps(DOCUMENT, ensure_ascii=False) + "\n ") == DOCUMENT


def test_no_members():
    assert read(" { } ") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it ends too soon"),
        ("[]", "'[' stands where { belongs"),
        ('{"a": 1', "it ends too soon"),
        ('{"a": [1, 2', "it ends too soon"),
        ('{"a": "text', "it ends too soon"),
        ('{"a": tru', "it ends too soon"),
        ('{"a": [1 2]}', "'2' stands where , or ] belongs"),
        ('{"a": 1 "b": 2}', "'\"' stands where , or } belongs"),
        ('{"a" 1}', "'1' stands where : belongs"),
        ("{1: 2}", "1 stands where a name belongs"),
        ('{"a": 1} {}', "more follows after its end"),
        ('{"a": nothing' + " " * 99 + "}", "it is not JSON: Expecting value"),
        ('{"a": [NaN]}', "NaN is no number of JSON"),
        ('{"a": -Infinity}', "-Infinity is no number of JSON"),
        ('{"a": 1e999}', "1e999 is out of range"),
        ('{"a": ' + "1" * 5000 + "}", "Exceeds the limit"),
        ('{"a": {"b":' + "[" * 100_000 + "}", "its values lie too deep in one another"),
    ],
)
def test_error_says_what_is_wrong(text, message):
    with pytest.raises(ValueError, match=r".") as caught:
        read(text)
    assert str(caught.value).startswith(message)


def test_error_value_that_never_ends_is_not_read_to_the_end(monkeypatch):
    monkeypatch.setattr(stream, "LONGEST", 1000)
    monkeypatch.setattr(stream, "CHUNK", 100)
    file = io.StringIO('{"a": "' + "x" * 100_000)
    with pytest.raises(ValueError, match="a value is longer than 1,000 characters"):
        list(stream.members(file))
    assert file.tell() < 5000


def test_one_record_is_in_memory_at_a_time():
    class Counting(io.StringIO):
        most = 0

        def read(self, size: int | None = -1, /) -> str:
            self.most = max(self.most, size or 0)
            return super().read(size)

    file = Counting('{"rows": [' + ",".join(['"' + "x" * 50_000 + '"'] * 100) + "]}")
    ((_, rows),) = ((name, list(value)) for name, value in stream.members(file))
    assert (len(rows), file.most <= 2 * stream.CHUNK) == (100, True)
