"""A group of commands that imports each when it is called: a list of them all needs none of their rooms."""

import importlib

import click


class Later(click.Group):
    """`later` has for each command's name where it is (`module:attribute`) and its line in the list."""

    def __init__(self, *args, later: dict[str, tuple[str, str]], **options):
        super().__init__(*args, **options)
        self.later = later

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self.later})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in self.later:
            return super().get_command(ctx, name)
        module, _, attribute = self.later[name][0].partition(":")
        return getattr(importlib.import_module(module), attribute)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        here = {name: command.get_short_help_str(formatter.width) for name, command in self.commands.items()}
        lines = here | {name: line for name, (_, line) in self.later.items()}
        with formatter.section("Commands"):
            formatter.write_dl(sorted(lines.items()))
