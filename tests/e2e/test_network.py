# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks of offices: two of three root keys, offices below each other on several homes, letters of assignment that a
node verifies which has met none of the offices, and what forged, strange and revoked ones are worth."""
import base64
import datetime
import hashlib
import json
import subprocess

import pytest

from support import LETTERS, PASSPHRASE, Worker, at_once, circle_of, exchange, start_all, stop_all, GROUP

NETWORK = "Jaringan Contoh"
OFFICES = ["Kantor Desa Contoh", "Kantor Kecamatan Contoh", "Dinas Sosial Kota Contoh", "Dinas Sosial Provinsi Contoh",
           NETWORK]


# ---- Files ----

def unarmour(path):
    lines = path.read_text().splitlines()
    begin = next(i for i, line in enumerate(lines) if line.startswith("-----BEGIN"))
    end = next(i for i, line in enumerate(lines) if line.startswith("="))
    text = "".join(lines[begin + 1:end]).upper()
    return lines[begin].split()[2].rstrip("-"), base64.b32decode(text + "=" * (-len(text) % 8))


def armour(path, kind, content):
    def letters(data):
        return base64.b32encode(data).decode().rstrip("=").lower()
    body, checksum = letters(content), hashlib.blake2b(b"rk.sum" + content, digest_size=16).digest()[:5]
    lines = [body[i:i + 60] for i in range(0, len(body), 60)]
    path.write_text("\n".join([f"-----BEGIN REMBUK {kind}-----", *lines, "=" + letters(checksum),
                               f"-----END REMBUK {kind}-----", ""]))
    return str(path)


def words_of(path):
    """The lines of a root key file that are words."""
    block = path.read_text().split("-----BEGIN")[0]
    return "\n".join(line for line in block.splitlines() if not line.startswith("#"))


# ---- Steps ----

def ask_office(worker, folder, name, area):
    path = folder / f"minta-{area}.txt"
    worker.json("network", "request", name, "--area", area, "--out", str(path))
    return str(path)


def grant(worker, request, *extra, **options):
    answer = request.replace("minta", "kantor")
    worker.json("--yes", "network", "grant", request, "--out", answer, *extra, **options)
    return answer


def add_office(above, worker, folder, name, area):
    return worker.json("network", "join", grant(above, ask_office(worker, folder, name, area)))


def issue(office, worker, folder, *extra):
    path = folder / f"surat-{worker.home.name}.txt"
    office.json("--yes", "credential", "issue", worker.name, "--number", "800/12/2026", "--date", "2026-11-20",
                "--out", str(path), *extra)
    return path


def standing(worker, circle, other):
    members = worker.json("group", "members", circle)["members"]
    return next((m["standing"], m["state"]) for m in members if m["name"] == other.name)


# ---- Invented people ----

@pytest.fixture(scope="module")
def people(tmp_path_factory):
    """Ayu holds the province, Budi the offices below it; Dewi and Fajar have letters; Eka knows none of the offices, and
    has founded a network of her own."""
    folder = tmp_path_factory.mktemp("jaringan")
    ayu, budi, dewi, eka, fajar = at_once(
        lambda facts: Worker(folder, *facts),
        [("Ayu Umpama",), ("Budi Misal", "operator"), ("Dewi Andaikan", "tksk", ["--area", "327304"]),
         ("Eka Contoh", "tksk"), ("Fajar Umpama", "relawan", ["--area", "3273041002"])])
    made = ayu.json("network", "new", NETWORK, "--office", OFFICES[3], "--area", "32", "--out", str(folder / "kunci"))
    add_office(ayu, budi, folder, OFFICES[2], "3273")
    add_office(budi, budi, folder, OFFICES[1], "327304")
    add_office(budi, budi, folder, OFFICES[0], "3273041002")
    budi.meet(dewi, fajar)
    letter = issue(budi, dewi, folder, "--scope", "pendampingan anak")
    dewi.json("credential", "take", str(letter))
    fajar.json("credential", "take", str(issue(budi, fajar, folder)))
    eka.json("network", "new", "Jaringan Lain", "--out", str(folder / "lain"))
    eka.json("--yes", "credential", "issue", "--number", "1", "--date", "2026-11-20", "--role", "supervisor")
    dewi.meet(eka, fajar, budi)
    return folder, made, letter, (ayu, budi, dewi, eka, fajar)


# ---- Root keys ----

def test_the_root_keys_are_in_the_three_files_and_nowhere_in_the_home(people):
    folder, made, _, (ayu, *_) = people
    assert [path.rsplit("/", 1)[1] for path in made["files"]] == [
        "kunci-akar-1.txt", "kunci-akar-2.txt", "kunci-akar-3.txt", "jaringan.txt"]
    assert all((folder / "kunci" / f"kunci-akar-{i}.txt").stat().st_mode & 0o077 == 0 for i in (1, 2, 3))
    assert all(len(words_of(folder / "kunci" / f"kunci-akar-{i}.txt").split()) == 24 for i in (1, 2, 3))
    with ayu.database(folder) as db:
        # The key of the office itself is the only one that came with the network.
        assert db.execute("SELECT count(*) FROM secret WHERE sort = 7").fetchone() == (1,)
        dump = "\n".join(db.iterdump()).lower()
    for i in (1, 2, 3):
        words = words_of(folder / "kunci" / f"kunci-akar-{i}.txt").split()
        assert " ".join(words[:3]) not in dump


def test_one_root_key_alone_cannot_grant_and_two_can(people, tmp_path):
    folder, _, _, (ayu, budi, *_) = people
    keys = [folder / "kunci" / f"kunci-akar-{i}.txt" for i in (1, 2, 3)]
    request = ask_office(ayu, tmp_path, "Dinas Sosial Provinsi Lain", "33")
    answer = str(tmp_path / "kantor-33.txt")

    def refused(*paths):
        words = [word for path in paths for word in ("--key", str(path))]
        return budi.error("--yes", "network", "grant", request, "--out", answer, *words, exit=1)["code"]
    assert refused(keys[0]) == "two_root_keys"
    assert refused(keys[0], keys[0]) == "two_root_keys"
    assert refused(keys[0], folder / "lain" / "kunci-akar-1.txt") == "not_root_key"
    typed = tmp_path / "ketik.txt"
    words = words_of(keys[2]).split()
    typed.write_text(" ".join(words[:23]))
    assert refused(keys[0], typed) == "bad_root_key"
    typed.write_text(" ".join(words[::-1]))
    assert refused(keys[0], typed) in ("bad_root_key", "not_root_key")  # one in 256 has a checksum that fits
    typed.write_text(" ".join(["zzzzz", *words[1:]]))
    assert "word 1" in budi.error("--yes", "network", "grant", request, "--out", answer, "--key", str(keys[0]),
                                  "--key", str(typed), exit=1)["message"]
    typed.write_text(" ".join(word[:4].upper() for word in words))  # as somebody types it from paper
    joined = ayu.json("network", "join", grant(budi, request, "--key", str(keys[0]), "--key", str(typed)))
    assert [office["name"] for office in joined["chain"]] == ["Dinas Sosial Provinsi Lain", NETWORK]


# ---- Rules of offices ----

def test_an_office_grants_only_below_its_rank_and_within_its_area(people, tmp_path):
    _, _, _, (ayu, budi, dewi, _, fajar) = people
    outside = ask_office(fajar, tmp_path, "Kantor Kecamatan Jauh", "337404")
    equal = ask_office(fajar, tmp_path, "Dinas Sosial Provinsi Lain", "32")

    def refused(worker, request):
        return worker.error("--yes", "network", "grant", request, "--out", str(tmp_path / "x"), exit=1)["code"]
    assert refused(budi, outside) == "region_rule"
    assert refused(budi, equal) == "rank_rule"
    assert refused(dewi, outside) == "no_office"
    assert ayu.error("network", "grant", outside, "--out", str(tmp_path / "x"), exit=2)["code"] == "confirmation_needed"
    assert not (tmp_path / "x").exists()
    assert fajar.error("network", "join", str(outside), exit=1)["code"] == "bad_file"


def test_an_answer_is_taken_only_where_it_was_asked_for(people, tmp_path):
    _, _, _, (_, budi, dewi, _, fajar) = people
    answer = grant(budi, ask_office(fajar, tmp_path, "Kantor Kecamatan Lain", "327305"))
    assert dewi.error("network", "join", answer, exit=1)["code"] == "not_asked"
    assert fajar.json("network", "join", answer)["rank"] == "supervisor"
    shown = fajar.json("network", "show")
    assert [(office["name"], office["state"]) for office in shown["offices"] if office["state"] == "granted"] == [
        ("Kantor Kecamatan Lain", "granted")]
    assert shown["letter"]["network"] == NETWORK


def test_letters_outside_the_area_above_the_rank_or_for_the_unverified_are_refused(people, tmp_path):
    _, _, _, (ayu, budi, dewi, eka, fajar) = people

    def refused(office, *words):
        return office.error("--yes", "credential", "issue", *words, "--number", "1", "--date", "2026-11-20",
                            "--out", str(tmp_path / "x"), exit=1)["code"]
    assert refused(budi, dewi.name, "--area", "3374") == "region_rule"
    assert refused(dewi, eka.name) == "no_office"
    assert refused(fajar, dewi.name, "--role", "supervisor", "--area", "327305") == "rank_rule"
    budi.run("contact", "add", str(eka.card()))
    assert refused(budi, eka.name, "--area", "3273") == "not_verified"
    assert not (tmp_path / "x").exists()
    assert budi.error("--yes", "credential", "issue", dewi.name, "--number", "1", "--date", "x", "--out", "y",
                      exit=2)["code"] == "bad_date"
    assert budi.error("--yes", "credential", "issue", dewi.name, "--number", "1", "--date", "2026-11-20",
                      exit=2)["code"] == "missing_option"


# ---- Hostile files ----

def test_a_forged_or_strange_letter_is_refused_with_one_sentence(people, tmp_path):
    _, _, letter, (_, budi, dewi, _, fajar) = people
    kind, content = unarmour(letter)
    before = dewi.json("credential", "show")
    for at in (10, 40, len(content) // 3, len(content) // 2, len(content) - 5):
        changed = bytearray(content)
        changed[at] ^= 1
        error = dewi.error("credential", "take", armour(tmp_path / "palsu.txt", kind, bytes(changed)), exit=1)
        assert "\n" not in error["message"]
    torn = tmp_path / "robek.txt"
    for text in ("", "bukan surat", letter.read_text()[:-200], letter.read_text().replace("LETTER", "CARD")):
        torn.write_text(text)
        assert dewi.error("credential", "take", str(torn), exit=1)["code"] == "bad_file"
    for junk in (b"", b"\x82\x40\x40", content[:-1], content + b"\0", b"\x9f" * 50):
        error = dewi.error("credential", "take", armour(tmp_path / "palsu.txt", kind, junk), exit=1)
        assert error["code"] in ("bad_file", "not_valid", "malformed")
    assert fajar.error("credential", "take", str(letter), exit=1)["code"] == "not_yours"
    assert dewi.json("credential", "show") == before
    assert budi.json("credential", "show")["letter"] is False


# ---- Standing, far away ----

def test_a_chain_of_five_issuers_is_verified_where_nobody_has_met_them(people):
    folder, made, _, (ayu, budi, dewi, eka, fajar) = people
    shown = eka.json("credential", "show", dewi.name)
    assert [office["name"] for office in shown["chain"]] == OFFICES[1:]
    assert (shown["network"], shown["root"], shown["number"], shown["date"], shown["scope"], shown["revoked"]) == (
        NETWORK, made["root"], "800/12/2026", "2026-11-20", "pendampingan anak", None)
    eka.meet(fajar)
    assert [office["name"] for office in eka.json("credential", "show", fajar.name)["chain"]] == OFFICES
    spoken = eka.run("surat", "lihat", fajar.name).stdout
    assert all(name in spoken for name in OFFICES)

    start_all(dewi, eka, budi, fajar)
    dewi.run("group", "new", GROUP, "--network")
    for other in (eka, budi, fajar):
        dewi.run("group", "invite", GROUP, other.name)
    exchange(dewi, eka, fajar, budi)
    for other in (eka, budi, fajar):
        other.run("group", "accept", GROUP)
    exchange(dewi, eka, fajar, budi, eka)
    circle = circle_of(dewi)
    for looker in (dewi, eka):
        assert standing(looker, GROUP, dewi)[0] == "worker"
        assert standing(looker, GROUP, fajar)[0] == "none"  # a letter for a volunteer, whom it gives no rank
        assert standing(looker, GROUP, eka)[0] == "none"  # of another network
        assert standing(looker, GROUP, budi)[0] == "none"  # without a letter
    assert circle


def test_a_revoked_letter_shuts_its_person_out(people):
    _, _, _, (ayu, budi, dewi, eka, fajar) = people
    assert budi.error("credential", "revoke", dewi.name, "--reason", "tugas berakhir",
                      exit=2)["code"] == "confirmation_needed"
    assert eka.error("--yes", "credential", "revoke", dewi.name, "--reason", "iri", exit=1)["code"] == "no_letter"
    done = budi.json("--yes", "credential", "revoke", dewi.name, "--reason", "tugas berakhir")
    assert (done["revoked"], done["circles"]) == (True, 1)
    assert budi.error("--yes", "credential", "revoke", dewi.name, "--reason", "lagi", exit=1)["code"] == "no_letter"
    budi.run("thread", "new", GROUP, "Kabar")
    budi.meet(eka)
    exchange(budi, eka)
    for looker in (budi, eka):
        assert standing(looker, GROUP, dewi)[1] == "revoked"
        assert looker.json("credential", "show", dewi.name)["revoked"] is not None
    stop_all(dewi, eka, budi, fajar)


def test_a_group_of_a_network_needs_a_letter(people):
    _, _, _, (ayu, *_) = people
    assert ayu.error("group", "new", "Tanpa Surat", "--network", exit=1)["code"] == "no_letter"
    assert "Tanpa Surat" not in json.dumps(ayu.json("group", "list"))


# ---- Time ----

@pytest.fixture(scope="module")
def gita(people, tmp_path_factory):
    """Gita, and files with letters and cards of hers that no office should have signed, or not for today."""
    folder = tmp_path_factory.mktemp("gita")
    worker = Worker(folder, "Gita Contoh", "tksk", ["--area", "327304"])
    subprocess.run([LETTERS, str(worker.home), PASSPHRASE, "--office", "lain", "--rank", "worker", "--over", str(folder)],
                   check=True, stdout=subprocess.DEVNULL)
    return worker


def day_in(days):
    return (datetime.date.today() + datetime.timedelta(days)).isoformat()


def test_an_ended_a_forged_and_a_strange_certificate_open_no_door(people, gita):
    _, _, _, (ayu, *_) = people
    today = datetime.date.today().strftime("%d/%m/%Y")
    for worker, words, kind in ((gita, ("credential", "take"), "surat"), (ayu, ("contact", "add"), "kartu")):
        error = worker.error(*words, str(gita.folder / f"{kind}-berakhir.txt"), exit=1)
        assert error["code"] == "letter_ended"
        assert today in error["message"] and "\n" not in error["message"]
        outside = worker.error(*words, str(gita.folder / f"{kind}-luar.txt"), exit=1)
        assert outside["code"] in ("not_valid", "bad_card") and "outside its area" in outside["message"]
        armoured, content = unarmour(gita.folder / f"{kind}-berakhir.txt")
        forged = armour(gita.folder / "palsu.txt", armoured, content[:-1] + bytes([content[-1] ^ 1]))
        assert worker.error(*words, forged, exit=1)["code"] == "bad_signature"
    assert gita.json("credential", "show")["letters"] == []
    assert gita.name not in json.dumps(ayu.json("contact", "list"))


def test_of_several_letters_the_chosen_one_is_used_and_its_end_is_told(people, gita, tmp_path):
    _, _, _, (_, budi, _, eka, _) = people
    gita.meet(budi, eka)
    for days, refused in ((-1, "bad_date"), (8000, "bad_date")):
        assert budi.error("--yes", "credential", "issue", gita.name, "--number", "1", "--date", "2026-11-20", "--until",
                          day_in(days), "--out", str(tmp_path / "x"), exit=2)["code"] == refused
    later = issue(budi, gita, tmp_path, "--from", day_in(3)).rename(tmp_path / "nanti.txt")
    assert gita.error("credential", "take", str(later), exit=1)["code"] == "letter_not_yet"
    gita.json("credential", "take", str(issue(budi, gita, tmp_path, "--until", day_in(20)).rename(tmp_path / "1.txt")))
    soon = gita.json("today")["letters"]
    assert [(letter["letter"], letter["state"]) for letter in soon] == [(1, "holds")]
    assert "rembuk surat terima" in gita.run("hari-ini", lang="id").stdout
    gita.json("credential", "take", str(issue(eka, gita, tmp_path, "--role", "operator")))
    shown = gita.json("credential", "show")
    assert shown["role"] == "operator"
    assert [(letter["number"], letter["network"], letter["used"]) for letter in shown["letters"]] == [
        (1, NETWORK, False), (2, "Jaringan Lain", True)]
    assert gita.json("today")["letters"] == []
    assert gita.json("credential", "use", "1")["network"] == NETWORK
    assert gita.error("credential", "use", "3", exit=1)["code"] == "no_letter"
    gita.run("group", "new", "Satu", "--network")
    assert [member["standing"] for member in gita.json("group", "members", "Satu")["members"]] == ["worker"]
    assert gita.json("credential", "use", "0")["letter"] is False
    assert gita.error("group", "new", "Dua", "--network", exit=1)["code"] == "no_letter"
    spoken = gita.run("surat", "lihat").stdout
    assert NETWORK in spoken and "Jaringan Lain" in spoken


def roster_of(worker):
    return [(row["name"], row["number"], row["state"]) for row in worker.json("network", "people")["people"]]


def test_a_roster_goes_from_reader_to_reader_and_tells_who_was_revoked(tmp_path, until_the_end):
    """Citra's computer only ever reaches Budi's, and Budi's that of the office."""
    ayu, budi, citra, dewi = until_the_end(at_once(lambda name: Worker(tmp_path, name),
                                                   ["Ayu Umpama", "Budi Misal", "Citra Contoh", "Dewi Andaikan"]))
    ayu.meet(budi, citra, dewi)
    budi.meet(citra)
    ayu.json("network", "new", NETWORK, "--area", "3273", "--out", str(tmp_path / "kunci"))
    ayu.json("--yes", "credential", "issue", "--number", "800/1", "--date", "2026-11-20", "--area", "3273")
    for worker in (budi, citra, dewi):
        worker.json("credential", "take", str(issue(ayu, worker, tmp_path, "--area", "327304")))
    assert roster_of(citra) == []
    ayu.start()
    exchange(ayu, budi)
    budi.start()
    exchange(budi, citra)
    assert roster_of(citra) == [("Ayu Umpama", "800/1", "verified"), ("Budi Misal", "800/12/2026", "verified"),
                                ("Citra Contoh", "800/12/2026", "self"), ("Dewi Andaikan", "800/12/2026", "unknown")]
    shown = citra.json("network", "show")["rosters"]
    assert [(roster["office"], roster["days"], roster["kept_here"]) for roster in shown] == [(NETWORK, 0, False)]
    assert [roster["kept_here"] for roster in ayu.json("network", "show")["rosters"]] == [True]
    for worker in (budi, citra):
        assert worker.json("group", "list")["groups"] == [] and worker.json("case", "list")["cases"] == []
        assert worker.json("today")["invitations"] == [] and worker.json("today")["old_rosters"] == []
    ayu.json("--yes", "credential", "revoke", dewi.name, "--reason", "tugas berakhir")
    exchange(ayu, budi)
    exchange(budi, citra)
    assert roster_of(citra)[3] == ("Dewi Andaikan", "800/12/2026", "revoked")
    stop_all(ayu, budi)


def test_both_languages_say_what_was_done(tmp_path):
    sari = Worker(tmp_path, "Sari Umpama")
    said = sari.run("jaringan", "baru", "Jaringan Kecil", "--wilayah", "32", "--ke-folder", str(tmp_path / "k"),
                    lang="id").stdout
    assert str(tmp_path / "k" / "kunci-akar-3.txt") in said
    again = sari.error("network", "new", "Jaringan Kecil", "--out", str(tmp_path / "k"), exit=1)
    assert again["code"] == "file_exists"
    inside = sari.error("network", "new", "Jaringan Kecil", "--out", str(sari.home / "kunci"), exit=1)
    assert inside["code"] == "inside_home"
    assert len(sari.json("network", "show")["offices"]) == 1
    assert sari.run("network", "show").stdout.count("Jaringan Kecil") >= 2
    assert "no letter" in sari.run("credential", "show").stdout
