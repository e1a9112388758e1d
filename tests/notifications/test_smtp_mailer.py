"""Handing mails over by SMTP: to a server that works, and to all the others."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kreisportal.notifications.mailer import DelayedError, RefusedError
from kreisportal.notifications.smtp_mailer import SmtpMailer, SmtpServer
from tests.notifications.letters import IDENTITY, letter
from tests.notifications.scripted import scripted
from tests.notifications.sink import PATIENCE, Sink, start, stop


def send(url: str, recipient: str = "erika@example.org") -> None:
    SmtpMailer(SmtpServer.from_url(url)).send(*letter(recipient))


def test_a_mail_arrives_once(sink: Sink) -> None:
    send(sink.url)
    (mail,) = sink.taken
    assert mail.sender == "portal@stadt-vechta.example"
    assert mail.recipients == ["erika@example.org"]
    assert mail.message["Message-ID"] == f"<{IDENTITY.envelope_id}@stadt-vechta.example>"
    assert mail.message.get_content().splitlines() == ["Grüße"]
    assert max(map(len, mail.raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize(
    "answer", ["451 4.7.1 greylisted", "recipient: 450 4.2.0 later", "421 shutting down"]
)
def test_a_mail_that_is_put_off_goes_later(sink: Sink, answer: str) -> None:
    sink.answers.append(answer)
    with pytest.raises(DelayedError) as delay:
        send(sink.url)
    assert delay.value.words == answer.removeprefix("recipient: ")
    send(sink.url)
    assert len(sink.taken) == 1


@pytest.mark.parametrize("answer", ["554 5.7.1 spam", "recipient: 550 5.1.1 no such user"])
def test_a_mail_is_refused_for_good(sink: Sink, answer: str) -> None:
    sink.answers.append(answer)
    with pytest.raises(RefusedError) as refusal:
        send(sink.url)
    assert refusal.value.words == answer.removeprefix("recipient: ")
    assert sink.taken == []


def test_a_server_that_stalls_is_left(sink: Sink) -> None:
    sink.answers.append("stall")
    sink.patience = 0.5
    with pytest.raises(DelayedError, match="delayed"):
        send(sink.url)
    assert sink.taken == []


def test_a_connection_dropped_after_the_data_counts_as_not_sent(sink: Sink) -> None:
    sink.answers.append("drop")
    with pytest.raises(DelayedError):
        send(sink.url)
    send(sink.url)
    first, second = sink.taken
    assert first.raw == second.raw, "a mail that arrives twice is the same to the byte"


def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        with pytest.raises(DelayedError) as delay:
            send(f"smtp://127.0.0.1:{port}")
    assert "refused" in delay.value.words.lower()


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("hello", "554 no service"),
        ("mail", "550 5.7.1 sender not allowed"),
        ("mail", ""),
        ("data", "451 later"),
    ],
)
def test_what_is_no_fault_of_the_mail_delays_it(verb: str, answer: str) -> None:
    with scripted(**{verb: answer}) as script, pytest.raises(DelayedError):
        send(f"smtp://127.0.0.1:{script.port}?timeout={PATIENCE}")


@pytest.mark.parametrize("answer", ["", "500 what?", "421 gone"])
def test_after_the_250_nothing_can_go_wrong_any_more(answer: str) -> None:
    with scripted(quit=answer) as script:
        send(f"smtp://127.0.0.1:{script.port}?timeout={PATIENCE}")


def test_the_server_is_asked_for_bounces_under_our_id() -> None:
    with scripted(ehlo="250-hello\n250 DSN") as script:
        send(f"smtp://127.0.0.1:{script.port}?timeout={PATIENCE}")
    assert f"MAIL FROM:<portal@stadt-vechta.example> ENVID={IDENTITY.envelope_id} RET=HDRS".lower() in [
        line.lower().replace("mail from:", "mail from:") for line in script.heard
    ]
    assert any(line.lower() == "rcpt to:<erika@example.org> notify=failure" for line in script.heard)


def test_an_address_beyond_ascii_needs_a_server_that_can() -> None:
    with scripted() as script, pytest.raises(RefusedError, match="refused"):
        send(f"smtp://127.0.0.1:{script.port}?timeout={PATIENCE}", "jürgen@example.org")
    sink = Sink()
    controller = start(sink, enable_SMTPUTF8=True)
    try:
        send(sink.url, "jürgen@example.org")
    finally:
        stop(sink, controller)
    assert sink.taken[0].recipients == ["jürgen@example.org"]
    assert "jürgen@example.org".encode() in sink.taken[0].raw


def test_tls_is_used_where_it_is_offered_and_proven_where_it_is_required(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context, certificate = _own_certificate(tmp_path)
    sink = Sink()
    controller = start(sink, context, require_starttls=True)
    try:
        send(sink.url)
        with pytest.raises(DelayedError) as delay:
            send(f"{sink.url}&tls=required")
        assert "CERTIFICATE_VERIFY_FAILED" in delay.value.words
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        send(f"{sink.url}&tls=required")
    finally:
        stop(sink, controller)
    assert len(sink.taken) == 2


def test_a_password_never_goes_in_clear_text(sink: Sink) -> None:
    url = sink.url.replace("//", "//user:word@")
    assert SmtpServer.from_url(url).tls == "required"
    with pytest.raises(DelayedError) as delay:
        send(url)
    assert "STARTTLS" in delay.value.words
    assert sink.taken == []


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", SmtpServer("localhost", 25, "offered", None, None)),
        ("smtp://mail.example:587?tls=required", SmtpServer("mail.example", 587, "required", None, None)),
        ("smtps://a%40b:p%3Aw@mail.example", SmtpServer("mail.example", 465, "wrapped", "a@b", "p:w")),
        ("smtp://[::1]:2525?timeout=3", SmtpServer("::1", 2525, "offered", None, None, 3.0)),
    ],
)
def test_addresses_of_servers(url: str, server: SmtpServer) -> None:
    assert SmtpServer.from_url(url) == replace(server)


@pytest.mark.parametrize(
    "url",
    ["smtp://", "http://mail.example", "smtp://mail.example?tls=off", "smtp://m.example?x=1", "smtp://m:x"],
)
def test_addresses_that_mean_nothing(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        SmtpServer.from_url(url)


def _own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS with a certificate that nobody else has signed, and the certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context, file
