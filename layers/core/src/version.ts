// The version that user agents and info metrics show; a test holds it equal to package.json.

/** Version of fargaze. */
export const version = '0.1.0';
