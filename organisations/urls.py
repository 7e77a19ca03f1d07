"""Pages of accounts, people and organisations."""

from django.urls import path, re_path

from organisations.views import (
    audit,
    audit_integrity,
    certificates,
    changes,
    consortia,
    delegation,
    directory,
    guide_editing,
    guides,
    outside_sign_in,
    own_second_factor,
    people,
    registration,
    registration_review,
    second_factor,
    security_admin,
    signature_verify,
    system_admin,
    tokens,
    trust_anchors,
)
from organisations.views.password import PasswordView
from organisations.views.sign_in import SignInView, SignOutView

PERSON = r"^people/(?P<key>[a-z0-9._-]{1,150})/"
ACCOUNT = r"^platform/accounts/(?P<key>[a-z0-9._-]{1,150})/"
CERTIFICATE = r"^certificates/(?P<key>[0-9a-f]{64})/"
ANCHOR = r"^trust-anchors/(?P<key>[0-9a-f]{64})/"
GUIDE = r"^guide/(?P<code>[0-9A-Za-z_-]{1,18})/"
CHANGE = r"^organisation-changes/(?P<key>BG[0-9A-F]{1,20})/"
REGISTRATION = r"^registrations/(?P<key>ZC[0-9A-Z]{8,22})/"
ORGANISATION = r"^platform/organisations/(?P<key>[0-9A-Za-z_-]{1,18})/"

