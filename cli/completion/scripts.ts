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

function bash(commands: readonly CommandSpec[]): string {
  const cases = commands.map((spec) => {
    const words = optionsOf(spec).map(([name]) => `--${name}`);
    return `    ${spec.name}) words="${words.join(' ')}" ;;`;
  });
  const names = commands.map(({ name }) => name).join(' ');
  return `# Completion of fargaze for bash.
_fargaze() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names} --help --version" -- "$current"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case \${COMP_WORDS[1]}/$current in
    */-*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    completion/*) COMPREPLY=($(compgen -W "${shells.join(' ')}" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current")) ;;
  esac
}
complete -o filenames -F _fargaze fargaze`;
}

/** In single quotes. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function zsh(commands: readonly CommandSpec[]): string {
  const named = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map((spec) => {
    const specs = optionsOf(spec).map(([name, { about, type }]) => {
      const text = about.replace(/[[\]:]/g, ' ');
      return quoted(
        `--${name}${type === 'string' ? '=' : ''}[${text}]${type === 'string' ? ':value:_files' : ''}`,
      );
    });
    const rest = spec.name === 'completion' ? `'1:shell:(${shells.join(' ')})'` : "'*:file:_files'";
    return `    ${spec.name}) _arguments ${[...specs, rest].join(' ')} ;;`;
  });
  return `#compdef fargaze
# Completion of fargaze for zsh.
_fargaze() {
  local -a commands=(
${named.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
_fargaze "$@"`;
}

function fish(commands: readonly CommandSpec[]): string {
  const lines = commands.flatMap((spec) => [
    `complete -c fargaze -n __fish_use_subcommand -f -a ${spec.name} -d ${quoted(spec.summary)}`,
    ...optionsOf(spec).map(([name, { about, short, type }]) => {
      const letter = short === undefined ? '' : ` -s ${short}`;
      return `complete -c fargaze -n '__fish_seen_subcommand_from ${spec.name}' -l ${name}${letter}${type === 'string' ? ' -r' : ''} -d ${quoted(about)}`;
    }),
  ]);
  return [
    '# Completion of fargaze for fish.',
    ...lines,
    `complete -c fargaze -n '__fish_seen_subcommand_from completion' -f -a '${shells.join(' ')}'`,
  ].join('\n');
}
