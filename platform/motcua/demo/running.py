"""`motcua demo`: start everything, play the story, stay up for whoever wants to look."""

import sys
import time

from motcua.app import create_app
from motcua.boot import boot
from motcua.running import HOST, supervisor

from . import stage, story
from .wire import Refused, Wire


def play(leave: bool, port: int, simulator_port: int) -> int:
    """Exit code: 0 only if every message of the story was seen on its phone."""
    began = time.monotonic()
    settings = boot()
    say(f"Cơ sở dữ liệu và hàng đợi sẵn sàng sau {time.monotonic() - began:.1f} giây.")
    with supervisor(settings, 1, port, simulator_port, say) as running:
        app = create_app(settings)
        stage.load_provinces(app, settings.home / "tenants", say)
        scene = stage.connect(app, settings, port, Wire(simulator_port))
        say(f"Web, tiến trình gửi tin và Zalo giả lập sẵn sàng sau {time.monotonic() - began:.1f} giây.")
        try:
            story.tell(scene, say)
        except Refused as error:
            say(f"\n✗ {error}\nXin xem nhật ký trong {settings.var / 'log'}.")
            return 1
        say(f"Cả câu chuyện mất {time.monotonic() - began:.1f} giây.")
        if leave:
            return 0
        say(f"\nĐiện thoại của chị Lan:  http://{HOST}:{simulator_port}/?citizen=lan")
        say(f"Điện thoại của anh Tuấn: http://{HOST}:{simulator_port}/?citizen=tuan")
        say(f"Trang cán bộ Bình Thuận: http://{scene.hosts['binh-thuan']}:{port}/console/")
        say(f"  đăng nhập {scene.staff_email}, mật khẩu {scene.staff_password}")
        say(f"Quản trị viên Bình Thuận: {scene.admin_email}, cùng mật khẩu; mã xác thực đang hiện:")
        say(f"  motcua staff code --tenant binh-thuan {scene.admin_email}")
        say(f"  hoặc thêm vào ứng dụng xác thực: {scene.admin_key}")
        say(f"Trang nhà cung cấp: {settings.public_url(settings.vendor_host, '/vendor/')}")
        say(f"  {stage.VENDOR_EMAIL}; mật khẩu và mã xác thực đặt lần đầu ở {stage.vendor_link(app)}")
        say("Bấm Ctrl-C để dừng tất cả.")
        running.run_until_signal()
    return 0


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()
