"""R-4: no request writes to what is another's, nor by a field that names another's row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.apps import apps
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework import serializers

from organisations.api.viewsets import PersonViewSet
from organisations.models import ApiToken, Organisation, User
from organisations.queries import visibility
from organisations.queries.scope import Scope
from organisations.views.people import PersonView
from organisations.views.tokens import TokenIssueView
from tests.matrix.exemptions import EXEMPTION_INPUTS
from tests.matrix.inspections import INSPECTION_INPUTS
from tests.matrix.leads import LEAD_INPUTS
from tests.matrix.plain import Plain, differing, plain_of, rightful
from tests.matrix.sanctions import SANCTION_INPUTS
from tests.matrix.scores import SCORE_INPUTS
from tests.matrix.table import Row, address, load_table
from tests.matrix.typed import naming_fields, project_classes
from tests.matrix.world import World
from tests.matrix.written import (
    Effect,
    Rows,
    Sums,
    Written,
    body_of,
    checksums,
    effect,
    rows_of,
    tables,
    touched,
    write,
)

TABLE = [
    row
    for row in load_table()
    # The cast has no leader: steps of theirs are tried in test_leader.py, by every role in tests/volumes.
    if row.route.method != "GET" and not row.why.startswith("leaders alone")
]
BY_LABEL = {row.label: row for row in TABLE}
OTHERS = ("a_clerk", "a_reviewer", "m1", "county_x", "county_y", "city_q", "province", "token")
SIGHT = {"b": {"county_x", "province"}, "c": {"city_q", "province"}, "q": {"city_q"}}
"""Authorities that do see the sibling's warnings, and city q with the draft (bl_q) that it wrote
itself; everybody else's things are nobody's here."""
SEEN_ABOVE = (
    "warning", "explained", "report", "placed", "hold", "rp", "ms", "entry", "bulletin", "bline",
    "bsecond", "brecipient", "breceipt", "bl", "waits", "received", "return", "delayed", "note",
    "surge", "talk", "reason", "rsheet", "rrun", "offline", "statement", "prepay", "posted",
)  # fmt: skip
"""Kinds of keys whose things the authorities of SIGHT do see."""
REFUSED = (400, 401, 403, 404)
OWN_TOKEN_USED = {"public.organisations_apitoken"}
"""A call by token leaves the hour of its use in the token's own row, whatever the answer."""

