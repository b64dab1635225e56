"""`gunicorn wsgi:app` or `granian --interface wsgi wsgi:app`."""

from motcua.core import collecting

# What is loaded stays: looking through it for rubbish takes a tenth of the start.
with collecting.paused():
    from motcua.accounts import passwords
    from motcua.app import create_app
    from motcua.boot import boot
    from motcua.warming import warm

passwords.make_ready()
app = create_app(boot())
warm(app)  # before the first request, which would wait for it and make others wait
collecting.settle()
