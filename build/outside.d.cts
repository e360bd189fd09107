/** See outside.cjs. */
export const outside: string[];
