"""Organisations, people, tokens and consortia as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from organisations.forms.people import USERNAME, clean_text
from organisations.models import (
    ApiToken,
    Consortium,
    ConsortiumMembership,
    Organisation,
    Pool,
    Region,
    User,
)
from organisations.operations.tokens import MAX_DAYS, MAX_PER_MINUTE
from organisations.states import TOKEN_SCOPES


class RegionSerializer(serializers.ModelSerializer):
    parent: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Region
        fields = ("code", "name", "level", "parent")


class PoolSerializer(serializers.ModelSerializer):
    region: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Pool
        fields = ("code", "name", "region")


class OrganisationSerializer(serializers.ModelSerializer):
    region: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    pool: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)

    class Meta:
        model = Organisation
        fields = (
            "code", "name", "kind", "region", "pool", "level", "ownership", "institution_kind",
            "is_manufacturer", "is_distributor", "is_active",
        )  # fmt: skip


class MeSerializer(serializers.ModelSerializer):
    """Who is calling, for whom, and what they may do."""

    organisation = OrganisationSerializer(read_only=True)
    token_scopes = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("username", "name", "roles", "platform_role", "organisation", "token_scopes")

    def get_token_scopes(self, user: User) -> list[str] | None:
        scope = self.context["view"].scope
        return None if scope.token_scopes is None else sorted(scope.token_scopes)


class PersonSerializer(serializers.ModelSerializer):
    """One of the organisation's people. The one-time password is in the answer that made it."""

    name = serializers.CharField(max_length=100)
    phone = serializers.RegexField(
        r"^[0-9+() -]+\Z", max_length=30, required=False, allow_blank=True, default=""
    )
    roles = serializers.ListField(child=serializers.ChoiceField(choices=User.Role.choices))

    class Meta:
        model = User
        fields = (
            "username", "name", "phone", "roles", "is_active", "must_change_password",
            "last_login", "created_at",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = (
            "username", "is_active", "must_change_password", "last_login", "created_at",
        )  # fmt: skip

    def validate_name(self, value: str) -> str:
        name = clean_text(value)
        if not name:
            raise serializers.ValidationError("请填写姓名")
        return name


class InviteSerializer(PersonSerializer):
    username = serializers.CharField(max_length=50, validators=[USERNAME])

    class Meta(PersonSerializer.Meta):
        read_only_fields = tuple(
            name for name in PersonSerializer.Meta.read_only_fields if name != "username"
        )


class HandoverSerializer(serializers.Serializer):
    """Who takes over for good, and whether tokens that the leaver issued end."""

    colleague = serializers.CharField(max_length=150)
    revoke_tokens = serializers.BooleanField(default=True)


class HandedOverSerializer(serializers.Serializer):
    """What went over and what was ended."""

    roles = serializers.ListField(child=serializers.CharField())
    tokens = serializers.IntegerField()
    delegations = serializers.IntegerField()


class TokenSerializer(serializers.ModelSerializer):
    """A token without its secret."""

    key = serializers.CharField(source="token_key", read_only=True)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=User.Role.choices), source="user.roles"
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=list(TOKEN_SCOPES.items()))
    )
    days = serializers.IntegerField(
        min_value=1, max_value=MAX_DAYS, write_only=True, required=False, allow_null=True,
        default=None,
    )  # fmt: skip
    per_minute = serializers.IntegerField(
        min_value=1, max_value=MAX_PER_MINUTE, required=False, allow_null=True, default=None
    )

    class Meta:
        model = ApiToken
        fields = (
            "key", "name", "scopes", "roles", "days", "per_minute", "created", "expiry", "revoked_at",
            "last_used_at", "created_by_name",
        )  # fmt: skip
        read_only_fields = ("created", "expiry", "revoked_at", "last_used_at", "created_by_name")

    def validate_name(self, value: str) -> str:
        return clean_text(value)


class MembershipSerializer(serializers.ModelSerializer):
    institution: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    name = serializers.CharField(source="institution.name", read_only=True)

    class Meta:
        model = ConsortiumMembership
        fields = ("institution", "name", "valid_from", "valid_to")


class ConsortiumSerializer(serializers.ModelSerializer):
    lead: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    members = serializers.SerializerMethodField()

    class Meta:
        model = Consortium
        fields = ("code", "name", "lead", "members")

    def get_members(self, made: Consortium) -> list[dict[str, Any]]:
        """Memberships as seen by the caller, prefetched by the endpoint."""
        return MembershipSerializer(made.seen_memberships, many=True).data  # type: ignore[attr-defined, return-value]
