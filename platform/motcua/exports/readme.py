"""The page that lies in the archive, for whoever opens it years later."""

from . import sheets

TEXT = """\
DỮ LIỆU CỦA {province}
Lập lúc {made_at} trên hệ thống Một Cửa.

Có dữ liệu cá nhân của người dân ở dạng đọc được. Xin giữ trên máy được mã hóa và xóa khi xong việc.

TRONG TỆP NÀY
- csv/<bảng>.csv: mỗi bảng một tệp cho Excel, UTF-8, dòng đầu là tên cột. Bảng quá {rows} dòng thì chia thành
  <bảng>-2.csv, <bảng>-3.csv...
- <bảng>.jsonl: cũng những dòng ấy cho máy đọc, mỗi dòng một đối tượng JSON, giữ đúng từng ký tự.
- photos/phan-anh-<số>-<thứ tự>.jpg: ảnh của phản ánh hiện trường; <số> là cột id của bảng feedback.
- files/: tệp danh mục và dữ liệu tra cứu mà tỉnh đã nạp; số trong tên là id của catalogue_import,
  service_data_version.
- manifest.json, manifest.csv: từng tệp là gì, mấy dòng, tổng kiểm SHA-256.
- SHA256SUMS: kiểm bằng lệnh  sha256sum -c SHA256SUMS

MỞ BẰNG EXCEL
- Bấm đúp vào tệp trong csv/. Nếu mọi cột dồn vào một: Dữ liệu > Từ văn bản/CSV, chọn dấu phẩy, mã 65001 (UTF-8).
- Dấu ' đứng trước một ô nghĩa là ô ấy là chữ: một dãy số giữ đủ số 0 đầu, hoặc nội dung người dân gõ bắt đầu bằng
  = + - @ mà Excel có thể chạy như công thức. Bỏ dấu ấy đi là nội dung gốc.
- Ô dài hơn {longest} ký tự được cắt; bản đủ ở tệp .jsonl.

NỐI CÁC BẢNG VÀ NẠP VÀO HỆ THỐNG KHÁC
- Mỗi bảng có cột id. Cột tên <bảng>_id chỉ đến id của bảng ấy: message.dossier_id là dossier.id.
- Thời điểm theo ISO 8601 kèm múi giờ; ngày là năm-tháng-ngày; tiền là đồng.
- Nạp từ tệp .jsonl, bảng được chỉ đến nạp trước (agency, staff, citizen, dossier rồi đến các bảng khác).
- Diễn biến của hồ sơ nằm ở dossier_event; mã trạng thái theo Cổng Dịch vụ công quốc gia (1 đến 10).

KHÔNG CÓ TRONG TỆP NÀY
- Mật khẩu, khóa, mã xác thực, chỉ mục tìm kiếm đã khóa.
- Ảnh mã QR người dân chụp để tra cứu: đọc mã xong không giữ ảnh. Kết quả điện tử nằm ở hệ thống một cửa.
- Dữ liệu của người dân đã yêu cầu xóa.
"""


def text(province: str, made_at: str) -> bytes:
    """With line ends and a mark as Notepad reads them."""
    words = {
        "province": province.upper(),
        "made_at": made_at,
        "rows": f"{sheets.ROWS_IN_A_SHEET:,}".replace(",", "."),
        "longest": f"{sheets.LONGEST_CELL:,}".replace(",", "."),
    }
    return TEXT.format(**words).replace("\n", "\r\n").encode("utf-8-sig")
