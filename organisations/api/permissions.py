"""Whether this person or token may call an endpoint at all."""

from __future__ import annotations

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from organisations.models import ApiToken
from organisations.states import TOKEN_SCOPES


class MayCall(BasePermission):
    """Signed in, password not due for a change, and a token's scopes cover the subject."""

    message = ""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user = request.user
        if not user or not user.is_authenticated:
            return False
        if getattr(user, "must_change_password", False):
            self.message = "首次登录或口令被重置后，须先修改口令。"
            return False
        if isinstance(request.auth, ApiToken):
            needed = needed_scope(request, view)
            if needed not in request.auth.scopes:
                self.message = f"接口令牌没有“{TOKEN_SCOPES.get(needed, needed)}”范围（{needed}），请由机构管理员重新签发。"
                return False
        return True


def needed_scope(request: Request, view: APIView) -> str:
    """`subject:read` for reading, `subject:write` for everything else."""
    verb = "read" if request.method in SAFE_METHODS else "write"
    return f"{getattr(view, 'token_subject', '')}:{verb}"
