"""Many towns from a list: each line is told, what fits comes in, and giving the list again changes nothing."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kreisportal.cli import commands
from kreisportal.kernel.errors import ConflictError, DefinitionError, InvalidInputError
from kreisportal.onboarding import town_lists
from kreisportal.onboarding.town_lists import COLUMNS, TOWN, read_list
from kreisportal.web.program import Program
from tests.support.browser import Browser
from tests.support.commands import Run, in_production
from tests.support.post import Post
from tests.support.server import DatabaseCopy

AURICH = {
    "district_street": "Fischteichweg 7",
    "district_postcode": "26603",
    "district_city": "Aurich",
    "district_email": "info@landkreis-aurich.example",
}


def town(key: str, slug: str, **more: str) -> dict[str, str]:
    """A line that fits."""
    return {
        TOWN: key,
        "street": "Hauptstraße 1",
        "email": f"rathaus@{slug}.example",
        "admin_name": "Antje Muster",
        "admin_email": f"admin@{slug}.example",
        **more,
    }


def write(file: Path, *lines: dict[str, str], delimiter: str = ",") -> Path:
    names = [name for name in COLUMNS if any(name in line for line in lines)]
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, names, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(lines)
    return file


def told(report: Path) -> list[dict[str, str]]:
    with report.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture
def run(region: DatabaseCopy, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as an operator would, with the settings of production."""
    return in_production(commands, region, monkeypatch)


@pytest.fixture
def post(program: Program, region: DatabaseCopy) -> Iterator[Post]:
    """Reads mails to staff."""
    with region.superuser() as connection:
        yield Post(program, connection)


def test_a_list_comes_in_line_by_line_and_can_be_given_again(
    run: Run, tmp_path: Path, program: Program, client: Callable[..., Browser]
) -> None:
    wrong = town("Wiesmoor", "wiesmoor", **AURICH, colour="bunt")
    lines = [
        wrong,
        town("034520001001", "aurich", **AURICH),
        town("03452019", "norden"),
        town("Nirgends", "x"),
    ]
    file, report = write(tmp_path / "list.csv", *lines, delimiter=";"), tmp_path / "report.csv"
    command = ("tenant", "onboard", str(file), "--base", "kreis.localhost", "--open", "--report", str(report))

    done = run(*command)

    assert done.exit_code == 1, done.output
    assert [each["outcome"] for each in told(report)] == ["fault", "opened", "opened", "fault"]
    assert "line 2: Wiesmoor: not brought in\n  colour: Wählen Sie eine Farbe" in done.output
    assert "line 5: Nirgends: not brought in\n  town: Das amtliche Verzeichnis" in done.output
    assert "2 open, 2 not brought in" in done.output
    assert report.stat().st_mode & 0o077 == 0
    program.keeper.renew()
    assert "Aurich" in client("aurich.kreis.localhost").get("/de/").text
    (invitation,) = {each["invitation"] for each in told(report) if each["slug"] == "norden"}
    desk, _, path = invitation.removeprefix("https://").partition("/")
    assert "Antje Muster" in client(desk).get(f"/{path}").text

    write(file, {**wrong, "colour": "#7a1f5c"}, *lines[1:3], delimiter=";")
    again = run(*command)
    assert again.exit_code == 0, again.output
    assert [each["outcome"] for each in told(report)] == ["opened", "there", "there"]


def test_first_admins_get_the_link_of_the_report_by_mail(run: Run, tmp_path: Path, post: Post) -> None:
    file, report = write(tmp_path / "list.csv", town("Borkum", "borkum", **AURICH)), tmp_path / "report.csv"
    command = ("tenant", "onboard", str(file), "--base", "mail.localhost", "--report", str(report))
    done = run(*command, "--language", "en")
    assert "Mails with the invitation that wait for the worker: 1" in done.output
    (invitation,) = {each["invitation"] for each in told(report)}
    assert post.newest("admin@borkum.example") == ("staff_first_admin", "borkum", invitation)
    assert post.priority("admin@borkum.example") < 0
    (mail,) = post.written("admin@borkum.example")
    assert mail["Content-Language"] == "en"
    assert "Mails" not in run(*command).output
    assert post.count("admin@borkum.example") == 1


def test_without_mails_the_report_alone_holds_the_links(
    run: Run, tmp_path: Path, program: Program, client: Callable[..., Browser], post: Post
) -> None:
    file, report = write(tmp_path / "list.csv", town("Emden", "emden", city="Emden")), tmp_path / "report.csv"
    command = ("tenant", "onboard", str(file), "--base", "stumm.localhost", "--report", str(report))
    done = run(*command, "--no-mail")
    assert "Hand the invitations of the report on: no mail goes out." in done.output
    assert post.count("admin@emden.example") == 0
    program.keeper.renew()
    (invitation,) = {each["invitation"] for each in told(report)}
    desk, _, path = invitation.removeprefix("https://").partition("/")
    assert "Antje Muster" in client(desk).get(f"/{path}").text


