// Completion scripts, made of the descriptions of the commands. Pure.
import { type CommandSpec, commonOptions, type OptionSpec } from '../command/command.ts';

/** Shells that there are scripts for. */
export const shells = ['bash', 'zsh', 'fish'] as const;

/** A shell. */
export type Shell = (typeof shells)[number];

/** The script of a shell. */
export function renderCompletion(shell: Shell, commands: readonly CommandSpec[]): string {
  return { bash, zsh, fish }[shell](commands);
}

function optionsOf({ options }: CommandSpec): readonly (readonly [string, OptionSpec])[] {
  return Object.entries({ ...options, ...commonOptions });
}

/** What stands behind an option: names of files, one of a few words, or what nobody can guess. */
function valuesOf({ choices, value }: OptionSpec): 'files' | 'none' | readonly string[] {
  if (choices !== undefined) return choices;
  return value === 'FILE' || value === 'DIR' ? 'files' : 'none';
}

function bash(commands: readonly CommandSpec[]): string {
  const cases = commands.map((spec) => {
    const words = optionsOf(spec).map(([name]) => `--${name}`);
    return `    ${spec.name}) words="${words.join(' ')}" ;;`;
  });
  const values = commands.flatMap((spec) =>
    optionsOf(spec).flatMap(([name, option]) => {
      if (option.type === 'boolean') return [];
      const short = option.short === undefined ? '' : `|${spec.name}/-${option.short}`;
      return [`    ${spec.name}/--${name}${short}) ${bashReply(valuesOf(option))}; return ;;`];
    }),
  );
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of fargaze for bash.
_fargaze_files() {
  # Bash itself knows how names with spaces are quoted; bash 3 cannot be asked to from here.
  compopt -o default 2>/dev/null && return
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
}
_fargaze() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words=
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} help --help --version" -- "$current"))
    return
  fi
  if [ "$current" = = ]; then
    current=
  elif [ "$before" = = ]; then
    before=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  case \${COMP_WORDS[1]}/$before in
${values.join('\n')}
  esac
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case \${COMP_WORDS[1]}/$current in
    */-*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    completion/*) COMPREPLY=($(compgen -W "${shells.join(' ')}" -- "$current")) ;;
    help/*) COMPREPLY=($(compgen -W "${names}" -- "$current")) ;;
    *) _fargaze_files "$current" ;;
  esac
}
complete -o filenames -F _fargaze fargaze`;
}

function bashReply(values: ReturnType<typeof valuesOf>): string {
  if (values === 'none') return ':';
  if (values === 'files') return '_fargaze_files "$current"';
  return `COMPREPLY=($(compgen -W "${values.join(' ')}" -- "$current"))`;
}

/** In single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(commands: readonly CommandSpec[]): string {
  const named = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map((spec) => {
    const specs = optionsOf(spec).flatMap(([name, option]) => zshOption(name, option));
    const rest = spec.name === 'completion' ? `'1:shell:(${shells.join(' ')})'` : "'*:file:_files'";
    return `    ${spec.name}) _arguments ${[...specs, rest].join(' ')} ;;`;
  });
  return `#compdef fargaze
# Completion of fargaze for zsh.
_fargaze() {
  local -a commands=(
${named.join('\n')}
    'help:print the help of a command'
  )
  if (( CURRENT == 2 )); then
    if [[ $PREFIX == -* ]]; then
      compadd -- --help --version
    else
      _describe command commands
    fi
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
    help) _arguments '1:command:(${commands.map(({ name }) => name).join(' ')})' ;;
  esac
}
# A file of $fpath is the function itself; read by source it is not.
if [[ $funcstack[1] == _fargaze ]]; then
  _fargaze "$@"
else
  compdef _fargaze fargaze
fi`;
}

/** Both forms of an option, each of which rules the other out unless it may be repeated. */
function zshOption(name: string, option: OptionSpec): readonly string[] {
  const text = option.about.replace(/[[\]:]/g, ' ');
  const long = `--${name}`;
  const letters = option.short === undefined ? [] : [`-${option.short}`];
  const before = option.multiple ? '*' : letters.length === 0 ? '' : `(${letters[0]} ${long})`;
  const value = option.type === 'boolean' ? '' : `:value:${zshAction(valuesOf(option))}`;
  const forms = [...letters, option.type === 'boolean' ? long : `${long}=`];
  return forms.map((form) => quoted(`${before}${form}[${text}]${value}`));
}

function zshAction(values: ReturnType<typeof valuesOf>): string {
  if (values === 'none') return ' ';
  return values === 'files' ? '_files' : `(${values.join(' ')})`;
}

function fish(commands: readonly CommandSpec[]): string {
  const lines = commands.flatMap((spec) => [
    `complete -c fargaze -n __fish_use_subcommand -f -a ${spec.name} -d ${quoted(spec.summary)}`,
    ...optionsOf(spec).map(([name, option]) => {
      const letter = option.short === undefined ? '' : ` -s ${option.short}`;
      const values = option.type === 'boolean' ? '' : ` ${fishValues(valuesOf(option))}`;
      return `complete -c fargaze -n '__fish_seen_subcommand_from ${spec.name}' -l ${name}${letter}${values} -d ${quoted(option.about)}`;
    }),
  ]);
  const names = commands.map(({ name }) => name).join(' ');
  return [
    '# Completion of fargaze for fish.',
    ...lines,
    "complete -c fargaze -n __fish_use_subcommand -f -a help -d 'print the help of a command'",
    'complete -c fargaze -n __fish_use_subcommand -l help -s h',
    'complete -c fargaze -n __fish_use_subcommand -l version -s V',
    `complete -c fargaze -n '__fish_seen_subcommand_from help' -f -a '${names}'`,
    `complete -c fargaze -n '__fish_seen_subcommand_from completion' -f -a '${shells.join(' ')}'`,
  ].join('\n');
}

function fishValues(values: ReturnType<typeof valuesOf>): string {
  if (values === 'none') return '-x';
  return values === 'files' ? '-r -F' : `-x -a '${values.join(' ')}'`;
}
