"""What the catalogue shows of a book. Given: the links know the names of the addresses."""

from rest_framework import serializers

from core.bookshop.models import Book, Review


class BookSerializer(serializers.ModelSerializer):
    """A book in a list: it follows `author`, and no other relation."""

    url = serializers.HyperlinkedIdentityField(view_name="book-detail")
    author = serializers.CharField(source="author.name", read_only=True)

    class Meta:
        model = Book
        fields = ["url", "title", "author", "price", "stock"]


class BookDetailSerializer(BookSerializer):
    """A book on its own page: it follows `author`, `publisher` and `genres`."""

    publisher = serializers.CharField(source="publisher.name", read_only=True)
    genres = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta(BookSerializer.Meta):
        fields = [*BookSerializer.Meta.fields, "publisher", "genres", "year", "isbn"]


class ReviewSerializer(serializers.ModelSerializer):
    """A review: it follows `customer`."""

    customer = serializers.CharField(source="customer.name")

    class Meta:
        model = Review
        fields = ["id", "customer", "stars", "text"]
