"""`sledai completion`: what a shell completes, written out once as a script of that shell.

The script holds all names of commands and options, and what stands behind an option where that is
one of a few. So a shell that completes starts nothing and waits for nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Annotated, Any, Literal

import typer

from sledai.errors import escaped

__all__ = ["completion", "names_of"]

Shell = Literal["bash", "zsh", "fish"]


def names_of(names: Iterable[str]) -> Callable[[], list[str]]:
    """Say which names may be completed, for `autocompletion=` of an option or argument."""
    known = [str(name) for name in names]
    return lambda: known


def completion(
    context: typer.Context,
    shell: Annotated[Shell, typer.Argument(help="The shell that is to complete.")],
) -> None:
    """Print a script by which a shell completes commands, options and names.

    It goes to a file where the shell looks, as by `sledai completion fish > FILE`:

    \b
    bash: ~/.local/share/bash-completion/completions/sledai
    zsh:  _sledai in a folder of $fpath
    fish: ~/.config/fish/completions/sledai.fish
    """  # noqa: D301 - what click does not wrap
    commands = list(_commands(context.find_root().command, context, ("sledai",)))
    print("\n".join(_SCRIPTS[shell](commands)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameter:
    """An option, or an argument where it has no `flags`; `values` are those that it may have."""

    flags: tuple[str, ...]
    values: tuple[str, ...]
    help: str
    takes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Command:
    path: tuple[str, ...]
    help: str
    commands: tuple[str, ...]
    parameters: tuple[_Parameter, ...]

    @property
    def flags(self) -> list[str]:
        return [flag for one in self.parameters for flag in one.flags]

    @property
    def words(self) -> list[str]:
        """What may stand where no option does."""
        arguments = [value for one in self.parameters if not one.flags for value in one.values]
        return [*self.commands, *arguments]


def _commands(command: Any, context: Any, path: tuple[str, ...]) -> Iterator[_Command]:
    """Give a command and all below it; `command` is one of click, or of typer's own copy of it."""
    below: dict[str, Any] = getattr(command, "commands", {})
    parameters = tuple(_parameter(one, context) for one in command.get_params(context))
    yield _Command(
        path=path,
        help=command.get_short_help_str(200),
        commands=tuple(below),
        parameters=parameters,
    )
    for name, one in below.items():
        yield from _commands(one, context, (*path, name))


def _parameter(one: Any, context: Any) -> _Parameter:
    is_option = one.param_type_name == "option"
    given = one.shell_complete(context, "")
    return _Parameter(
        flags=tuple(one.opts) if is_option else (),
        values=tuple(item.value for item in given if item.type == "plain"),
        help=(getattr(one, "help", None) or "").partition(". ")[0].rstrip("."),
        takes=is_option and not one.is_flag,
    )


def _any_of(paths: Iterable[str]) -> str:
    return "|".join(map(quote, paths))


def _walk(commands: list[_Command], word: str) -> Iterator[str]:
    """Find, in a shell, in which command a line is."""
    below = [" ".join(one.path) for one in commands if len(one.path) > 1]
    yield f'        case "$at {word}" in'
    yield f'            {_any_of(below)}) at="$at {word}" ;;'
    yield "        esac"


def _listed(values: Iterable[str]) -> str:
    return f"values=({' '.join(map(quote, values))})"


def _cases(commands: list[_Command]) -> Iterator[str]:
    """Say in a shell which values come behind an option, or else where a command is."""
    yield '    case "$at:$before" in'
    for one in commands:
        for parameter in one.parameters:
            if parameter.takes:
                at = " ".join(one.path)
                said = _listed(parameter.values) if parameter.values else "files=yes"
                places = _any_of(f"{at}:{flag}" for flag in parameter.flags)
                yield f"        {places}) {said} ;;"
    yield '        *) case "$at:$current" in'
    for one in commands:
        at = quote(" ".join(one.path))
        yield f"            {at}:-*) {_listed(one.flags)} ;;"
        yield f"            {at}:*) {_listed(one.words) if one.words else 'files=yes'} ;;"
    yield "        esac ;;"
    yield "    esac"


def _bash(commands: list[_Command]) -> Iterator[str]:
    yield "# bash completion of sledai"
    yield "_sledai() {"
    yield "    local at=sledai files= value i"
    yield "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}"
    yield "    local -a values=()"
    yield "    COMPREPLY=()"
    yield "    for ((i = 1; i < COMP_CWORD; i++)); do"
    yield from _walk(commands, "${COMP_WORDS[i]}")
    yield "    done"
    yield from _cases(commands)
    yield '    for value in "${values[@]}"; do'
    yield '        [[ $value == "$current"* ]] && COMPREPLY+=("$(printf %q "$value")")'
    yield "    done"
    yield "}"
    yield "complete -o bashdefault -o default -F _sledai sledai"


def _zsh(commands: list[_Command]) -> Iterator[str]:
    yield "#compdef sledai"
    yield "_sledai() {"
    yield "    local at=sledai files= i"
    yield "    local current=$words[CURRENT] before=$words[CURRENT-1]"
    yield "    local -a values=()"
    yield "    for ((i = 2; i < CURRENT; i++)); do"
    yield from _walk(commands, "$words[i]")
    yield "    done"
    yield from _cases(commands)
    yield "    if (( $#values )); then compadd -a values; else _files; fi"
    yield "}"
    yield 'if [[ $funcstack[1] == _sledai ]]; then _sledai "$@"; else compdef _sledai sledai; fi'


def _fish_text(text: str) -> str:
    plain = escaped(text).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{plain}'"


def _fish(commands: list[_Command]) -> Iterator[str]:
    groups = {one.path[1] for one in commands if len(one.path) > len(("sledai", "command"))}
    yield "# fish completion of sledai"
    for one in commands:
        path = one.path[1:]
        seen = [f"__fish_seen_subcommand_from {word}" for word in path]
        # A word of one group may be a command beside it, as in `sledai fhir score`.
        seen += [
            f"not __fish_seen_subcommand_from {group}" for group in sorted(groups - {*path[:1]})
        ]
        if not path:
            seen = []
        for name in one.commands:
            here = [*seen, f"not __fish_seen_subcommand_from {' '.join(one.commands)}"]
            (below,) = (c for c in commands if c.path == (*one.path, name))
            yield f"complete -c sledai{_when(here)} -f -a {name} -d {_fish_text(below.help)}"
        for parameter in one.parameters:
            if parameter.flags or parameter.values:
                yield f"complete -c sledai{_when(seen)}{_fish_parameter(parameter)}"


def _when(seen: list[str]) -> str:
    return f" -n {_fish_text('; and '.join(seen))}" if seen else ""


def _fish_parameter(one: _Parameter) -> str:
    kinds = {flag: "l" if flag.startswith("--") else "s" for flag in one.flags}
    said = "".join(f" -{kind} {flag.lstrip('-')}" for flag, kind in kinds.items())
    if one.values:
        values = _fish_text(" ".join(map(quote, one.values)))
        said += f" -x -a {values}" if one.takes else f" -f -a {values}"
    elif one.takes:
        said += " -r"
    return f"{said} -d {_fish_text(one.help)}"


_SCRIPTS: dict[Shell, Callable[[list[_Command]], Iterator[str]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
}
