// snappyjs ships no types.
declare module 'snappyjs' {
  export function uncompress(bytes: Uint8Array): Uint8Array;
}
