// What `fargaze completion` is.
import type { CommandSpec } from '../command/command.ts';

/** `fargaze completion`. */
export const completionSpec: CommandSpec = {
  name: 'completion',
  summary: 'print the completion of a shell',
  usage: '<bash|zsh|fish>',
  about: ['Prints a script that completes commands and options, to be read by the shell.'],
  options: {},
  statuses: { 0: 'the script is printed' },
  examples: [
    ['source <(fargaze completion bash)', 'bash, in ~/.bashrc'],
    ['fargaze completion zsh > ~/.zfunc/_fargaze', 'zsh, in a folder of $fpath'],
    ['fargaze completion fish > ~/.config/fish/completions/fargaze.fish', 'fish'],
  ],
  positionals: 1,
  load: async () => (await import('./run.ts')).run,
};
