"""The OpenAPI description: what every operation may answer, said once."""

from flask import Flask
from flask_smorest import Api

from motcua.dossiers.schemas import ErrorOut

EVERYWHERE = {
    "401": "Khóa API thiếu, sai hoặc đã thu hồi.",
    "403": "Khóa API không có quyền này.",
    "429": "Khóa API gửi quá nhanh; Retry-After nói đợi bao nhiêu giây.",
    "503": "Hệ thống đang bận hoặc đang khởi động lại; xin gửi lại sau.",
}
WITH_A_BODY = {
    "400": "Nội dung không đọc được.",
    "413": "Nội dung quá lớn; không có gì được lưu.",
    "415": "Kiểu nội dung chưa đúng.",
}
OPERATIONS = ("get", "put", "post", "delete", "patch")


class OpenApi(Api):
    """flask-smorest describes the API; errors are answered by this application, in one shape."""

    ERROR_SCHEMA = ErrorOut

    def _register_error_handlers(self) -> None:
        return None


def describe(app: Flask, blueprints: tuple) -> None:
    """Register the blueprints of the API and complete the description of their operations."""
    api = OpenApi(app)
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    for path in api.spec._paths.values():
        for method in OPERATIONS:
            if method in path:
                _complete(path[method])
    api.spec.components.responses.pop("DEFAULT_ERROR", None)


def _complete(operation: dict) -> None:
    answers = operation["responses"]
    answers.pop("default", None)  # every answer is named, so that a test can tell an unforeseen one
    shared = EVERYWHERE | (WITH_A_BODY if "requestBody" in operation else {})
    for status, sentence in shared.items():
        answers.setdefault(status, _refused(sentence))


def _refused(sentence: str) -> dict:
    schema = {"$ref": "#/components/schemas/ErrorOut"}
    return {"description": sentence, "content": {"application/json": {"schema": schema}}}
