"""An organisation's certificate file, its end, a root to trust, a PDF to verify."""

from __future__ import annotations

from django import forms

from organisations.forms.people import clean_text


class CertificateForm(forms.Form):
    """The password of the PKCS#12 file; the file itself is taken as an upload."""

    password = forms.CharField(
        label="证书密码", max_length=200, required=False, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text="证书机构交付或导出证书时设定的密码，平台不保存。",
    )  # fmt: skip


class RevokeForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    revoked_reason = forms.CharField(
        label="吊销原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如私钥遗失、经办人离职、机构更名。吊销后不能恢复，此前的签名仍然有效。",
    )  # fmt: skip

    def clean_revoked_reason(self) -> str:
        return clean_text(self.cleaned_data["revoked_reason"])


class TrustAnchorForm(forms.Form):
    """What a root is called and why it is trusted."""

    name = forms.CharField(label="名称", max_length=200, help_text="证书机构的全称。")
    reason = forms.CharField(
        label="依据", max_length=200, help_text="电子认证服务许可证的文号，或本省的文件。"
    )

    def clean(self) -> dict[str, str]:
        data = super().clean() or {}
        for name in ("name", "reason"):
            data[name] = clean_text(data.get(name) or "")
        return data


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="撤除原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}),
        help_text="撤除后，由它签发的证书所作的签名一律不再受信任。",
    )  # fmt: skip

    def clean_reason(self) -> str:
        return clean_text(self.cleaned_data["reason"])
