// fast-check with the same cases in every run, so that a change is to blame when a property no longer holds. `FARGAZE_SEED`, a
// whole number, tries others.
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FARGAZE_SEED ?? 20_261_128) });

export { fc };
