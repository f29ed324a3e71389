"""The catalogue that partner shops read: the books that are for sale."""

from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ModelViewSet

from core.bookshop.models import Book

from .serializers import BookDetailSerializer, BookSerializer, ReviewSerializer


class BookViewSet(ModelViewSet):
    """Books with a stock above zero, by title; of equal titles the higher primary key first.

    `/books/` shows each by BookSerializer, `/books/7/` one by BookDetailSerializer.
    """

    queryset = Book.objects.order_by("title")
    serializer_class = BookDetailSerializer

    def list(self, request):
        books = [book for book in self.get_queryset() if book.stock > 0]
        return Response(self.get_serializer(books, many=True).data)

    @action(detail=True)
    def reviews(self, request, pk=None):
        """`/books/7/reviews/`: all reviews of the book by ReviewSerializer, the newest first.

        Of one moment the one with the higher primary key comes first.
        """
        book = Book.objects.get(pk=pk)
        reviews = book.reviews.order_by("-written_at")
        return Response(ReviewSerializer(reviews, many=True).data)

    @action(detail=False)
    def best_sellers(self, request):
        """`/books/best-sellers/`: the ten books of which most copies were sold, by BookSerializer.

        Copies are the quantities of order lines. Most first; of equal numbers the higher primary
        key. A book that never sold is none.
        """

        def sold(book):
            return sum(line.quantity for line in book.order_lines.all())

        best = sorted(Book.objects.all(), key=sold, reverse=True)[:10]
        context = self.get_serializer_context()
        return Response(BookSerializer(best, many=True, context=context).data)
