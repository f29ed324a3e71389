"""The catalogue that partner shops read: the books that are for sale."""

from django.db.models import Sum
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from core.bookshop.models import Book

from .serializers import BookDetailSerializer, BookSerializer, ReviewSerializer


class BookViewSet(ReadOnlyModelViewSet):
    """Books with a stock above zero, by title; of equal titles the higher primary key first.

    `/books/` shows each by BookSerializer, `/books/7/` one by BookDetailSerializer.
    """

    serializer_class = BookSerializer

    def get_queryset(self):
        # What is for sale is decided here, for all actions; what each shows of it is joined for it.
        books = Book.objects.filter(stock__gt=0).order_by("title", "-pk")
        if self.action == "retrieve":
            # The genres of one book are one query, with a prefetch or without.
            return books.select_related("author", "publisher")
        return books.select_related("author")

    def get_serializer_class(self):
        return BookDetailSerializer if self.action == "retrieve" else super().get_serializer_class()

    @action(detail=True, serializer_class=ReviewSerializer)
    def reviews(self, request, pk=None):
        """`/books/7/reviews/`: all reviews of the book by ReviewSerializer, the newest first.

        Of one moment the one with the higher primary key comes first.
        """
        # get_object() asks the queryset above, so this action cannot show more than the page does.
        reviews = (
            self.get_object().reviews.select_related("customer").order_by("-written_at", "-pk")
        )
        return Response(self.get_serializer(reviews, many=True).data)

    @action(detail=False, url_path="best-sellers")
    def best_sellers(self, request):
        """`/books/best-sellers/`: the ten books of which most copies were sold, by BookSerializer.

        Copies are the quantities of order lines. Most first; of equal numbers the higher primary
        key. A book that never sold is none.
        """
        sold = self.get_queryset().annotate(sold=Sum("order_lines__quantity"))
        best = sold.order_by("-sold", "-pk")[:10]
        return Response(self.get_serializer(best, many=True).data)
