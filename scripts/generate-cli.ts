// Entry of `npm run generate`.
import { generate } from './generate.ts';

generate();