def test_a_line_that_is_undone_mails_nobody(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, post: Post, region: DatabaseCopy
) -> None:
    """Also when it fails after all that was done for the town."""

    def fail(*_: object) -> None:
        raise InvalidInputError({"town": ["Es geht nicht."]})

    monkeypatch.setattr(town_lists, "change_state", fail)
    jobs = "SELECT count(*) FROM procrastinate_jobs"
    with region.superuser() as connection:
        before = connection.execute(jobs).fetchone()
        file = write(tmp_path / "list.csv", town("034520027027", "dornum", **AURICH))
        report = tmp_path / "report.csv"
        run("tenant", "onboard", str(file), "--base", "k.localhost", "--open", "--report", str(report))
        assert [each["faults"] for each in told(report)] == ["town: Es geht nicht."]
        assert post.count("admin@dornum.example") == 0
        assert connection.execute(jobs).fetchone() == before


def test_towns_of_the_same_name_have_host_names_of_their_own(run: Run, tmp_path: Path) -> None:
    """There is a Neuenkirchen in several districts, and the host name tells which."""
    keys = ("033525411038", "033580017017", "033595406033")
    lines = [town(key, f"nk{number}", **AURICH) for number, key in enumerate(keys)]
    file, report = write(tmp_path / "list.csv", *lines), tmp_path / "report.csv"
    done = run("tenant", "onboard", str(file), "--base", "land.example", "--report", str(report))
    assert done.exit_code == 0, done.output
    assert [each["portal"] for each in told(report)] == [
        "https://neuenkirchen.land.example",
        "https://neuenkirchen-heidekreis.land.example",
        "https://neuenkirchen-stade.land.example",
    ]


def test_a_town_that_comes_later_gets_the_bundles_that_are_meant_for_it(run: Run, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.yaml"
    said = "name: {de: Fest, en: Feast}\nreason: {de: Darum, en: So}\nservices: [rattenbefall-melden, hund-anmelden]\n"
    for kinds in ("kinds: [city]", "kinds: [joint_municipality]"):
        bundle.write_text(f"{said}{kinds}\n", encoding="utf-8")
        number = run("bundle", "add", str(bundle)).output.split("is bundle ")[1].split(";")[0]
        assert run("bundle", "apply", number, "--yes").exit_code == 0
    file = write(
        tmp_path / "list.csv",
        town("034520002002", "baltrum", **AURICH, offers="none"),
        town("034520020020", "norderney", offers="none"),
    )
    report = tmp_path / "report.csv"
    run("tenant", "onboard", str(file), "--base", "spaeter.localhost", "--report", str(report))
    assert {each["slug"]: each["offers"] for each in told(report)} == {"baltrum": "0", "norderney": "2"}, (
        "no city; a city"
    )


def test_a_domain_that_is_none_is_told_before_anything_is_done(run: Run, tmp_path: Path) -> None:
    file, report = write(tmp_path / "list.csv", town("Norden", "norden", **AURICH)), tmp_path / "report.csv"
    done = run("tenant", "onboard", str(file), "--base", "https://kreis", "--report", str(report))
    assert done.exit_code == 2
    assert "a domain like kreis-beispiel.de is wanted" in done.output
    assert not report.exists()


def test_who_meets_another_in_bringing_a_town_in_is_told_so(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not "there already" as long as it has no portal."""

    def met(*_: object, **__: object) -> None:
        raise ConflictError("somebody else is at it")

    monkeypatch.setattr(town_lists, "bring_on_line", met)
    file, report = write(tmp_path / "list.csv", town("Juist", "juist", **AURICH)), tmp_path / "report.csv"
    done = run("tenant", "onboard", str(file), "--base", "kreis.localhost", "--report", str(report))
    assert [each["outcome"] for each in told(report)] == ["fault"]
    assert "wird gerade an anderer Stelle geändert" in done.output


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("street\nHauptstraße 1\n", "Die Spalte town fehlt."),
        ("town,strasse\nVechta,1\n", "Die Spalte strasse gibt es nicht."),
        ("town,email,email\nVechta,1,2\n", "Die Spalte email steht zweimal da."),
        ("town\n" + "Vechta\n" * 2001, "Teilen Sie die Liste"),
        ("", "Die Spalte town fehlt."),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(text: str, sentence: str) -> None:
    with pytest.raises(DefinitionError, match=sentence):
        read_list(text.encode())


def test_a_list_in_another_encoding_is_refused() -> None:
    with pytest.raises(DefinitionError, match="UTF-8"):
        read_list("town\nNeuenkirchen-Vörden\n".encode("latin-1"))


def test_lines_keep_their_number_and_empty_ones_are_none() -> None:
    (line,) = read_list(b"TOWN ; Email\n;\nVechta;info@vechta.example\n")
    assert (line.number, line.values) == (3, {"town": "Vechta", "email": "info@vechta.example"})
