import fc from 'fast-check';

/** Random tests draw the same cases every time, so that what passed here passes there; `npm run prove` draws others. */
fc.configureGlobal({
  seed: Number(process.env['PROVE_SEED'] ?? 20_261_125),
  endOnFailure: process.env['MUTANTS'] !== undefined, // that it fails is all that is asked there
});

export default fc;
