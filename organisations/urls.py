"""Pages of accounts, people and organisations."""

from django.urls import path

from organisations.views.password import PasswordView
from organisations.views.sign_in import SignInView, SignOutView

urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", SignOutView.as_view(), name="logout"),
    path("account/password/", PasswordView.as_view(), name="password-change"),
]
