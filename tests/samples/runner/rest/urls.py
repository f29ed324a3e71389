from django.urls import path
from rest_framework.decorators import api_view
from rest_framework.response import Response


@api_view()
def me(request):
    return Response({"name": request.user.username})


urlpatterns = [path("me/", me, name="me")]
