// Tells TLS from the protocol that was asked for, where a server answers in TLS to what was sent without.

/** Whether `bytes` begin an alert or a handshake of TLS (RFC 8446, 5.1), which no text and no frame of HTTP/2 looks like. */
export function isTlsRecord(bytes: Uint8Array): boolean {
  return (bytes[0] === 0x15 || bytes[0] === 0x16) && bytes[1] === 0x03 && (bytes[2] ?? 0) <= 4;
}
