"""The gallery alone, for tests of the components."""

from django.urls import path

from core.views.gallery import gallery

urlpatterns = [
    path("gallery/", gallery, name="gallery"),
    path("gallery/<str:page>/", gallery, name="gallery-page"),
]
