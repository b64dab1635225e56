"""`granian --interface asgi motcua.webhook_server:app`: a process for webhooks alone, beside those for pages."""

from motcua.core import collecting

with collecting.paused():
    from motcua.app import create_app
    from motcua.boot import boot
    from motcua.conversation.receiving.reception import Reception

app = Reception(create_app(boot()))
collecting.settle()