NAMED_BY_INPUT = {
    f"{kind}.version"
    for kind in (
        "SeenVersion", "ExplanationForm", "ClosingNoteForm", "SeenVersionSerializer",
        "ExplanationSerializer", "ClosingNoteSerializer", "StepForm", "ConfirmationSerializer",
        "ColumnLayoutSerializer", "LayoutChangeSerializer", "ImportStepSerializer", "ReviewForm", "SeenVersionForm", "OpinionForm", "RulingForm",
        "EditedApplicationSerializer", "ApplicationStepSerializer", "ReviewStepSerializer",
        "DatedStepSerializer", "PublishStepSerializer", "ReturnStepSerializer", "RulingSerializer", "DecisionForm", "TakeSerializer",
        "DraftStepForm", "WorkbookForm", "SubmissionSerializer",
        "DecisionSerializer", "ReturnSerializer", "ReasonedStepSerializer", "ChangeMendForm",
        "ItemNoteForm", "ConfirmItemSerializer", "EditedDraftSerializer", "ChangeStepSerializer", "MendedSerializer", "ContactsSerializer",
        "RelationStepForm", "RefuseRelationForm", "EndRelationForm", "RelationStepSerializer",
        "RelationRefusalSerializer", "RelationEndSerializer", "AgreementStepForm",
        "SignAgreementForm", "AgreementWordsForm", "OutcomeForm", "ChangeForm", "SignSerializer",
        "AgreementRefusalSerializer", "TerminationSerializer", "AgreementChangeSerializer", "RevocationSerializer", "OutcomeSerializer",
        "PlaceForm", "CartStepForm", "TemplateForm", "CartChangeSerializer", "CartStepSerializer",
        "CartReturnSerializer", "TemplateChangeSerializer", "PlaceSerializer", "PlanStepForm", "OfferForm", "AcceptForm", "PriceOfferSerializer", "PriceAcceptSerializer", "PlanChangeSerializer",
        "FollowUpForm", "WordsForm", "RecallStepForm", "FollowUpSerializer", "AnswerSerializer",
        "ConclusionSerializer", "LiftSerializer", "EndSerializer",
        "AnnouncementNoteForm", "AnnouncementStepSerializer", "AnnouncementNoteSerializer", "GuideServiceSerializer",
        "SecurityPolicySerializer", "ProposalSerializer",
        "VersionForm", "ListingCloseForm",
        "ListingRestoreForm", "AnswerForm", "InquiryAnswerForm", "InquirySettleForm",
        "ListingCloseSerializer", "ListingRestoreSerializer", "RequestAnswerSerializer",
        "JudgeForm", "ReviewStepForm", "JudgementSerializer", "ReportReviewStepSerializer",
        "ReportReturnSerializer", "ReportReopenSerializer", "RoundStepSerializer",
        "BulletinTextForm", "BulletinTemplateForm", "BulletinNoteForm", "FeedbackForm",
        "JudgementForm", "BulletinTextSerializer", "BulletinStepSerializer", "FeedbackSerializer",
        "ReportTextForm", "ReportNoteForm", "PeriodicReportTextSerializer", "PeriodicReportStepSerializer",
        "EntryReasonForm", "EntryFollowForm", "EntryReasonSerializer", "EntryFollowSerializer",
        "InquiryAnswerSerializer", "InquirySettleSerializer",
        "TaskForm", "ExtensionForm", "ApplyForm", "EditedReportTaskSerializer", "ReportStepSerializer",
        "ReportFiguresSerializer", "ReportOpinionSerializer", "NewReportExtensionSerializer", "SignElectronicallySerializer",
        "ServiceItemForm", "SeenForm",
        "EvaluateForm", "AdjustForm", "DeclineForm", "NewServiceItemSerializer",
        "SeenCandidateSerializer", "EditionStepSerializer", "EvaluateSerializer", "AdjustSerializer", "DeclineSerializer",
        "RevokeForm", "CertificateRevokeSerializer", "DelayCloseForm", "RequestStepForm", "RequestStepSerializer",
        "CaseWordsForm", "StandbyStartForm", "StandbyEndForm", "CaseWordsSerializer",
        "StandbyStartSerializer", "StandbyEndSerializer", "SurgeVerifyForm", "SurgeVerifySerializer", "SurgeCorrectionForm",
        "SurgeCorrectionSerializer",
        *SCORE_INPUTS, *EXEMPTION_INPUTS, *INSPECTION_INPUTS, *LEAD_INPUTS,
        *SANCTION_INPUTS,
        "ActionTakeForm", "ActionWordsForm", "ActionMinutesForm", "ActionVersionSerializer",
        "ActionTakeSerializer", "ActionAnswerSerializer", "ActionNoteSerializer", "ActionMinutesSerializer",
        "ComplaintStepForm", "ComplaintReplyForm", "ContactStepForm",
        "ComplaintVersionSerializer", "ComplaintReplySerializer", "ComplaintClaimSerializer",
        "ComplaintConfirmSerializer", "ComplaintRefuseSerializer", "ComplaintWithdrawSerializer",
        "ComplaintCloseSerializer", "ComplaintWordsSerializer",
        "DisputeForm", "ConfirmForm", "ReturnForm", "ReopenForm", "OwnPaymentForm",
        "StatementVersionSerializer", "StatementConfirmSerializer", "StatementAnswerSerializer",
        "StatementReturnSerializer",
        "RefusePrepaymentForm", "PayPrepaymentForm", "ReturnedPrepaymentForm",
        "PrepaymentRefuseSerializer", "PrepaymentPaySerializer", "RefuseReversalForm",
        "ReversalDecisionSerializer",
        "NoticeForm", "OverlapForm", "ShareOutForm", "_Step", "RunActSerializer", "SheetActSerializer",
        "BulletinJudgementSerializer", "BulletinRulingSerializer", "NewStockReportSerializer",
        "TransferPlainForm", "TransferOfferForm", "TransferSendForm", "TransferReceiveForm",
        "TransferRefuseForm", "TransferWithdrawForm", "TransferStepSerializer",
        "TransferOfferSerializer", "TransferSendSerializer", "TransferReceiveSerializer",
        "TransferRefuseSerializer", "TransferWithdrawSerializer",
    )
}  # fmt: skip
"""Fields that people send and that name a row: each is tried by a test of this file."""
NAMED_ELSEWHERE = {
    # How many entries the reader saw: another number is refused, tests/procurement/test_receipts.py.
    "CorrectForm.seen",
    # An office of the own region, or no valid choice: tests/monitoring/actions/test_actions.py.
    "ActionTakeForm.invited",
    # How many results: another number is refused, tests/procurement/test_clinical_reviews.py.
    "ClinicalReviewForm.seen",
    "CollectionRateSerializer.institution",
    # Answers of a list that is only read.
    "MoneyOverviewSerializer.ages", "MoneyOverviewSerializer.budgets",
    "MoneyOverviewSerializer.due_months", "MoneyOverviewSerializer.others_due",
    "MoneyOverviewSerializer.pool", "MoneyOverviewSerializer.pools",
    "MoneyOverviewSerializer.whereabouts", "PoolDueSerializer.pool",
    # The listing's version: another one is refused as stale by the listing's machine.
    "ListingWaySerializer.version", "WayForm.version",
    # The own institution or a member, an enterprise that delivers there, or 400:
    # tests/procurement/test_order_pages.py, test_place_orders.py.
    "NewOrderSerializer.institution", "NewOrderLineSerializer.distributor",
    "CartChangeLineSerializer.institution",
    # The own, or by the product's manufacturer any institution: test_negotiations.py.
    "NewNegotiationSerializer.institution",
    # A bureau's finding: an institution of its own region, or the answer of a missing one
    # (tests/procurement/test_offline_purchases.py).
    "NewOfflinePurchaseSerializer.institution",
    # An institution of the agency's own pool, or refused: tests/settlement/test_statements.py.
    "NewDeductionSerializer.institution",
    # Live lines of the very statement and of the own institution, or 400; an answer's errors.
    "StatementConfirmSerializer.disputes", "StatementAnswerSerializer.disputes",
    "StatementAnswerSerializer.replies", "BankResultSerializer.row_errors",
    # A group in sight, a pool of the own level, or 400: tests/settlement/test_retention_inputs.py.
    "RetentionInputsSerializer.pool", "RetentionInputEditForm.version",
    # A pool of the bureau's own level, or 400: tests/settlement/test_retention_flow.py.
    "ComputeForm.pool", "NewRetentionSerializer.pool",
    # The own city, or the own province and its cities, or 400: tests/procurement/test_transfers.py.
    "NewSurgeCaseSerializer.region",
    # Deliveries of the very note, or 400: tests/procurement/test_invoices.py.
    "NewInvoiceSerializer.rows", "RedInvoiceSerializer.rows",
    # Hidden: the digest of the text that was read; another text is refused.
    "SignAgreementForm.digest",
    # A pool by its code, and pools are public.
    "DistributorQuerySerializer.pool",
    # The number of the own institution's standing decision; any other is refused as stale, 409:
    # tests/volumes/test_second_products.py.
    "SecondProductForm.version", "NewSecondProductSerializer.version",
    # Of an upload of the same person's own, or 400: tests/catalog/test_item_workbooks.py.
    "ItemApplyForm.upload", "ItemApplyForm.shown",
    "PutItemsSerializer.items",
    # Of an upload of the same person's own to the same report, or 400: tests/volumes/test_pages.py.
    "ApplyForm.upload",
    # Groups of the report's own task, or 400: tests/volumes/test_pages.py.
    "ReportFiguresSerializer.lines",
    # Items of the inspection's own checklist by number, or 400: tests/monitoring/inspections.
    "SiteInspectionVisitSerializer.results", "SiteInspectionAnswerSerializer.answers",
    "SiteInspectionJudgeSerializer.verdicts",
    "ReportProgressSerializer.region",
    # A yes or no, whatever its name ends in.
    "TaskForm.split_by_manufacturer", "NewReportTaskSerializer.split_by_manufacturer",
    "EditedReportTaskSerializer.split_by_manufacturer",
    # Products and groups of the open catalogue, line by line.
    "NewEditionSerializer.lines",
    "ItemResultSerializer.problems", "ItemResultsSerializer.results",
    "RatioResultSerializer.steps",
    "ProductSearchSerializer.results", "ProductSearchSerializer.alike",
    "FoundProductSerializer.manufacturer", "FoundProductSerializer.obstacles",
    "SuggestedItemSerializer.suggestions",
    # Which account's lines are read: found in the own sight or empty.
    "AccountKeySerializer.institution",
    # Whom a regulator inspected: enterprises' names and codes are open to all of the trade.
    "NewInspectionSerializer.enterprise",
    # Filed without an account; regions are public, the two sides are the applicant's own.
    "RegistrationForm.region", "InstitutionForm.region", "EnterpriseForm.region",
    # A batch's supply region is a city of one's own province or none: another is not found.
    "ResultProposalSerializer.region", "ResultProposalSerializer.new_region",
    "ResultChangeForm.region", "ResultChangeForm.new_region",
    "EnterpriseForm.is_manufacturer", "EnterpriseForm.is_distributor",
    "ChangePageSerializer.changes", "ChangeSerializer.id", "ChangeSerializer.version",
    "DashboardSerializer.cards", "DashboardSerializer.open_warnings",
    "DashboardSerializer.ranking", "JobSerializer.id", "JobSerializer.state",
    "WarningDetailSerializer.version", "WarningFileSerializer.id",
    "ComputedMonthSerializer.province", "FigureLinesSerializer.figure",
    "FigureLinesSerializer.lines", "LineSerializer.institution", "MeSerializer.platform_role",
    "OrganisationSerializer.is_active", "OrganisationSerializer.is_distributor",
    "OrganisationSerializer.is_manufacturer", "WarningSerializer.version",
}  # fmt: skip
"""Searches, and serializers that only describe answers: no route reads its body by them."""

