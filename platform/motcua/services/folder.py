"""The data files of a province's folder: `services/<code>/<file>.csv|xlsx`, each with a `<file>.toml` beside it.

The toml says what `data.About` holds: part, valid_from, valid_to, as_of, next_update, document, official.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from motcua.core.errors import Invalid, MotcuaError
from motcua.tenancy.problems import FolderInvalid, Problem, split_sentence

from . import data, registry
from .checking import Checked, check_file
from .contract import Service
from .data import About

SUFFIXES = (".csv", ".xlsx")
BY = "thư mục của tỉnh"
_NAMES = {
    "part": ("part", str),
    "valid_from": ("valid_from", date),
    "valid_to": ("valid_to", date),
    "as_of": ("as_of", date),
    "next_update": ("next_update_on", date),
    "document": ("document", str),
    "official": ("is_official", bool),
}


@dataclass(frozen=True)
class FolderFile:
    """One file with what is said of it."""

    service: Service
    path: Path
    name: str  # as people know it: "da-nang/services/land_price/bang-gia.csv"
    content: bytes
    about: About

    @property
    def digest(self) -> str:
        return data.digest_of(self.content, self.about)


def read_folder(path: Path) -> list[FolderFile]:
    """The files of the province in the folder `path`, unchecked. Raises FolderInvalid with every fault found."""
    files, problems = [], []
    folder = path / "services"
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not file.is_file() or file.suffix.lower() not in SUFFIXES:
            continue
        name = f"{path.name}/{file.relative_to(path).as_posix()}"
        try:
            files.append(_read(file, folder, name))
        except MotcuaError as error:
            problems.append(_problem(name, None, error.message))
    if problems:
        raise FolderInvalid(problems)
    return files


def faults_in_services(file: str, services: tuple[str, ...], settings: dict[str, dict]) -> list[Problem]:
    """Codes and settings in tenant.toml (`file`) that no service here has."""
    problems = []
    for code in dict.fromkeys((*services, *settings)):
        if not registry.is_known(code):
            known = ", ".join(sorted({*registry.OURS, *(one.code for one in registry.all_services())}))
            sentence = f"Không có dịch vụ “{code}”. Xin cài gói của dịch vụ đó hoặc ghi một trong: {known}."
            problems.append(_problem(file, None, sentence, "services"))
    offered = {service.code: service.settings_help for service in registry.all_services()}
    for code, given in settings.items():
        for name in given.keys() - offered.get(code, given).keys():
            sentence = f"Dịch vụ {code} không có thiết lập “{name}”. Xin bỏ đi hoặc sửa tên."
            problems.append(_problem(file, None, sentence, f"service_settings.{code}.{name}"))
    return problems


def check_new(files: list[FolderFile]) -> list[tuple[FolderFile, Checked]]:
    """Those that the tenant in scope has not loaded yet, checked. Raises FolderInvalid with every fault found."""
    checked, problems = [], []
    for file in files:
        if data.is_known(file.service, file.digest):
            continue
        try:
            data.check_about(file.service, file.about)
            found = check_file(file.service, file.content)
        except MotcuaError as error:
            problems.append(_problem(file.name, None, error.message))
            continue
        problems += [
            _problem(file.name, fault.row or None, fault.sentence, fault.title, fault.value)
            for fault in found.faults
        ]
        checked.append((file, found))
    if problems:
        raise FolderInvalid(problems)
    return checked


def take(files: list[tuple[FolderFile, Checked]]) -> None:
    """Load and publish checked files, in the order in which they begin to hold; the caller commits."""
    for file, checked in sorted(files, key=lambda one: one[0].about.valid_from or date.min):
        version = data.load(
            file.service, checked, file.about, file_name=file.path.name, content=file.content, by=BY
        )
        data.publish(file.service, version.id, BY)


def _read(file: Path, folder: Path, name: str) -> FolderFile:
    parts = file.relative_to(folder).parts
    if len(parts) != 2:
        raise Invalid("Tệp dữ liệu nằm sai chỗ. Xin đặt trong services/<mã dịch vụ>/.")
    if not registry.is_known(parts[0]):
        raise Invalid(f"Không có dịch vụ “{parts[0]}”. Xin đổi tên thư mục hoặc cài gói của dịch vụ đó.")
    told = next((one for one in (file.with_suffix(".toml"), Path(f"{file}.toml")) if one.exists()), None)
    if told is None:
        raise Invalid(f"Thiếu tệp {file.stem}.toml nói về bảng này. Xin thêm tệp đó bên cạnh.")
    service = registry.find(parts[0])
    return FolderFile(service, file, name, file.read_bytes(), read_about(told.read_bytes()))


def read_about(content: bytes) -> About:
    """Raises Invalid, naming the entry."""
    try:
        told = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Invalid(f"Tệp .toml bên cạnh không đọc được ({error}). Xin sửa cú pháp.") from error
    given: dict[str, Any] = {}
    for key, value in told.items():
        if key not in _NAMES:
            raise Invalid(f"Tệp .toml có mục lạ “{key}”. Xin dùng: {', '.join(_NAMES)}.")
        name, kind = _NAMES[key]
        if not isinstance(value, kind) or isinstance(value, datetime):
            shape = {str: "chữ trong ngoặc kép", date: "ngày như 2025-07-01", bool: "true hoặc false"}[kind]
            raise Invalid(f"Mục “{key}” của tệp .toml chưa đúng. Xin ghi {shape}.")
        given[name] = value
    return About(**given)


def _problem(file: str, line: int | None, sentence: str, field: str = "", value: str = "") -> Problem:
    message, remedy = split_sentence(sentence)
    return Problem(file, line, field, value, f"“{value}”: {message}" if value else message, remedy)