urlpatterns = [
    path("login/", SignInView.as_view(), name="login"),
    path("login/code/", second_factor.CodeView.as_view(), name="login-code"),
    path("login/enrol/", second_factor.EnrolView.as_view(), name="login-enrol"),
    path(
        "login/enrol/picture/", second_factor.EnrolPictureView.as_view(), name="login-enrol-picture"
    ),
    path("login/outside/", outside_sign_in.OutsideStartView.as_view(), name="login-outside"),
    path(
        "login/outside/back/",
        outside_sign_in.OutsideBackView.as_view(),
        name="login-outside-back",
    ),
    path(
        "account/outside/unbind/",
        outside_sign_in.OutsideUnbindView.as_view(),
        name="outside-unbind",
    ),
    path("logout/", SignOutView.as_view(), name="logout"),
    path("account/password/", PasswordView.as_view(), name="password-change"),
    path(
        "account/second-factor/",
        own_second_factor.OwnSecondFactorView.as_view(),
        name="second-factor",
    ),
    re_path(
        r"^account/second-factor/(?P<act>codes|off)/$",
        own_second_factor.OwnSecondFactorActView.as_view(),
        name="second-factor-act",
    ),
    path(
        "account/second-factor/picture/",
        own_second_factor.OwnPictureView.as_view(),
        name="second-factor-picture",
    ),
    path("register/", registration.RegisterChoiceView.as_view(), name="register"),
    re_path(
        r"^register/(?P<kind>institution|enterprise)/$",
        registration.RegisterView.as_view(),
        name="register-kind",
    ),
    path("register/receipt/", registration.ReceiptView.as_view(), name="register-receipt"),
    path("register/edit/", registration.EditView.as_view(), name="register-edit"),
    path(
        "registrations/",
        registration_review.RegistrationListView.as_view(),
        name="registration-list",
    ),
    path(
        "registrations/export/",
        registration_review.RegistrationExportView.as_view(),
        name="registration-export",
    ),
    re_path(
        REGISTRATION + r"$", registration_review.RegistrationView.as_view(), name="registration"
    ),
    re_path(
        REGISTRATION + r"(?P<verb>take|accept|return|refuse)/$",
        registration_review.RegistrationActView.as_view(),
        name="registration-act",
    ),
    re_path(
        REGISTRATION + r"files/(?P<file_id>[0-9]{1,18})/$",
        registration_review.RegistrationFileView.as_view(),
        name="registration-file",
    ),
    path("people/", people.PeopleListView.as_view(), name="people"),
    path("people-export/", people.PeopleExportView.as_view(), name="people-export"),
    path("people-new/", people.InviteView.as_view(), name="person-invite"),
    re_path(PERSON + r"$", people.PersonView.as_view(), name="person"),
    re_path(
        PERSON + r"(?P<act>reset|off|on|factor)/$",
        people.PersonActView.as_view(),
        name="person-act",
    ),
    re_path(PERSON + r"handover/$", delegation.HandoverView.as_view(), name="person-handover"),
    re_path(
        PERSON + r"handover/do/$", delegation.HandoverActView.as_view(), name="person-handover-act"
    ),
    re_path(
        PERSON + r"delegation/$", delegation.DelegationSetView.as_view(), name="person-delegation"
    ),
    path(
        "delegations/<int:key>/end/", delegation.DelegationEndView.as_view(), name="delegation-end"
    ),
    path("account/stand-in/", delegation.StandInView.as_view(), name="stand-in"),
    re_path(
        r"^account/stand-in/(?P<key>[0-9]{1,18})/(?P<act>begin|stop)/$",
        delegation.StandInActView.as_view(),
        name="stand-in-act",
    ),
    path(
        "organisation-changes/", changes.ChangeListView.as_view(), name="organisation-change-list"
    ),
    path(
        "organisation-changes/export/",
        changes.ChangeExportView.as_view(),
        name="organisation-change-export",
    ),
    path(
        "organisation-changes/new/",
        changes.ChangeApplyView.as_view(),
        name="organisation-change-apply",
    ),
    re_path(CHANGE + r"$", changes.ChangeView.as_view(), name="organisation-change"),
    re_path(
        CHANGE + r"(?P<verb>accept|return|refuse|withdraw)/$",
        changes.ChangeActView.as_view(),
        name="organisation-change-act",
    ),
    re_path(CHANGE + r"mend/$", changes.ChangeMendView.as_view(), name="organisation-change-mend"),
    re_path(
        CHANGE + r"files/(?P<file_id>[0-9]{1,18})/$",
        changes.ChangeFileView.as_view(),
        name="organisation-change-file",
    ),
    path("tokens/", tokens.TokenListView.as_view(), name="token-list"),
    path("tokens/export/", tokens.TokenExportView.as_view(), name="token-export"),
    path("tokens/new/", tokens.TokenIssueView.as_view(), name="token-issue"),
    re_path(
        r"^tokens/(?P<key>[0-9a-f]{15})/revoke/$",
        tokens.TokenRevokeView.as_view(),
        name="token-revoke",
    ),
    path("certificates/", certificates.CertificateListView.as_view(), name="certificate-list"),
    path(
        "certificates-export/",
        certificates.CertificateExportView.as_view(),
        name="certificate-export",
    ),
    path(
        "certificates/upload/",
        certificates.CertificateUploadView.as_view(),
        name="certificate-upload",
    ),
    path(
        "certificates/issue/", certificates.CertificateIssueView.as_view(), name="certificate-issue"
    ),
    re_path(CERTIFICATE + r"$", certificates.CertificateView.as_view(), name="certificate"),
    re_path(
        CERTIFICATE + r"file/$", certificates.CertificateFileView.as_view(), name="certificate-file"
    ),
    re_path(
        CERTIFICATE + r"revoke/$",
        certificates.CertificateRevokeView.as_view(),
        name="certificate-revoke",
    ),
    path("trust-anchors/", trust_anchors.TrustAnchorListView.as_view(), name="trust-anchor-list"),
    path(
        "trust-anchors-export/",
        trust_anchors.TrustAnchorExportView.as_view(),
        name="trust-anchor-export",
    ),
    path("trust-anchors/new/", trust_anchors.TrustAnchorNewView.as_view(), name="trust-anchor-new"),
    re_path(ANCHOR + r"$", trust_anchors.TrustAnchorView.as_view(), name="trust-anchor"),
    re_path(
        ANCHOR + r"file/$", trust_anchors.TrustAnchorFileView.as_view(), name="trust-anchor-file"
    ),
    re_path(
        ANCHOR + r"withdraw/$",
        trust_anchors.TrustAnchorWithdrawView.as_view(),
        name="trust-anchor-withdraw",
    ),
    path(
        "signatures/verify/",
        signature_verify.SignatureVerifyView.as_view(),
        name="signature-verify",
    ),
    path("consortia/", consortia.ConsortiumListView.as_view(), name="consortium-list"),
    path("consortia-export/", consortia.ConsortiumExportView.as_view(), name="consortium-export"),
    path("consortia/<str:key>/", consortia.ConsortiumView.as_view(), name="consortium"),
    path("directory/", directory.DirectoryView.as_view(), name="directory"),
    path("directory/export/", directory.DirectoryExportView.as_view(), name="directory-export"),
    path("directory/regions/", directory.RegionsView.as_view(), name="directory-regions"),
    path(
        "platform/organisations/",
        system_admin.OrganisationListView.as_view(),
        name="organisation-list",
    ),
    path(
        "platform/organisations-export/",
        system_admin.OrganisationExportView.as_view(),
        name="organisation-export",
    ),
    re_path(ORGANISATION + r"$", system_admin.OrganisationView.as_view(), name="organisation"),
    re_path(
        ORGANISATION + r"(?P<to>on|off)/$",
        system_admin.OrganisationSwitchView.as_view(),
        name="organisation-switch",
    ),
    path("platform/accounts/", security_admin.AccountListView.as_view(), name="account-list"),
    path(
        "platform/accounts-export/",
        security_admin.AccountExportView.as_view(),
        name="account-export",
    ),
    re_path(
        ACCOUNT + r"(?P<act>unlock|off|on|factor)/$",
        security_admin.AccountActView.as_view(),
        name="account-act",
    ),
    path(
        "platform/addresses/unlock/",
        security_admin.AddressUnlockView.as_view(),
        name="address-unlock",
    ),
    path("platform/security/", security_admin.SecurityRulesView.as_view(), name="security-rules"),
    path("platform/audit/", audit.AuditListView.as_view(), name="audit-list"),
    path("platform/audit/export/", audit.AuditExportView.as_view(), name="audit-export"),
    path(
        "platform/audit/integrity/",
        audit_integrity.AuditIntegrityView.as_view(),
        name="audit-integrity",
    ),
    path("platform/audit/heads/", audit_integrity.AuditHeadsView.as_view(), name="audit-heads"),
    path("platform/audit/<int:key>/", audit.AuditEventView.as_view(), name="audit-event"),
    path("guide/", guides.GuideListView.as_view(), name="guide-list"),
    path("guide/mine/", guides.OwnOfficeView.as_view(), name="guide-mine"),
    re_path(GUIDE + r"$", guides.GuideView.as_view(), name="guide"),
    re_path(
        GUIDE + r"files/(?P<file_id>[0-9]{1,18})/$",
        guides.GuideFileView.as_view(),
        name="guide-file",
    ),
    path("office/guide/", guide_editing.GuideEditView.as_view(), name="guide-edit"),
    path("office/guide/confirm/", guide_editing.GuideConfirmView.as_view(), name="guide-confirm"),
    path(
        "office/guide/services/", guide_editing.ServiceNewView.as_view(), name="guide-service-new"
    ),
    path(
        "office/guide/services/<int:key>/",
        guide_editing.ServiceView.as_view(),
        name="guide-service",
    ),
    path(
        "office/guide/services/<int:key>/end/",
        guide_editing.ServiceEndView.as_view(),
        name="guide-service-end",
    ),
    path("office/guide/days/", guide_editing.DayNewView.as_view(), name="guide-day-new"),
    path(
        "office/guide/days/<int:key>/cancel/",
        guide_editing.DayCancelView.as_view(),
        name="guide-day-cancel",
    ),
    path("office/guide/files/", guide_editing.FileNewView.as_view(), name="guide-file-new"),
    path(
        "office/guide/files/<int:key>/withdraw/",
        guide_editing.FileWithdrawView.as_view(),
        name="guide-file-withdraw",
    ),
]
