"""From files, folders, archives, documents and manifests to cards."""

from __future__ import annotations

import io
import os
import stat
import struct
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

sys.path.insert(0, str(Path(__file__).parent))
from batch_fakes import PICTURE

from cardscan.batch import archive as archives
from cardscan.batch.documents import cards_of
from cardscan.batch.errors import ArchiveTooLarge, DamagedArchive, NestedArchive, UnsafeArchive
from cardscan.batch.sources import LazyFile, fingerprint, plan, plan_batch, plan_paths
from cardscan.errors import CardscanError, FileNotFound, FileTooLarge, InvalidManifest
from cardscan.pipeline import SourceFile
from cardscan.records import Visit

MOST = 10**6


def put(folder: Path, **files: bytes) -> None:
    for name, data in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def ids(folder: Path | str, *more: Path) -> dict[str, list[str]]:
    cards = plan_paths([folder, *more], Visit())
    return {card.card_id: [os.path.basename(name) for name in card.source] for card in cards}


def zipped(files: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def pages(count: int, kind: str) -> bytes:
    file = io.BytesIO()
    sheets = [Image.new("RGB", (120, 80), (20 * number, 90, 120)) for number in range(count)]
    sheets[0].save(file, kind, save_all=True, append_images=sheets[1:])
    return file.getvalue()


def test_a_folder_is_read_to_its_depth_and_nothing_is_left_unsaid(tmp_path: Path) -> None:
    put(tmp_path, x_front_dot_jpg=PICTURE, x_back_dot_png=PICTURE, sub__y_dot_jpg=PICTURE, _dot_hidden=b"")
    put(tmp_path, junk_dot_bin=b"?", notes_dot_txt=b"", sub__y_dot_yaml=b"", other_dot_csv=b"a,b\n")
    put(tmp_path / "__MACOSX", x_dot_jpg=PICTURE)
    plan_ = plan_batch([tmp_path], Visit())
    assert [card.card_id for card in plan_.cards] == ["junk", "y", "x"]
    assert plan_.ignored == {"hidden": 2, "not pictures": 3}


def test_order_and_ids_do_not_depend_on_the_file_system(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        put(tmp_path, **{f"{name}__1_dot_jpg": PICTURE})
    cards = plan_paths([tmp_path], Visit())
    assert [card.card_id for card in cards] == ["1", "1-2", "1-3"]
    assert [Path(card.source[0]).parent.name for card in cards] == ["a", "b", "c"]


def test_a_suffix_of_a_second_card_avoids_the_names_that_are_there(tmp_path: Path) -> None:
    put(tmp_path, a__x_dot_jpg=PICTURE, b__x_dot_jpg=PICTURE, **{"b__x-2_dot_jpg": PICTURE})
    assert sorted(card.card_id for card in plan_paths([tmp_path], Visit())) == ["x", "x-2", "x-3"]


def test_sides_given_as_files_are_paired_and_a_file_given_twice_counts_once(tmp_path: Path) -> None:
    put(tmp_path, x_front_dot_jpg=PICTURE, x_back_dot_jpg=PICTURE)
    plan_ = plan_batch([tmp_path / "x_back.jpg", tmp_path / "x_front.jpg", tmp_path], Visit())
    assert [card.card_id for card in plan_.cards] == ["x"]
    assert plan_.ignored == {"given twice": 2}


def test_what_cannot_be_opened_has_a_card_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.jpg")
    plan_ = plan_batch([tmp_path, tmp_path / "missing.jpg", tmp_path / "given.txt"], Visit())
    assert [card.card_id for card in plan_.cards] == ["gone", "missing", "given"]
    for card in plan_.cards:
        with pytest.raises(FileNotFound):
            card.files[0].read(MOST)
    assert plan_.ignored == {"not files": 1}


def test_links_that_lead_round_in_circles_end(tmp_path: Path) -> None:
    put(tmp_path, x_dot_jpg=PICTURE)
    (tmp_path / "again").symlink_to(tmp_path)
    assert plan_batch([tmp_path], Visit()).ignored == {"links to folders": 1}


def test_bytes_are_read_by_the_worker_not_when_planning(tmp_path: Path) -> None:
    put(tmp_path, x_dot_jpg=PICTURE)
    (card,) = plan_paths([tmp_path], Visit())
    put(tmp_path, x_dot_jpg=b"later")
    assert card.files[0].read(MOST) == b"later"
    with pytest.raises(FileTooLarge):
        card.files[0].read(4)


# --- manifests ------------------------------------------------------------------------------------------------------


def test_a_manifest_says_what_belongs_together_and_its_pictures_are_not_paired_again(tmp_path: Path) -> None:
    put(tmp_path, cards_dot_csv=b"card_id,image,state\n7,pics/1.jpg,TX\n7,pics/2.jpg,\n8,gone.jpg,\n")
    put(tmp_path / "pics", **{f"{name}_dot_jpg": PICTURE for name in "12z"})
    cards = plan_paths([tmp_path], Visit(state="CA", care="urgent"))
    assert [(card.card_id, len(card.files)) for card in cards] == [("7", 2), ("8", 1), ("z", 1)]
    assert (cards[0].visit.state, cards[0].visit.care, cards[1].visit.state) == ("TX", "urgent", "CA")
    with pytest.raises(FileNotFound):
        cards[1].files[0].read(MOST)


def test_a_manifest_alone_reads_pictures_relative_to_itself(tmp_path: Path) -> None:
    put(tmp_path, lists__m_dot_csv=b"card_id,image\na,../pics/1.jpg\n", pics__1_dot_jpg=PICTURE)
    (card,) = plan_paths([tmp_path / "lists" / "m.csv"], Visit())
    assert card.files[0].read(MOST) == PICTURE


def test_a_csv_that_is_given_must_be_a_manifest(tmp_path: Path) -> None:
    put(tmp_path, m_dot_csv=b"a,b\n1,2\n")
    with pytest.raises(InvalidManifest):
        plan_paths([tmp_path / "m.csv"], Visit())


# --- archives -------------------------------------------------------------------------------------------------------


def archive(tmp_path: Path, files: dict[str, bytes]) -> Path:
    path = tmp_path / "cards.zip"
    path.write_bytes(zipped(files))
    return path


def test_an_archive_is_read_like_a_folder(tmp_path: Path) -> None:
    path = archive(
        tmp_path,
        {"in/x_front.jpg": PICTURE, "in/x_back.jpg": PICTURE, "in/n.txt": b"", "__MACOSX/x": b"", "in/q.bin": b"?"},
    )
    plan_ = plan_batch([path], Visit())
    assert [card.card_id for card in plan_.cards] == ["q", "x"]
    assert plan_.cards[1].source == (f"{path}!/in/x_front.jpg", f"{path}!/in/x_back.jpg")
    assert plan_.cards[1].files[0].read(MOST) == PICTURE
    assert plan_.ignored == {"hidden": 1, "not pictures": 1}


def test_a_manifest_in_an_archive_reaches_nothing_outside_of_it(tmp_path: Path) -> None:
    put(tmp_path, secret_dot_jpg=PICTURE)
    path = archive(
        tmp_path, {"m.csv": b"card_id,image\na,x.jpg\nb,../secret.jpg\nc,../../secret.jpg\n", "x.jpg": PICTURE}
    )
    a, *others = plan_paths([path], Visit())
    assert a.files[0].read(MOST) == PICTURE
    for card in others:
        with pytest.raises(FileNotFound):
            card.files[0].read(MOST)


@pytest.mark.parametrize("name", ["../x.jpg", "/etc/x.jpg", "a/../../x.jpg", "..\\x.jpg", "C:\\x.jpg", "../.x.jpg"])
def test_names_that_lead_out_of_an_archive_are_refused(tmp_path: Path, name: str) -> None:
    (card,) = plan_paths([archive(tmp_path, {name: PICTURE})], Visit())
    with pytest.raises(UnsafeArchive):
        card.files[0].read(MOST)


def test_links_nested_archives_and_passwords_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.jpg")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(link, "/etc/passwd")
        file.writestr("inner.zip", zipped({"x.jpg": PICTURE}))
        file.writestr("named.jpg", zipped({"x.jpg": PICTURE}))
        file.writestr("x.jpg", PICTURE)
    faults = {}
    for card in plan_paths([tmp_path / "a.zip"], Visit()):
        try:
            card.files[0].read(MOST)
        except CardscanError as error:
            faults[card.card_id] = type(error)
    assert faults == {"inner": NestedArchive, "link": UnsafeArchive, "named": NestedArchive}


def test_a_password_is_told(tmp_path: Path) -> None:
    data = bytearray(zipped({"x.jpg": PICTURE}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    (card,) = plan_paths([tmp_path / "a.zip"], Visit())
    with pytest.raises(DamagedArchive, match="password"):
        card.files[0].read(MOST)


def test_a_bomb_is_refused_by_its_ratio(tmp_path: Path) -> None:
    path = archive(tmp_path, {f"{number}.bmp": bytes(30 * 10**6) for number in range(4)})
    (card,) = plan_paths([path], Visit())
    with pytest.raises(ArchiveTooLarge):
        card.files[0].read(MOST)


def test_a_member_is_never_unpacked_beyond_the_limit_whatever_its_header_says(tmp_path: Path) -> None:
    data = bytearray(zipped({"x.jpg": bytes(5 * 10**6)}))
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 100)  # the size in the directory
    (tmp_path / "a.zip").write_bytes(data)
    (card,) = plan_paths([tmp_path / "a.zip"], Visit())
    with pytest.raises((FileTooLarge, DamagedArchive)):
        card.files[0].read(MOST)
    (tmp_path / "b.zip").write_bytes(zipped({"x.jpg": bytes(5 * 10**6)}))
    (card,) = plan_paths([tmp_path / "b.zip"], Visit())
    with pytest.raises(FileTooLarge):
        card.files[0].read(MOST)


def test_a_name_without_end_is_refused(tmp_path: Path) -> None:
    (card,) = plan_paths([archive(tmp_path, {"_" * 60_000 + "!.jpg": PICTURE})], Visit())
    with pytest.raises(DamagedArchive, match="name"):
        card.files[0].read(MOST)


@pytest.mark.parametrize("comment", [b"", b"a comment"])
@pytest.mark.parametrize("large", [False, True])
def test_too_many_files_are_refused_before_they_are_listed(
    monkeypatch: pytest.MonkeyPatch, comment: bytes, large: bool
) -> None:
    if large:
        monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)  # the format for large archives from here on
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for number in range(4):
            made.writestr(f"{number}.jpg", PICTURE)
        made.comment = comment
    data = file.getvalue()
    assert (b"PK\x06\x06" in data) is large
    end = data.rindex(b"PK\x05\x06")
    data = data[: end + 8] + struct.pack("<HH", 1, 1) + data[end + 12 :]  # its own count is not believed
    monkeypatch.setattr(archives, "MAX_MEMBERS", 4)
    assert len(archives.members(io.BytesIO(data), len(data))) == 4
    monkeypatch.setattr(archives, "MAX_MEMBERS", 3)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(ArchiveTooLarge):
        archives.members(io.BytesIO(data), len(data))


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_a_damaged_archive_is_one_card_that_says_so(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({"x.jpg": PICTURE * 50, "y.jpg": PICTURE})[:cut])
    (card,) = plan_paths([path], Visit())
    with pytest.raises(DamagedArchive):
        card.files[0].read(MOST)


# --- documents ------------------------------------------------------------------------------------------------------


def test_pages_of_documents() -> None:
    assert [cards_of(count) for count in (3, 4, 6)] == [
        [(0,), (1,), (2,)],
        [(0, 1), (2, 3)],
        [(0, 1), (2, 3), (4, 5)],
    ]


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_documents_become_cards_by_their_pages(tmp_path: Path, kind: str) -> None:
    for count in (1, 2, 3, 4):
        (tmp_path / f"d{count}.{kind.lower()}").write_bytes(pages(count, kind))
    cards = {card.card_id: card for card in plan_paths([tmp_path], Visit())}
    assert sorted(cards) == ["d1", "d2", "d3#1", "d3#2", "d3#3", "d4#1", "d4#2"]
    assert [cards[name].files[0].pages for name in ("d1", "d2", "d3#2", "d4#2")] == [(), (), (1,), (2, 3)]
    assert cards["d4#2"].source == (str(tmp_path / f"d4.{kind.lower()}"),)


def test_one_page_documents_are_paired_by_name(tmp_path: Path) -> None:
    put(tmp_path, x_front_dot_pdf=pages(1, "PDF"), x_back_dot_jpg=PICTURE)
    assert list(ids(tmp_path)) == ["x"]


def test_a_damaged_document_is_left_to_the_reader(tmp_path: Path) -> None:
    put(tmp_path, x_dot_pdf=b"%PDF-1.7 nothing")
    assert list(ids(tmp_path)) == ["x"]


# --- uploads --------------------------------------------------------------------------------------------------------


def test_uploads_are_planned_in_memory() -> None:
    upload = [
        SourceFile("a_front.jpg", PICTURE),
        SourceFile("a_back.jpg", PICTURE),
        SourceFile("b.zip", zipped({"in/c_1.jpg": PICTURE, "in/c_2.jpg": PICTURE, "in/n.txt": b"text"})),
        SourceFile("d.pdf", pages(4, "PDF")),
        SourceFile("m.csv", b"card_id,image,state\n9,e.jpg,TX\n"),
        SourceFile("e.jpg", PICTURE),
    ]
    cards = {card.card_id: card for card in plan(upload)}
    assert sorted(cards) == ["9", "a", "c", "d#1", "d#2", "n"]  # nobody would see a count: the text gets an error
    assert [file.name for file in cards["a"].files] == ["a_front.jpg", "a_back.jpg"]
    assert [file.name for file in cards["d#2"].files] == ["d.pdf#page=3", "d.pdf#page=4"]
    assert all(Image.open(io.BytesIO(file.data)).format == "JPEG" for file in cards["d#2"].files)
    assert cards["9"].visit.state == "TX"


def test_a_table_in_an_uploaded_archive_need_not_be_a_manifest() -> None:
    packed = zipped({"in/x.jpg": PICTURE, "in/export.csv": b"name,date\n", "in/empty.csv": b""})
    assert sorted(card.card_id for card in plan([SourceFile("a.zip", packed)])) == ["empty", "export", "x"]


def test_two_uploads_of_one_name_are_two_files() -> None:
    cards = plan([SourceFile("x.jpg", PICTURE), SourceFile("x.jpg", PICTURE + b"2")])
    assert [card.card_id for card in cards] == ["x", "x-2"]


@pytest.mark.parametrize("named", ["in/x.jpg", "./in/x.jpg", "in\\x.jpg"])
def test_a_manifest_beside_an_archive_names_the_files_in_it(named: str) -> None:
    manifest = SourceFile("manifest.csv", f"card_id,image,care\n7,{named},urgent\n".encode())
    packed = zipped({"in/x.jpg": PICTURE, "y.jpg": PICTURE})
    cards = {card.card_id: card for card in plan([manifest, SourceFile("a.zip", packed)])}
    assert sorted(cards) == ["7", "y"]
    assert cards["7"].source == ("a.zip!/in/x.jpg",)
    assert cards["7"].visit.care == "urgent"


def test_a_manifest_never_picks_one_of_two_archives() -> None:
    manifest = SourceFile("manifest.csv", b"card_id,image\n7,x.jpg\n")
    archives = [SourceFile(name, zipped({"x.jpg": PICTURE})) for name in ("a.zip", "b.zip")]
    with pytest.raises(InvalidManifest, match="line 2"):
        plan([manifest, *archives])


def test_a_manifest_in_an_archive_does_not_reach_into_another() -> None:
    inner = zipped({"m.csv": b"card_id,image\n7,x.jpg\n"})
    with pytest.raises(InvalidManifest, match="not sent"):
        plan([SourceFile("a.zip", inner), SourceFile("b.zip", zipped({"x.jpg": PICTURE}))])


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (SourceFile("a.zip", b"PK\x03\x04 no"), DamagedArchive),
        (SourceFile("a.zip", zipped({"../x.jpg": PICTURE})), UnsafeArchive),
        (SourceFile("a.zip", zipped({"x.zip": PICTURE})), NestedArchive),
        (SourceFile("a.zip", zipped({"x": bytes(10**8), "y": bytes(10**8)})), ArchiveTooLarge),
        (SourceFile("m.csv", b"card_id,image\n1,gone.jpg\n"), InvalidManifest),
        (SourceFile("m.csv", b"no\n"), InvalidManifest),
    ],
)
def test_an_upload_that_cannot_be_planned_is_refused(file: SourceFile, error: type[CardscanError]) -> None:
    with pytest.raises(error):
        plan([file])


# --- fingerprints ---------------------------------------------------------------------------------------------------


def test_a_fingerprint_changes_with_what_matters(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"

    def now(visit: Visit = Visit()) -> str:  # noqa: B008 - frozen
        return fingerprint(plan_paths([path], visit)[0])

    path.write_bytes(PICTURE)
    os.utime(path, (1, 1))
    first = now()
    assert now() == first
    assert now(Visit(state="TX")) != first
    os.utime(path, (2, 2))
    assert now() != first
    path.write_bytes(PICTURE + b"!")
    os.utime(path, (1, 1))
    assert now() != first


def test_a_lazy_file_keeps_no_traceback(tmp_path: Path) -> None:
    file = LazyFile("x", "x", -1, 0, fault=FileNotFound())
    with pytest.raises(FileNotFound):
        file.read(1)
    assert file.fault is not None
    assert file.fault.__traceback__ is None