HIDDEN = (
    "id", "pk", "institution", "organisation", "enterprise", "county", "city", "province", "owner",
    "institution_id", "organisation_id", "enterprise_id", "county_id", "city_id", "province_id",
    "institution_code", "organisation_code", "province_code", "state", "row_version", "token_key",
    "platform_role", "is_active", "is_staff", "is_superuser", "password", "must_change_password",
    "created_by", "created_by_id", "created_at", "user", "user_id", "requested_by_id", "by",
)  # fmt: skip
PROTECTED = {name for name in HIDDEN if name not in ("id", "pk", "created_at", "password")} - {
    "token_key", "user_id",
}  # fmt: skip
"""Columns that must be the same in every run; the others are made anew by each."""
NEW_ORGANISATION = {"registration-act POST #accept", "api-registration-accept POST"}
"""Steps that make an organisation, whose id is another each time."""


KEPT_AS_TYPED = {("public.inbox_draft", "values")}
"""A draft is whatever its writer typed; it is shown to nobody else and read by no operation."""


@pytest.fixture(scope="module")
def names(world: World) -> list[str]:
    return tables()


@pytest.fixture(scope="module")
def before(world: World, names: list[str]) -> Iterator[tuple[Sums, Rows]]:
    kept = checksums(names)
    yield kept, rows_of(set(names))
    assert checksums(names) == kept


