import argparse
import asyncio
import contextlib
import logging
import signal
import sys
from pathlib import Path

from aiohttp import web

from .server import create_app

SHUTDOWN_S = 1.0


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT; 1 when the port is taken or the state file cannot be used."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING if options.quiet else logging.INFO, format="%(message)s")
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
    try:
        return asyncio.run(_serve(options))
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="zalo-simulator", description="Zalo Official Account giả lập, chạy độc lập trên một cổng."
    )
    parser.add_argument("--port", type=int, default=8100, help="cổng (mặc định 8100)")
    parser.add_argument("--host", default="127.0.0.1", help="địa chỉ lắng nghe (mặc định 127.0.0.1)")
    parser.add_argument("--state", type=Path, metavar="FILE", help="lưu trạng thái vào tệp này và nạp lại")
    parser.add_argument("--quiet", action="store_true", help="không in dòng báo sẵn sàng")
    return parser


async def _serve(options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        app = create_app(options.state)
    except (ValueError, OSError) as error:
        _complain(
            f"Không đọc được tệp trạng thái ({error}). Sửa hoặc xóa tệp rồi chạy lại.",
            "The state file cannot be read. Repair or remove it and start again.",
        )
        return 1
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port, backlog=1024).start()
    except OSError as error:
        _complain(
            f"Không mở được cổng {options.port} trên {options.host} ({error.strerror}). "
            "Chọn cổng khác bằng --port hoặc dừng chương trình đang giữ cổng.",
            f"Port {options.port} is not available; choose another with --port.",
        )
        await runner.cleanup()
        return 1
    if not options.quiet:
        sys.stdout.write(f"Zalo giả lập sẵn sàng / simulator ready: http://{options.host}:{options.port}/\n")
        sys.stdout.flush()
    await stop.wait()
    with contextlib.suppress(asyncio.CancelledError):
        await runner.cleanup()
    return 0


def _complain(vietnamese: str, english: str) -> None:
    sys.stderr.write(f"{vietnamese} / {english}\n")
