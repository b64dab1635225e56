"""`motcua tenant apply`: from a province's folder to the database, all or nothing, as often as you like."""

from dataclasses import dataclass
from pathlib import Path

from motcua.catalogue.agencies_file import read_agencies
from motcua.catalogue.models import NationalProcedure
from motcua.catalogue.national import read_national
from motcua.catalogue.national_base import keep_national
from motcua.catalogue.procedures_file import read_procedures
from motcua.core.database import db
from motcua.provinces import founding, keeping
from motcua.services import folder as service_files
from motcua.tenancy.folder import SETTINGS_FILE, read_tenant
from motcua.tenancy.models import FOLDER
from motcua.tenancy.problems import FolderInvalid, file_name


@dataclass(frozen=True)
class Applied:
    """What an application changed, as one sentence for the operator."""

    changed: bool
    sentence: str


def apply_national(folder: Path) -> Applied:
    """Load the national base. Raises FolderInvalid, naming every fault, before anything is changed."""
    loaded = keep_national(read_national(folder))
    db.session.commit()
    sentence = f"Danh mục quốc gia: {loaded.total} thủ tục, {loaded.changed} mới hoặc thay đổi"
    sentence += f", {loaded.withdrawn} thôi áp dụng." if loaded.withdrawn else "."
    return Applied(bool(loaded.changed or loaded.withdrawn), sentence)


def apply_tenant(path: Path) -> Applied:
    """Load one province's folder. Raises FolderInvalid or TextInvalid, and Conflict where another
    province already holds a host or an OA; then nothing is changed."""
    folder = read_tenant(path)
    told = file_name(path / SETTINGS_FILE)
    if unknown := service_files.faults_in_services(told, folder.services, folder.service_settings):
        raise FolderInvalid(unknown)
    in_force = db.select(NationalProcedure.code).where(NationalProcedure.withdrawn_on.is_(None))
    codes = set(db.session.scalars(in_force))
    agencies = read_agencies(path / "agencies.csv")
    procedures = read_procedures(path / "procedures.csv", codes, {row.code for row in agencies})
    words = founding.read_words(path.parent / "_national", path)
    files = service_files.read_folder(path)
    new_files = keeping.keep(keeping.Given(folder, words, agencies, procedures, files, FOLDER))
    if new_files is None:
        return Applied(False, f"{folder.slug}: không có gì thay đổi.")
    loaded = f", {new_files} bảng dữ liệu của dịch vụ" if new_files else ""
    return Applied(
        True,
        f"{folder.slug}: đã nạp {len(agencies)} cơ quan, {len(procedures)} thủ tục, {len(words.texts)} mẫu tin, "
        f"{len(words.statuses)} mã trạng thái{loaded}.",
    )
