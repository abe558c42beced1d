"""Words for signatures."""

from .base import Words

SIGNATURE = {
    "SIG-UNSIGNED": Words(
        "没有签名",
        "the alert is not signed",
        "请发送方签名后重发；未签名的信息须电话核实",
        "ask the sender for a signed copy; confirm an unsigned one by telephone",
    ),
    "SIG-ALREADY-SIGNED": Words(
        "已经签过名",
        "the alert is already signed",
        "签名后不能再改；要改请从未签名的一份重新签",
        "sign from the unsigned copy",
    ),
    "SIG-WEAK": Words(
        "签名算法 {method} 过旧或不认识",
        "the signature uses {method}, which is too old or unknown",
        "请发送方改用 RSA-SHA256 或 ECDSA-SHA256",
        "ask the sender for RSA-SHA256 or ECDSA-SHA256",
    ),
    "SIG-WRAPPED": Words(
        "签名没有恰好覆盖整条预警：{reason}",
        "the signature does not cover exactly the whole alert: {reason}",
        "不要采信；用电话核实",
        "do not trust it; confirm by telephone",
    ),
    "SIG-WRONG-CERTIFICATE": Words(
        "签名用的不是登记的证书（登记的指纹 {pinned}）",
        "it was not signed by the pinned certificate (fingerprint {pinned})",
        "不要采信；对方换过证书的，先当面或电话核对指纹再登记",
        "do not trust it; if the sender has a new certificate, compare fingerprints by telephone first",
    ),
    "SIG-CERTIFICATE-NOT-VALID": Words(
        "登记的证书在 {at} 不在有效期内",
        "the pinned certificate was not valid at {at}",
        "登记对方的现行证书",
        "pin the sender's current certificate",
    ),
    "SIG-KEY-MISMATCH": Words(
        "私钥与证书不配，或不是 RSA（2048 位以上）、P-256",
        "the private key does not belong to the certificate, or is neither RSA (2048 or more) nor P-256",
        "用 anlan doctor 检查密钥文件",
        "check the key files with anlan doctor",
    ),
    "SIG-TAMPERED": Words(
        "签名后被改动过：{reason}",
        "it was changed after signing: {reason}",
        "不要采信；用电话核实",
        "do not trust it; confirm by telephone",
    ),
}
