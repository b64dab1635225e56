"""Read a province's folder: `tenant.toml`, whole or not at all."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from marshmallow import ValidationError

from .folder_schema import TenantSection
from .problems import FolderInvalid, Problem, file_name, shown, split_sentence
from .province import TenantFolder
from .secret_keys import find_secrets
from .toml_lines import TomlLines

__all__ = ["TenantFolder", "read_tenant"]

SETTINGS_FILE = "tenant.toml"
_NEVER_IN_A_FOLDER = {".py", ".pyc", ".env", ".pem", ".key", ".p12", ".pfx"}
_LINE_OF_SYNTAX_ERROR = re.compile(r"\(at line (\d+), column \d+\)")


def read_tenant(path: Path) -> TenantFolder:
    """The province in the folder `path`. Raises FolderInvalid with every fault found."""
    file = path / SETTINGS_FILE
    problems = list(_files_out_of_place(path))
    text = _read_text(file)
    raw = _parse(file, text)
    lines = TomlLines(text)
    secret_paths = list(find_secrets(raw))
    for where in secret_paths:
        problems.append(
            Problem(
                file_name(file),
                lines.line_of(where),
                _dotted(where),
                "(không hiện)",
                "Mục này giống một bí mật (khóa, mật khẩu, token); bí mật không được nằm trong thư mục của tỉnh.",
                "Xin xóa khỏi tệp, đổi bí mật đó ở nơi cấp, rồi nạp bằng lệnh kết nối OA hoặc biến môi trường.",
            )
        )
    folder = None
    try:
        folder = TenantSection().load(raw)
    except ValidationError as error:
        for where, sentence in _flatten(error.normalized_messages()):
            if where not in secret_paths:
                problems.append(_problem(file, lines, raw, where, sentence))
    if isinstance(raw.get("slug"), str) and raw["slug"] != path.name:
        sentence = f"Tên này khác tên thư mục “{path.name}”. Xin ghi slug giống tên thư mục."
        problems.append(_problem(file, lines, raw, ("slug",), sentence))
    if problems or folder is None:
        raise FolderInvalid(sorted(problems, key=lambda problem: problem.line or 0))
    return folder


def _files_out_of_place(path: Path) -> Iterator[Problem]:
    for file in sorted(path.rglob("*")) if path.is_dir() else ():
        if file.suffix.lower() in _NEVER_IN_A_FOLDER or file.name.startswith(".env"):
            yield Problem(
                f"{path.name}/{file.relative_to(path).as_posix()}",
                None,
                "",
                "",
                "Thư mục của tỉnh chỉ chứa dữ liệu, không chứa loại tệp này.",
                "Xin xóa tệp.",
            )


def _read_text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        message, remedy = "Thiếu tệp này.", "Xin chép tenant.toml của tỉnh khác rồi sửa."
    except UnicodeDecodeError:
        message, remedy = "Tệp không phải UTF-8.", "Xin lưu lại bằng bảng mã UTF-8."
    raise FolderInvalid([Problem(file_name(file), None, "", "", message, remedy)])


def _parse(file: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _LINE_OF_SYNTAX_ERROR.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        reason = _LINE_OF_SYNTAX_ERROR.sub("", str(error)).strip()
        message = f"Sai cú pháp TOML ({shown(reason)})."
        problem = Problem(file_name(file), line, "", "", message, "Xin xem lại dòng này và dòng ngay trước.")
        raise FolderInvalid([problem]) from error


def _problem(file: Path, lines: TomlLines, raw: Any, where: tuple, sentence: str) -> Problem:
    message, remedy = split_sentence(sentence)
    value = raw
    for part in where:
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            value = ""
            break
    # A key that we do not know may hold anything: what stands there is not repeated.
    is_unknown = sentence == TenantSection.error_messages["unknown"]
    text = "" if is_unknown or isinstance(value, dict | list) else shown(value)
    if text:
        message = f"“{text}”: {message[0].lower()}{message[1:]}"
    return Problem(file_name(file), lines.line_of(where), _dotted(where), text, message, remedy)


def _flatten(messages: Any, where: tuple = ()) -> Iterator[tuple[tuple, str]]:
    """Marshmallow's nest of messages as (path, sentence)."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _flatten(inner, where if key in ("_schema", "key", "value") else (*where, key))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _flatten(inner, where)
    else:
        yield where, str(messages)


def _dotted(where: tuple) -> str:
    """`names[2].short_name`, counted from 1 as people do."""
    text = ""
    for part in where:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
