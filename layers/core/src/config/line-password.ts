// Where a line of a line protocol (SMTP, IMAP, POP3, FTP, IRC, Redis) says a password in clear.

/** What stands behind `AUTH`, `PASS` or `LOGIN`; undefined in other lines. */
export function findLinePassword(line: string): string | undefined {
  return /^\s*(?:AUTH|PASS|[\w.]+ LOGIN|LOGIN)\s+(.+)/i.exec(line)?.[1];
}
