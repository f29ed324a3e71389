"""What a publisher may send to the catalogue, and what the shop shows of it."""

from django.db import transaction
from rest_framework import serializers

from core.bookshop.isbn import is_valid
from core.bookshop.models import Author, Book, Genre


class AuthorSerializer(serializers.ModelSerializer):
    """All three fields are required; `born` is null where nobody knows it."""

    class Meta:
        model = Author
        fields = ["name", "born", "country"]
        # A column that may be null need not be sent. But who is meant would then be a guess.
        extra_kwargs = {"born": {"required": True}}


class BookSerializer(serializers.ModelSerializer):
    """A book with its author inside, its publisher by primary key, and its genres by name.

    An author who is sent is found by all three fields, or made; where several rows have them, any will
    do. All books of an author share the row: no change of a book changes it. A PATCH may bring some of
    the three fields, and the others are then those of the book's author.
    """

    author = AuthorSerializer()
    genres = serializers.SlugRelatedField(
        slug_field="name", many=True, queryset=Genre.objects.all()
    )

    class Meta:
        model = Book
        # One by one: a column that the model gets next year is not open to everybody by itself.
        fields = ["id", "title", "author", "publisher", "genres", "year", "isbn", "price", "stock"]
        read_only_fields = ["stock"]
        # The table has a CHECK against it, which the serializer does not read.
        extra_kwargs = {"price": {"min_value": 0}}

    def validate_isbn(self, isbn):
        # That no other book has it is checked already: unique=True became a validator of the field.
        if not is_valid(isbn):
            raise serializers.ValidationError("This is no ISBN: look at its last digit.")
        return isbn

    def validate(self, attrs):
        # What a PATCH leaves out is what is stored: of the rule's two sides, and of the author.
        book = self.instance
        author = (AuthorSerializer(book.author).data if book else {}) | attrs.get("author", {})
        year = attrs["year"] if "year" in attrs else book.year
        if author["born"] is not None and year < author["born"]:
            raise serializers.ValidationError({"year": "The author was not born yet."})
        return attrs | {"author": author} if "author" in attrs else attrs

    # All or nothing: an author made for a book that is then refused must not stay behind.
    @transaction.atomic
    def create(self, validated_data):
        return super().create(with_author(validated_data))

    @transaction.atomic
    def update(self, book, validated_data):
        return super().update(book, with_author(validated_data))


def with_author(data):
    """The fields of the author replaced by the row, which is found or made."""
    if "author" not in data:
        return data
    author, _ = Author.objects.get_or_create(**data["author"])
    return data | {"author": author}


def catalogue() -> list[dict]:
    """Every book as BookSerializer shows it, by title; of equal titles the higher primary key first."""
    books = Book.objects.select_related("author").prefetch_related("genres")
    return BookSerializer(books.order_by("title", "-pk"), many=True).data
