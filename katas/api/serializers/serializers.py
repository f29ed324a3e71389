"""What a publisher may send to the catalogue, and what the shop shows of it."""

from rest_framework import serializers

from core.bookshop.models import Author, Book, Genre


class AuthorSerializer(serializers.ModelSerializer):
    """All three fields are required; `born` is null where nobody knows it."""

    class Meta:
        model = Author
        fields = ["name", "born", "country"]


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
        fields = "__all__"

    def validate_isbn(self, isbn):
        if Book.objects.filter(isbn=isbn).exists():
            raise serializers.ValidationError("There is a book with this ISBN.")
        return isbn

    def create(self, validated_data):
        author = Author.objects.create(**validated_data.pop("author"))
        genres = validated_data.pop("genres")
        book = Book.objects.create(author=author, **validated_data)
        book.genres.set(genres)
        return book

    def update(self, book, validated_data):
        for name, value in validated_data.pop("author", {}).items():
            setattr(book.author, name, value)
        book.author.save()
        book.genres.set(validated_data.pop("genres", []))
        return super().update(book, validated_data)


def catalogue() -> list[dict]:
    """Every book as BookSerializer shows it, by title; of equal titles the higher primary key first."""
    return BookSerializer(Book.objects.order_by("title", "-pk"), many=True).data
