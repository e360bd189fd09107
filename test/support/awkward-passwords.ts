// Passwords that a shell, a URL, YAML, JSON or a command line would change if one of them came between.

/** Each is for what can go wrong with it. */
export const awkwardPasswords: readonly string[] = [
  `it's "quoted" \`twice\``,
  '$HOME $(id) ${IFS} $$',
  '100%41 %s %',
  ' spaces at both ends ',
  'back\\slash\\n\\',
  'pä$$wörd-密码-🔑',
  '-leading',
  'user:p@ss/word?a=b#c&d',
  '{{resolve:ssm:x}} ${Sub} {json: 1}',
  '*!~|<>;[](),^+=',
];