@pytest.fixture(autouse=True)
def _reaches_the_world(world: World) -> None:
    """Every test of this file asks the world's own database."""


# --- (a) another's object -------------------------------------------------------------------


def _harm(row: Row, world: World, names: list[str], kept: Sums) -> list[str]:
    """Who of the others was not refused, or was refused but changed a table."""
    found = []
    argument = next((name for name, value in row.args.items() if value in world.keys), "")
    for key in row.foreign:
        kind, _, letter = key.partition("_")
        for actor in OTHERS:
            if kind in SEEN_ABOVE and actor in SIGHT.get(letter, ()):
                continue
            done = write(row, world, actor, names, url=address(row, world, **{argument: key}))
            if not _refuses(done, row.status[actor]):
                found.append(f"{actor} on {key}: {done.status}")
            touched = done.changed(kept) - (OWN_TOKEN_USED if actor == "token" else set())
            if touched:
                found.append(f"{actor} on {key} changed {sorted(touched)}")
    return found


def _refuses(done: Written, on_own: int) -> bool:
    """404, or what the table says to those without the role or the session."""
    if done.status == 302:
        return str(done.answer.headers.get("Location", "")).startswith("/login/")
    return done.status == 404 or (done.status in (401, 403) and done.status == on_own)


@pytest.mark.parametrize("row", [row for row in TABLE if row.foreign], ids=lambda row: row.label)
def test_nothing_of_others_is_written(
    row: Row, world: World, names: list[str], before: tuple[Sums, Rows]
) -> None:
    assert _harm(row, world, names, before[0]) == []


