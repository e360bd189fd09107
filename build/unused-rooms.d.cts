import type { Plugin } from 'esbuild';

/** See unused-rooms.cjs. */
export function unusedRooms(readConfig: () => { readonly modules: object }): Plugin;