def test_every_write_on_a_thing_has_siblings() -> None:
    """A mutating route with an argument names its siblings, or is a step that they cover."""
    bare = {
        row.route
        for row in TABLE
        if row.args and not row.foreign and not row.why.startswith("open to all")
    }
    assert bare - {row.route for row in TABLE if row.foreign} == set()


@pytest.mark.parametrize(
    ("place", "label", "expected"),
    [
        ("organisations.views.people.people_of", "person POST", "a_reviewer on person_b"),
        ("organisations.api.viewsets.people_of", "api-person-off POST", "province on person_t"),
    ],
)
def test_control_unlimited_sight_is_caught(
    place: str, label: str, expected: str, world: World, names: list[str],
    before: tuple[Sums, Rows], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def everybody(scope: Scope) -> QuerySet[User]:
        return visibility.within(scope, User.objects.all())

    monkeypatch.setattr(place, everybody)
    found = _harm(BY_LABEL[label], world, names, before[0])
    assert any(text.startswith(f"{expected}: ") for text in found)
    assert any(text.startswith(f"{expected} changed") for text in found)


# --- (b) fields that name another's row -------------------------------------------------------


def _others_values(row: Row, world: World, by_code: bool) -> dict[str, Any]:
    """Every hidden name and every foreign key of every model, with the sibling's pk or code."""
    sibling, bureau = world.places.b, world.places.bureau_t
    person = world.cast.users["b_clerk"]
    of_sibling: dict[type[models.Model], tuple[int, str]] = {
        Organisation: (sibling.pk, sibling.code),
        User: (person.pk, person.username),
    }
    planted: dict[str, Any] = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not field.is_relation or field.related_model is None:
                continue
            pk, code = of_sibling.get(field.related_model, (sibling.pk, sibling.code))
            planted[field.name] = planted[field.attname] = code if by_code else pk
    planted |= dict.fromkeys(HIDDEN, sibling.code if by_code else sibling.pk)
    planted |= {
        "province_code": bureau.region.code if bureau.region else "", "platform_role": "system",
        "state": "closed", "is_active": False, "is_staff": True, "is_superuser": True,
        "must_change_password": False, "row_version": 99, "password": "plain",
    }  # fmt: skip
    return {name: value for name, value in planted.items() if name not in row.data}


def _columns_of_others(row: Row, plain: Effect) -> dict[str, Any]:
    """Every column of the tables that the plain request writes, as another row of them has it."""
    planted: dict[str, Any] = {}
    for gone, new in plain.values():
        for one in (gone or new)[:1]:
            planted |= {
                name: (not value) if isinstance(value, bool) else _another(value)
                for name, value in one.items()
            }
    return {name: value for name, value in planted.items() if name not in row.data}


def _another(value: Any) -> Any:
    return value + 1 if isinstance(value, int) else "20" if value is None else value


@pytest.fixture(scope="module")
def plainly() -> dict[str, Plain]:
    """By row, kept for all tests of this file: each request is undone, so the next does the same."""
    return {}


def _taken(
    row: Row, world: World, names: list[str], before: tuple[Sums, Rows], by_code: bool,
    plainly: dict[str, Plain],
) -> list[str]:  # fmt: skip
    """What the hidden fields changed, beside what two plain requests write."""
    kept, rows = before
    actor = rightful(row)
    asked = plain_of(row, world, names, before, plainly)
    plain = asked.effect
    moving = differing(plain, asked.again)
    found = [f"{table}.{column} moves by itself" for table, column in sorted(moving)
             if column in PROTECTED
             and not (column == "organisation_id" and row.label in NEW_ORGANISATION)]  # fmt: skip
    planted = _others_values(row, world, by_code)
    if by_code:
        planted |= _columns_of_others(row, plain)
    full = {**planted, **body_of(row, world)}
    done = write(row, world, actor, names, data=full, before=kept)
    if done.status == 400 and not done.changed(kept):
        return found
    if done.status != asked.status:
        found.append(f"answers {done.status}, not {asked.status}")
    got = effect(done, rows)
    if differing(plain, got) - moving - KEPT_AS_TYPED:
        # What two plain requests of one second agree in, a plain one of a later second may not:
        # also where the two were sent by another test.
        moving |= differing(plain, effect(write(row, world, actor, names, before=kept), rows))
    found += [f"{table}.{column} was taken" for table, column in sorted(differing(plain, got))
              if (table, column) not in moving | KEPT_AS_TYPED]  # fmt: skip
    held = _planted_in(got, plain, moving, planted)
    if held:
        # The next number of a sequence may be the one that was sent: then not a second time.
        once_more = effect(write(row, world, actor, names, data=full, before=kept), rows)
        again_held = set(_planted_in(once_more, plain, moving, planted))
        held = [text for text in held if text in again_held]
    return found + held


def _planted_in(
    got: dict[str, Any],
    plain: dict[str, Any],
    moving: set[tuple[str, str]],
    planted: dict[str, Any],
) -> list[str]:
    """Columns made anew by each request (ids, hours, hashes) that now hold what was sent."""
    return [
        f"{table}.{column} holds what was sent"
        for table, column in sorted(moving)
        for one in got.get(table, ([], []))[1]
        if column in planted
        and one.get(column) == planted[column]
        and all(own.get(column) != planted[column] for own in plain.get(table, ([], []))[1])
    ]


@pytest.mark.parametrize("by_code", [False, True], ids=["pk", "code and columns"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.label)
def test_hidden_fields_are_not_taken(
    row: Row, by_code: bool, world: World, names: list[str], before: tuple[Sums, Rows],
    plainly: dict[str, Plain],
) -> None:  # fmt: skip
    assert _taken(row, world, names, before, by_code, plainly) == []


IDLE = {
    "logout POST", "notices-read POST", "audit-integrity POST",
    # They look at what is handed in; nothing is kept of it.
    "audit-heads POST",
    # Without the first factor, or without the application's code, they lead back to the start.
    "login-enrol POST", "login-code POST", "register-edit POST",
    # Kept in the session: in whose place one acts.
    "stand-in-act POST",
    # The choice is carried on to the page that asks; that page writes.
    "supply-queue-choose POST",
    # Papers to print.
    "delivery-notes-papers POST",
    # Nothing is approved and unpaid in this world: the file to the bank is empty.
    "bank-file POST", "api-bank-order-list POST",
    # Gives the cart that is being filled; this world has one.
    "api-cart-list POST",
    # Nothing of this world's deliveries has been ticked off.
    "receive-untick POST", "api-receiving-untick POST",
    # Nobody of this world has a default list.
    "view-act POST #whole",
}  # fmt: skip
"""Successful requests that change no table of business or trail."""


def test_plain_requests_do_write(
    world: World, names: list[str], before: tuple[Sums, Rows], plainly: dict[str, Plain]
) -> None:
    """The control of the comparison: where the table tells of success, a table changes."""

    def changed(row: Row) -> set[str]:
        if row.label in plainly:
            return plainly[row.label].changed
        return write(row, world, rightful(row), names).changed(before[0])

    idle = {
        row.label
        for row in TABLE
        if row.status[rightful(row)] in (200, 201, 302) and not changed(row)
    }
    assert idle <= IDLE


def test_control_a_view_that_takes_the_organisation_is_caught(
    world: World, names: list[str], before: tuple[Sums, Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three planted holes: an API update, a page, and a new row given to another."""
    kept_update, kept_post = PersonViewSet.perform_update, PersonView.post

    def update(view: Any, serializer: Any) -> None:
        kept_update(view, serializer)
        given = view.request.data.get("organisation_id")
        if isinstance(given, int):
            User.objects.filter(pk=serializer.instance.pk).update(organisation_id=given)

    def post(view: Any, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = kept_post(view, request, *args, **kwargs)
        if request.POST.get("is_active") == "False":
            User.objects.filter(username=kwargs["key"]).update(is_active=False)
        return answer

    kept_issue = TokenIssueView.post

    def issue(view: Any, request: Any) -> HttpResponse:
        answer = kept_issue(view, request)
        given = request.POST.get("organisation_id", "")
        if given.isdigit():
            newest = ApiToken.objects.order_by("created").last()
            assert newest is not None
            User.objects.filter(pk=newest.user_id).update(organisation_id=int(given))
        return answer

    monkeypatch.setattr(PersonViewSet, "perform_update", update)
    monkeypatch.setattr(PersonView, "post", post)
    monkeypatch.setattr(TokenIssueView, "post", issue)
    users = "public.organisations_user"
    for label, column in (
        ("api-person-detail PATCH", "organisation_id"),
        ("api-person-detail PUT", "organisation_id"),
        ("person POST", "is_active"),
        ("token-issue POST", "organisation_id"),
    ):
        found = _taken(BY_LABEL[label], world, names, before, False, {})
        assert f"{users}.{column} was taken" in found, label


# --- fields that the forms do take --------------------------------------------------------------


def test_every_naming_field_is_listed() -> None:
    """A new form or serializer with a foreign key, or a hidden input, is tried here first."""
    assert naming_fields(project_classes()) == NAMED_BY_INPUT | NAMED_ELSEWHERE


def test_control_a_planted_field_is_not_listed() -> None:
    class PlantedForm(forms.Form):
        hospital = forms.ModelChoiceField(Organisation.objects.none())
        mark = forms.CharField(widget=forms.HiddenInput)

    class PlantedSerializer(serializers.Serializer[Any]):
        organisation_id = serializers.IntegerField()
        lead: Any = serializers.SlugRelatedField(
            slug_field="code", queryset=Organisation.objects.none()
        )
        told = serializers.IntegerField(read_only=True)

    assert naming_fields([PlantedForm, PlantedSerializer]) == {
        "PlantedForm.hospital", "PlantedForm.mark", "PlantedSerializer.organisation_id",
        "PlantedSerializer.lead",
    }  # fmt: skip


VERSIONED = [row for row in TABLE if "version" in row.data]


@pytest.mark.parametrize("version", [99, "99", -1, "x", [1, 99], {"pk": 1}], ids=str)
@pytest.mark.parametrize("row", VERSIONED, ids=lambda row: row.label)
def test_another_version_changes_nothing(
    row: Row, version: Any, world: World, names: list[str], before: tuple[Sums, Rows]
) -> None:
    data = {**body_of(row, world), "version": version}
    done = write(row, world, rightful(row), names, data=data)
    assert done.status in (400, 409)
    assert done.changed(before[0]) == set()


GRANTING = [row for row in TABLE if "roles" in row.data]


@pytest.mark.parametrize("row", GRANTING, ids=lambda row: row.label)
@pytest.mark.parametrize(
    "beyond",
    [
        {"roles": ["clerk", "importer"]}, {"roles": ["system"]}, {"roles": ["clerk", "auditor"]},
        {"roles": ["clerk", "security"]}, {"roles": [1]}, {"roles": [{"pk": 1}]},
    ],
    ids=str,
)  # fmt: skip
def test_roles_beyond_the_hospitals_are_refused(
    row: Row, beyond: dict[str, Any], world: World, names: list[str], before: tuple[Sums, Rows]
) -> None:
    done = write(row, world, "a_reviewer", names, data={**body_of(row, world), **beyond})
    assert done.status == 400
    assert done.changed(before[0]) == set()


@pytest.mark.parametrize("label", ["token-issue POST", "api-token-list POST"])
@pytest.mark.parametrize("beyond", [{"scopes": ["everything"]}, {"roles": ["admin"]}], ids=str)
def test_tokens_beyond_their_kind_are_refused(
    label: str, beyond: dict[str, Any], world: World, names: list[str], before: tuple[Sums, Rows]
) -> None:
    row = BY_LABEL[label]
    done = write(row, world, "a_reviewer", names, data={**body_of(row, world), **beyond})
    assert done.status == 400
    assert done.changed(before[0]) == set()


def test_control_a_write_is_seen_in_the_checksums(
    world: World, names: list[str], before: tuple[Sums, Rows]
) -> None:
    with transaction.atomic():
        User.objects.filter(pk=world.cast.users["b_clerk"].pk).update(name="改了")
        now = checksums(names)
        worth_a_look = touched(names)
        transaction.set_rollback(True)
    changed = {name for name in names if now[name] != before[0][name]}
    assert changed == {"public.organisations_user", "public.organisations_userevent"}
    assert changed <= set(worth_a_look)
